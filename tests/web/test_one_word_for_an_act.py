"""One word for an act, one voice in a text, and no word of a machine where a person reads."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from depthwork.measures import measures
from depthwork.measures.needing import needs
from depthwork.practice.intake.consent_words import questions
from depthwork.practice.policy.jurisdiction import profiles
from depthwork.practice.treatments import actions
from depthwork.practice.ui.templatetags.book import whole
from depthwork.practice.vault.unlocked import opened
from tests.words import PACKAGE, sentences

PAGES = sorted(PACKAGE.rglob("templates/**/*.html"))


def test_what_a_button_keeps_is_kept():
    said = sentences()
    assert [words for words in said if re.match(r"Save\b|Saved[.,]", words)] == []
    assert [words for words in said if re.search(r"\bthen save\b", words)] == []
    assert "Saved %(time)s" in said  # of what is saved by itself


def test_what_is_put_to_a_client_speaks_as_the_one_who_treats_them():
    with translation.override("en"):
        asked = [str(words) for one in questions().values() for words in (one.asks, one.if_no)]
        told = [str(words) for profile in profiles() for words in profile.notices.values()]
    assert [
        words
        for words in told
        if re.search(r"\b[Ss]ay (the|how|where|who)\b|\bits proposals are yours\b", words)
    ] == []
    assert [words for words in asked if re.search(r"[Mm]ay we (send|ask)|\bwe would tell\b", words)] == []
    assert len(told) > 10


@pytest.mark.parametrize("form", measures(), ids=lambda one: one.id)
def test_rules_of_the_watch_name_no_score_by_its_name_in_a_file(form):
    with translation.override("en"):
        lines = [f"{one.question}: {one.answer}" for one in needs(form)]
    assert [line for line in lines if re.search(r"\bscore \w|[a-z]_[a-z]", line)] == []


def test_a_score_is_said_by_what_it_is_made_of():
    (both, one, *_rest) = needs(next(form for form in measures() if form.id == "asq"), with_words=True)
    assert one.question == "how many of questions 1–4 apply"
    assert both.answer.endswith("“Yes”")  # nothing is more than the last answer


@pytest.mark.django_db
def test_what_is_taken_out_stands_under_the_names_of_its_fields(cast):
    with opened(cast.ana.unlocked):
        goal = actions.add_goal(treatment=cast.treatment, by=cast.ana.person, words="Sleep")
    page = cast.ana.browser().get(f"/goals/{goal.id}/take-out/").content.decode()
    assert (
        '<dt>Goal</dt><dd class="lines">Sleep</dd><dt>Whose words</dt><dd class="lines">the client’s own</dd>'
        in page
    )


@pytest.mark.django_db
def test_the_codebooks_name_their_codes_in_words_and_their_ids_apart(cast):
    page = cast.ana.browser().get("/help/codebooks/").content.decode()
    first, _files, rest = page.partition("How files name them")
    assert rest
    assert not re.search(r">[^<]*[a-z]_[a-z][^<]*</(dt|dd|span|summary)>", first)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Depression (PHQ-9)", 'Depression <span class="whole">(PHQ-9)</span>'),
        ("GAD-7", '<span class="whole">GAD-7</span>'),
        ("Relations", "Relations"),
        ("<b> x-<i>", '&lt;b&gt; <span class="whole">x-&lt;i&gt;</span>'),
    ],
)
def test_the_name_of_a_measure_is_not_broken_at_its_hyphen(name, printed):
    assert whole(name) == printed


def test_a_sheet_holds_what_is_whole_together():
    sheet = (PACKAGE / "practice/ui/static/depthwork/page.css").read_text()
    assert re.search(r"\.whole \{ white-space: nowrap;? \}", sheet)
