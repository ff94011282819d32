"""Codebooks: what comes with the program, and what a practice may bring."""

from __future__ import annotations

from datetime import date

import pytest

from depthwork.coding.codebook import CodebookError, read_codebook
from depthwork.coding.shelf import BOOKS, attributes_for, codebook, codes_for, find, installed

OPEN = "id: own\nversion: 1.0.0\nconstruct: m\ncodes: []\n"
OWN = """
id: own
version: 2.1.0
title: Our own list
sources: [A supervision group]
construct: motif
codes:
  - {code: locked_door, name: the locked door, definition: Something stands shut.}
attributes:
  motif:
    strength: {kind: integer, low: 1, high: 5}
"""


@pytest.mark.parametrize("id", BOOKS)
def test_every_codebook_names_source_version_licence_and_review(id):
    book = codebook(id)
    assert book.sources
    assert book.licence
    assert book.authored_by
    assert book.review_due is not None
    assert book.ref == f"{id}@{book.version}"


@pytest.mark.parametrize("id", BOOKS)
def test_every_code_has_a_definition_of_one_line(id):
    for codes in codebook(id).codes.values():
        for code in codes.values():
            assert code.name
            assert 0 < len(code.definition) < 200, code.code


def test_no_construct_stands_in_two_codebooks():
    seen = [construct for book in installed().values() for construct in book.constructs]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("construct", "size"),
    [
        ("wish", 12), ("response_of_other", 12), ("response_of_self", 12), ("rupture_withdrawal", 7),
        ("rupture_confrontation", 7), ("rupture_resolution", 10), ("episode", 20), ("figure", 20),
        ("sphere", 4), ("client_response", 5), ("risk", 5), ("resistance", 7),
    ],
)  # fmt: skip
def test_a_construct_has_as_many_codes_as_its_source_lists(construct, size):
    assert len(codes_for(construct)) == size


def test_thirty_defenses_are_counted_and_two_labels_are_not():
    codes = codes_for("defense").values()
    assert sum(code.counted for code in codes) == 30
    assert [code.code for code in codes if not code.counted] == ["no_defense", "defense_unclear"]


def test_a_response_carries_the_polarity_of_its_codebook():
    assert codes_for("response_of_other")["ro_distant"].facts["polarity"] == "negative"


@pytest.mark.parametrize(
    ("construct", "letters", "first"),
    [
        ("defense", "den", "denial"),
        ("defense", "humour", "humor"),
        ("figure", "mum", "mother"),
        ("defense", "IA", "isolation_of_affect"),
        ("wish", "care", "w_care_help"),
        ("response_of_self", "guilt", "rs_ashamed_guilty"),
        ("intervention", "trans", "interpretation_transference"),
    ],
)
def test_a_few_letters_find_a_code(construct, letters, first):
    assert find(construct, letters)[0].code == first


def test_no_letters_give_the_codes_in_order():
    assert [c.code for c in find("rupture_resolution", "", limit=20)] == list(codes_for("rupture_resolution"))


def test_letters_that_fit_nothing_find_nothing():
    assert find("defense", "zzz") == []


def test_allowed_values_come_from_the_codebook():
    assert attributes_for("intervention")["person"].values == ("therapist", "current", "past", "self")
    assert attributes_for("episode")["sphere"].values == ("past", "current", "therapist", "self")
    assert "displaced" in attributes_for("wish")


@pytest.mark.parametrize(
    ("construct", "name", "good", "bad"),
    [
        ("episode", "completeness", 3, 6),
        ("episode", "completeness", 2.5, True),
        ("wish", "expected", True, "yes"),
        ("response_of_other", "polarity", "mixed", "bad"),
        ("intervention", "person", ["past", "therapist"], ["C"]),
        ("intervention", "conflict", "feeling", 3),
        ("figure", "label", "older brother", 4),
        ("defense", "level", 7, 7.5),
        ("figure", "sphere", None, ["past"]),
    ],
)
def test_an_attribute_rule_tells_a_value_that_does_not_fit(construct, name, good, bad):
    rule = attributes_for(construct)[name]
    assert rule.fault(good) is None
    assert rule.fault(bad)


def test_a_practice_can_read_a_list_of_its_own():
    book = read_codebook(OWN)
    assert book.ref == "own@2.1.0"
    assert book.codes["motif"]["locked_door"].definition == "Something stands shut."
    assert book.attributes["motif"]["strength"].fault(9) == "should lie between 1 and 5"


def test_a_review_that_is_due_is_told_by_the_date_given():
    book = codebook("defenses")
    assert not book.review_passed(date(2027, 5, 31))
    assert book.review_passed(date(2027, 6, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2", "not readable as YAML"),
        ("just words", "no mapping"),
        ("id: Own List\nversion: 1.0.0", "the id should be"),
        ("id: own\nversion: one", "read like 1.0.0"),
        ("id: own\nversion: 1.0.0", "no construct with codes"),
        ("id: own\nversion: 1.0.0\nconstruct: m\ncodes: [{name: x}]", "no usable code"),
        ("id: own\nversion: 1.0.0\nconstruct: m\ncodes: [{code: a}, {code: a}]", "stands twice"),
        (OPEN + "attributes: {m: {x: {kind: odd}}}", "needs a kind"),
        (OPEN + "attributes: {m: {x: {kind: one}}}", "names no values"),
        ("id: own\nversion: 1.0.0\nreview_due: soon\nconstruct: m\ncodes: []", "should be a date"),
        ("id: own\nversion: 1.0.0\nx: !!python/object/apply:os.getcwd []", "not readable as YAML"),
        ("id: own\n" + "#" * 1_000_001, "longer than"),
    ],
)
def test_a_codebook_that_cannot_be_used_is_refused_in_one_line(text, said):
    with pytest.raises(CodebookError, match=said) as error:
        read_codebook(text, where="own.yaml")
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("own.yaml: ")


def test_an_unknown_codebook_is_refused_with_those_installed():
    with pytest.raises(CodebookError, match="installed are defenses"):
        codebook("tarot")


def test_a_day_that_is_none_is_refused_in_a_line():
    with pytest.raises(CodebookError) as refused:
        read_codebook("id: odd\nversion: 1.0.0\nreviewed_on: 2026-02-30\nconstruct: wish\ncodes: []\n")
    assert "\n" not in str(refused.value)
