"""What a page would say in every row is said once, and nothing is offered that cannot be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from depthwork.evidence.published import published
from depthwork.patterns.profile import profile_of
from depthwork.practice.casework.page.profile import hour_chart
from depthwork.practice.ui.evidence_picture import published_charts
from depthwork.reports.charts.ladder import Ladder, LadderHour, ladder_chart
from depthwork.reports.charts.thread import thread_chart
from depthwork.reports.charts.thread_data import Happening
from depthwork.transcripts import transcript_of
from tests.unit.reports.samples import brief


@pytest.mark.django_db
def test_endings_too_few_to_tell_of_are_one_sentence_and_no_table(cast):
    page = cast.ana.browser().get("/evidence/own/").content.decode()
    assert page.count("fewer than 10 people answered") == 1
    assert "<table" not in page


@pytest.mark.django_db
def test_no_client_who_agreed_is_said_in_words(cast):
    page = cast.ana.browser().get("/research/").content.decode()
    assert "Of the clients whose keys you hold, none agreed." in page
    assert "0 clients" not in page


def test_a_reason_that_holds_for_several_measures_of_an_hour_is_said_once():
    note = transcript_of([("N", "She came late and said little. I said less.")])
    reasons = [said.rsplit(": ", 1)[1] for said in hour_chart(note, key="h", name="Hour 1").withheld]
    assert len(profile_of(note).withheld) > len(reasons)
    assert len(set(reasons)) == len(reasons)


def test_one_stretch_of_hours_has_one_overall_level():
    hours = tuple(LadderHour(str(n), (0, 1), 5.5) for n in (2, 4, 19))
    sentence = ladder_chart(Ladder("ladder", "The ladder", ("low", "high"), hours)).sentence
    assert sentence.endswith("Overall level 5.5 from hour 2 to hour 19.")
    moved = (*hours[:2], replace(hours[2], overall=5.0))
    sentence = ladder_chart(Ladder("ladder", "The ladder", ("low", "high"), moved)).sentence
    assert sentence.endswith("Overall level 5.5 in hour 2, 5.0 in hour 19.")


def test_happenings_without_room_for_words_share_one_count_and_no_sign_lies_on_another():
    thread = brief("words of a length that leaves no room for others beside them, on any tier")
    day = thread.hours[5].on
    crowd = tuple(
        Happening(
            day + dt.timedelta(days=n // 2), "life", f"{n} words of some length beside these", href=f"/{n}/"
        )
        for n in range(14)
    )
    wide = thread_chart(replace(thread, happenings=crowd)).wide
    assert ">+1<" not in wide
    assert wide.count(">+") == 1


def test_no_two_estimates_of_a_drawing_bear_one_name():
    for chart in published_charts(published()):
        names = [row[0] for row in chart.rows]
        assert len(set(names)) == len(names)
