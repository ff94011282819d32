"""Marks held against their codebooks."""

from __future__ import annotations

from tests.codes import mark

from depthwork.coding.check import check_marks


def kinds(*marks):
    return [(f.position, f.kind) for f in check_marks(marks)]


def test_marks_that_fit_give_no_finding():
    assert (
        kinds(mark("defense", "denial", level=3), mark("episode", "mother", figure="mother", sphere="past"))
        == []
    )


def test_an_unknown_code_is_listed_and_the_mark_stays_as_it_was():
    odd = mark("defense", "projective_denial")
    (finding,) = check_marks([mark("defense", "denial"), odd])
    assert finding.position == 1
    assert finding.kind == "unknown_code"
    assert finding.message == "mark 2: defenses@1.0.0 has no defense code projective_denial"
    assert odd.code == "projective_denial"


def test_an_unknown_construct_is_listed():
    assert kinds(mark("horoscope", "leo")) == [(0, "unknown_construct")]


def test_a_mark_of_an_older_codebook_keeps_its_version():
    old = mark("defense", "denial", codebook_version="defenses@0.9.0")
    (finding,) = check_marks([old])
    assert finding.kind == "other_version"
    assert "keeps its own" in finding.message
    assert old.codebook_version == "defenses@0.9.0"


def test_attributes_that_are_unknown_or_do_not_fit_are_listed():
    odd = mark("response_of_other", "ro_distant", polarity="bad", weather="wet")
    assert {kind for _, kind in kinds(odd)} == {"attribute_value", "unknown_attribute"}


def test_a_theme_may_have_any_label():
    assert kinds(mark("theme", "the_garden_gate")) == []


def test_a_cue_without_confidence_is_listed_but_a_passage_of_risk_needs_none():
    assert kinds(mark("defense", "denial", status="proposed", origin="cue:rules@1")) == [(0, "confidence")]
    assert kinds(mark("risk", "self_harm", status="proposed", origin="cue:rules@1")) == []


def test_a_clients_words_in_place_of_a_code_are_not_repeated():
    (finding,) = check_marks([mark("defense", "she never came to the hospital")])
    assert "hospital" not in finding.message
