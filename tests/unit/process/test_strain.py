"""Ruptures as marked, and passages to read again."""

from __future__ import annotations

import pytest
from tests.codes import mark

from depthwork.process.risk import passages
from depthwork.process.ruptures import strains_of


def test_a_repair_strategy_belongs_to_the_rupture_before_it():
    marks = [
        mark("rupture_withdrawal", "withdrawal_minimal_response", 0, 20),
        mark("rupture_resolution", "repair_invite_feelings", 25, 30, speaker="T"),
        mark("rupture_confrontation", "confrontation_complaint_therapist", 50, 70),
        mark("rupture_resolution", "repair_acknowledge_own_part", 75, 80, speaker="T"),
    ]
    first, second = strains_of(marks).strains
    assert [m.code for m in first.attempts] == ["repair_invite_feelings"]
    assert [m.code for m in second.attempts] == ["repair_acknowledge_own_part"]
    assert (first.kind, first.family, second.kind, second.family) == (
        "withdrawal", "shutting_down", "confrontation", None,
    )  # fmt: skip


def test_an_attempt_is_no_repair_unless_the_coder_says_so():
    marks = [
        mark("rupture_withdrawal", "withdrawal_denial", 0, 9),
        mark("rupture_resolution", "repair_acknowledge_own_part", 10, 15),
    ]
    assert strains_of(marks).strains[0].repaired is None
    said = mark("rupture_withdrawal", "withdrawal_denial", 0, 9, repaired=True)
    assert strains_of([said]).strains[0].repaired is True


def test_a_repair_before_any_rupture_stands_loose():
    result = strains_of([mark("rupture_resolution", "repair_redirect_refocus", 0, 9)])
    assert (result.strains, len(result.loose_repairs)) == ((), 1)


def test_withdrawal_and_confrontation_at_one_place_share_what_follows():
    marks = [
        mark("rupture_withdrawal", "withdrawal_denial", 0, 30),
        mark("rupture_confrontation", "confrontation_defends_self", 10, 20),
        mark("rupture_resolution", "repair_clarify_misunderstanding", 40, 50),
    ]
    result = strains_of(marks)
    assert [len(s.attempts) for s in result.strains] == [1, 1]
    assert (result.count("withdrawal"), result.count("confrontation", "T")) == (1, 0)


def test_a_passage_has_a_kind_and_words_and_no_level():
    (passage,) = passages([mark("risk", "suicide_passive", status="proposed", origin="cue:rules@1")])
    assert passage.name == "wish not to live"
    assert passage.definition
    assert passage.open
    assert not hasattr(passage, "level")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("dealt_with", "dealt with in the hour"),
        ("in_record", "now in the record"),
        ("not_risk", "not about risk"),
    ],
)
def test_a_passage_is_answered_in_words(answer, words):
    assert passages([mark("risk", "abuse", answer=answer)])[0].answer == words


def test_a_passage_set_aside_stays_in_the_list():
    (passage,) = passages([mark("risk", "self_harm", status="rejected")])
    assert passage.answer == "not about risk"
