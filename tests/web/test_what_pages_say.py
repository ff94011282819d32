"""What was once ugly on a page: slugs, one thing said twice, numbers that disagreed, sheets without a head."""

import re
from datetime import date
from itertools import pairwise

import pytest

from depthwork.practice.treatments.models import FrameEvent
from depthwork.reports.charts import alliance, profile


def test_a_change_of_the_frame_is_said_in_words():
    assert FrameEvent(kind="extra_session").said == "one more hour"
    assert FrameEvent(kind="a_word_of_ours").said == "a word of ours"


def test_the_picture_and_the_sentence_of_an_hour_name_one_share():
    blocks = (
        profile.ProfileBlock(0, 1, therapist_share=0.9),
        profile.ProfileBlock(1, 9, therapist_share=0.3),
    )
    drawn = profile.profile_chart(profile.HourProfile("p", "Profile", blocks, therapist_words=0.31))
    assert "therapist, 31 %" in drawn.wide
    assert "therapist, 31 %" in drawn.narrow


def test_an_hour_too_short_for_emotion_has_no_empty_lane():
    blocks = tuple(profile.ProfileBlock(i, i + 1, therapist_share=0.3) for i in range(4))
    drawn = profile.profile_chart(profile.HourProfile("p", "Profile", blocks))
    assert "this hour’s mean" not in drawn.wide
    assert "Who speaks" in drawn.wide
    assert drawn.columns == ("Minutes", "Therapist’s words")
    assert all(len(row) == 2 for row in drawn.rows)


def test_hours_of_one_week_do_not_print_their_numbers_over_each_other():
    hours = (1, 40, 80, 101, 102, 103, 140, 200)
    points = tuple(alliance.AlliancePoint(n, 8.0) for n in hours)
    drawn = alliance.alliance_chart(alliance.Alliance("a", "Between us", "check-in", points, 0, 10, None))
    at = sorted(
        float(x)
        for x, words in re.findall(r'<text[^>]* x="([\d.]+)"[^>]*>(\d+)</text>', drawn.wide)
        if int(words) in hours
    )
    assert len(at) >= 4
    assert min(b - a for a, b in pairwise(at)) >= 20


@pytest.mark.django_db
def test_sheets_with_process_notes_say_so_and_carry_initials_and_day(cast):
    browser = cast.ana.browser()
    for leaf in ("", "alongside/", "patterns/", "kept-lines/"):
        page = browser.get(f"/clients/{cast.client.id}/{leaf}").content.decode()
        assert re.search(r'<body class="[^"]*\bprocess\b', page), leaf
        head = page.split('class="sheet-head">')[1].split("</p>")[0]
        assert f"{date.today().year}" in head, leaf
        assert cast.client.name not in head, leaf


@pytest.mark.django_db
def test_the_audit_leads_to_older_lines_and_not_to_later_ones(cast):
    browser = cast.ana.browser()
    for _ in range(60):
        browser.get("/practice/keys/")
        browser.get(f"/clients/{cast.client.id}/")
    page = browser.get("/practice/audit/").content.decode()
    assert 'rel="next">Older</a>' in page
    assert "UTC" not in page  # times are the practice's own


@pytest.mark.django_db
def test_the_second_factor_is_spoken_of_in_plain_words(cast):
    page = cast.ana.browser().get("/account/2fa/").content.decode()
    assert "An app that shows six digits" in page
    assert not re.search(r"Two-Factor|Authenticator|Activate|Deactivate", page)
