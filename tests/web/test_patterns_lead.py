"""What a drawing leads to is there in every language; what is counted is shown; ids of codes stand on no page."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from depthwork.patterns.overview import patterns_apart
from depthwork.practice.casework import actions
from depthwork.practice.casework.dreams import dreams_of_treatment
from depthwork.practice.casework.queries import hours_of
from depthwork.practice.formulation.actions import begin_version
from depthwork.practice.supervision.actions import ask_for_coding
from depthwork.practice.ui.search_kinds import KINDS
from depthwork.practice.ui.search_reach import _own, _shared
from depthwork.practice.vault.unlocked import opened
from tests.casework import agree, hour_with_words
from tests.supervising import share, supervised
from tests.web.test_casework_patterns import code, told

pytestmark = pytest.mark.django_db


def page_in(actor, path, language="en"):
    browser = actor.browser()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_each_corner_of_a_triangle_leads_to_its_lines(cast, language):
    told(cast)
    page = page_in(cast.ana, reverse("casework:patterns", args=[cast.client.id]), language)
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    corners = set(re.findall(r'href="#((?:conflict|person)-[^"]+)"', page))
    assert corners == {"conflict-defense", "person-therapist", "person-past"}
    assert corners <= ids


BESIDE = (
    ("C", "I looked in the glass. I wanted to be asked by myself. I heard nothing. I sat down."),
    ("C", "Somebody, once. I wanted somebody to ask. They said nothing. I went out."),
)


def beside(cast):
    """Two more hours: one episode with oneself, one without a place."""
    source = hour_with_words(cast.ana, cast.client, words=BESIDE, number=2)
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
        for turn, about in ((0, {"sphere": "self"}), (1, {})):
            _first, wish, other, own = (one.strip(" .") for one in BESIDE[turn][1].split(". "))
            kind = "own_self" if turn == 0 else "other_figure"
            code(cast.ana, source, text, BESIDE[turn][1], "episode", kind, completeness=5, **about)
            code(cast.ana, source, text, wish, "wish", "w_being_understood")
            code(cast.ana, source, text, other, "response_of_other", "ro_distant", polarity="negative")
            code(cast.ana, source, text, own, "response_of_self", "rs_withdrawn", polarity="negative")
        actions.set_reading(source=source, by=cast.ana.person, how="whole")


def test_lines_with_oneself_or_without_a_place_are_shown_with_those_that_are_counted(cast):
    told(cast)
    beside(cast)
    page = page_in(cast.ana, reverse("casework:patterns", args=[cast.client.id]))
    with opened(cast.ana.unlocked):
        found = patterns_apart(hours_of(cast.treatment)).together.concordance
    for row in found.rows:
        shown = [line for cell in (row.then, row.now, row.here, row.self, row.unplaced) for line in cell]
        assert sum(line.counted for line in shown) >= row.all.n == 5
        assert all(line.quote.replace("'", "&#x27;") in page for line in shown)
    assert page.count("With oneself, or without a place: 2") == len(found.rows)
    assert "two with oneself or without a place were told." in page


def test_what_was_done_with_a_dream_is_named_as_the_codebook_names_it(cast):
    words = (
        ("C", "I dreamt of a house afloat."),
        ("T", "You are afloat with me, as with her."),
    )
    source = hour_with_words(cast.ana, cast.client, words=words)
    with opened(cast.ana.unlocked):
        text = actions.marks.transcript_for(source).text
        code(cast.ana, source, text, "I dreamt of a house afloat.", "dream", "dream_report")
        code(cast.ana, source, text, words[1][1], "intervention", "interpretation_transference")
        (dream,) = dreams_of_treatment(cast.treatment)
    assert dream.done == [("interpretation of transference", words[1][1])]
    german = page_in(cast.ana, reverse("casework:dreams", args=[cast.client.id]), "de")
    assert "interpretation" not in german


def test_an_hour_without_a_consent_for_cues_leads_to_the_consents(cast):
    source = hour_with_words(cast.ana, cast.client)
    path = reverse("casework:hour", args=[source.session_id])
    door = reverse("intake:consents", args=[cast.client.id])
    assert re.search(rf'no consent for cues[^<]*<a [^>]*href="{door}">', page_in(cast.ana, path))
    agree(cast.ana, cast.client, cast.treatment)
    assert "no consent for cues" not in page_in(cast.ana, path)


# Names on other pages --------------------------------------------------------------------------------------


def test_every_text_that_search_opens_has_a_name():
    assert {kind for one in (*_own(), *_shared()) for kind in one.kinds} == set(KINDS)


def test_roles_are_said_as_the_page_says_them(cast):
    page = page_in(cast.mara, reverse("ui:practice"))
    assert '<td data-label="Does:">Clinician</td>' in page
    assert "<dt>Supervisor</dt>" in page


def test_what_a_key_was_given_for_is_said_in_words(cast):
    share(supervised(cast))
    page = page_in(cast.ana, reverse("ui:sharing"))
    assert "(supervision)" in page
    german = page_in(cast.ana, reverse("ui:sharing"), "de")
    assert "(Supervision)" in german


def test_a_figure_and_a_code_are_named_in_the_language_of_the_page(cast):
    told(cast)
    page = page_in(cast.ana, reverse("casework:patterns", args=[cast.client.id]), "de")
    assert "· Vater" in page
    assert "· father" not in page
    with opened(cast.ana.unlocked):
        row = begin_version(treatment=cast.treatment, titles=["Was wiederkehrt"], by=cast.ana.person)
    page = page_in(cast.ana, reverse("formulation:write", args=[row.id]), "de")
    assert "Wunsch: verstanden werden" in page
    assert "being understood" not in page


def test_a_coders_sheet_names_its_codes_in_the_language_of_the_page(cast):
    share(supervised(cast))
    with opened(cast.ana.unlocked):
        made = ask_for_coding(
            source=cast.source, coders=[cast.ana.person, cast.ben.person], by=cast.ana.person
        )
    sheet = made.sheets.get(coder=cast.ana.person)
    page = page_in(cast.ana, reverse("supervision:sheet", args=[sheet.id]), "de")
    assert '<optgroup label="Wunsch">' in page
    assert ">verstanden werden</option>" in page
