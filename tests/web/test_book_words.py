"""The words of the book: client or patient, what each number claims, and pages for what went wrong."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.test import RequestFactory, override_settings
from django.utils.translation import gettext, gettext_lazy, ngettext

import depthwork.practice
from depthwork.coding.shelf import installed
from depthwork.measures import measures
from depthwork.practice.people.wording import as_patient, wording
from depthwork.practice.ui.claims import PATTERNS, of_measure
from depthwork.practice.ui.errors import FAILURES, failed
from tests.cast import opened

PRACTICE = Path(depthwork.practice.__file__).parent
pytestmark = pytest.mark.django_db


def test_the_word_is_exchanged_and_a_place_for_a_value_is_not():
    assert (
        as_patient("Client: your clients’ %(client)s, a client")
        == "Patient: your patients’ %(client)s, a patient"
    )
    assert as_patient("%(clients)d clients") == "%(clients)d patients"


def test_words_that_only_contain_it_stay():
    assert as_patient("clientele, subclient") == "clientele, subclient"


def test_the_word_ends_with_the_block():
    lazy = gettext_lazy("Client")
    with wording("patient", "en"):
        assert (str(lazy), gettext("A client"), ngettext("one client", "%d clients", 2)) == (
            "Patient",
            "A patient",
            "%d patients",
        )
    assert (str(lazy), gettext("A client")) == ("Client", "A client")


def test_another_language_has_its_own_words():
    with wording("patient", "de"):
        assert gettext("A client") == "A client"


def test_a_manager_chooses_the_word_and_every_page_follows(cast):
    page = cast.mara.browser()
    assert page.post("/practice/word/", {"word": "patient"}).status_code == 302
    cast.ana.person.practice.refresh_from_db()
    assert cast.ana.person.practice.word_for_client == "patient"
    said = cast.ana.browser().get("/caseload/").content.decode()
    assert "Patient" in said
    assert not re.search(r">[^<]*\bclients?\b[^<]*<", said, re.IGNORECASE)


def test_what_people_wrote_keeps_its_own_word(cast):
    cast.mara.browser().post("/practice/word/", {"word": "patient"})
    with opened(cast.ana.unlocked):
        treatment = cast.treatment
        treatment.focus = "To be a good client"
        treatment.save()
    assert (
        "To be a good client"
        in cast.ana.browser().get(f"/clients/{cast.treatment.client_id}/").content.decode()
    )


def test_a_clinician_does_not_choose_for_the_practice(cast):
    assert cast.ana.browser().post("/practice/word/", {"word": "patient"}).status_code in (403, 404)


@pytest.mark.parametrize("definition", measures(), ids=lambda d: d.id)
def test_every_measure_says_what_it_claims_and_what_it_does_not(definition):
    claim = of_measure(definition)
    assert claim.name
    assert len(claim.claims) > 30
    assert claim.does_not.startswith("It ")
    if definition.caution:
        assert definition.caution in claim.does_not


def test_every_pattern_says_both():
    for key, claim in PATTERNS.items():
        assert len(str(claim.claims)) > 40, key
        assert re.search(r"\b(not|no|nothing)\b", str(claim.does_not)), key


def test_one_page_holds_all_of_them(cast):
    said = cast.ana.browser().get("/help/claims/").content.decode()
    assert said.count("It claims:") == len(PATTERNS) + len(list(measures()))


@pytest.mark.parametrize("status", sorted(FAILURES))
def test_each_failure_says_what_why_and_the_mend(status):
    failure = FAILURES[status]
    said = failed(RequestFactory().get("/"), status)
    assert said.status_code == status
    for words in (failure.head, failure.why, failure.mend):
        assert str(words).split(".")[0] in html.unescape(said.content.decode())
        assert "!" not in str(words)


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_form_beyond_the_limit_says_that_it_is_too_large(cast):
    said = cast.ana.browser().post(
        "/search/", "words=" + "x" * 400, content_type="application/x-www-form-urlencoded"
    )
    assert said.status_code == 413
    assert "too large" in said.content.decode()


@override_settings(ACCOUNT_RATE_LIMITS={"login": "1/m/ip"})
def test_too_many_sign_ins_meet_a_page_of_ours():
    browser = Browser()
    for _ in range(3):
        said = browser.post("/account/login/", {"login": "nobody", "password": "nothing"})
    assert said.status_code == 429
    assert "Too often" in said.content.decode()


@pytest.mark.parametrize("role", ["clinician", "supervisor", "client", "manager"])
def test_every_step_of_the_walk_has_a_page(role):
    """A step whose address is gone would be left out without a word."""
    from django.urls import get_resolver

    from depthwork.practice.ui.tour import TOURS

    assert len(TOURS[role]) == 5
    for step in TOURS[role]:
        name = step.where.__closure__[1].cell_contents
        space, _, route = name.partition(":")
        assert route in get_resolver().namespace_dict[space][1].reverse_dict, name


def test_every_pattern_has_its_claim_folded_beside_it():
    templates = "".join(path.read_text() for path in PRACTICE.rglob("templates/**/*.html"))
    folded = set(re.findall(r'"(\w+)"', " ".join(re.findall(r"{% claims ([^%]+)%}", templates))))
    assert [key for key in PATTERNS if key not in folded] == []


def test_each_codebook_stands_with_its_version_its_codes_and_its_source(cast):
    said = html.unescape(cast.ana.browser().get("/help/codebooks/").content.decode())
    for book in installed().values():
        assert f"{book.id}, version {book.version}" in said
        assert all(source in said for source in book.sources)
        assert all(code.definition in said for codes in book.codes.values() for code in codes.values())
    assert "/help/codebooks/" in cast.ana.browser().get("/practice/").content.decode()
