"""Malan's triangles: corners, sides and what became of an interpretation."""

from __future__ import annotations

import pytest
from tests.codes import mark

from depthwork.coding.shelf import codebook
from depthwork.process.triangles import (
    CONFLICT,
    PERSON,
    count,
    interpretation_of,
    interpretive_share,
    link_type,
    response_to,
    turns_after,
)
from depthwork.transcripts.model import transcript_of


def interpretation(*person, conflict=(), start=0, code="interpretation_transference", **given):
    return interpretation_of(
        mark("intervention", code, start, start + 10, person=list(person), conflict=list(conflict), **given)
    )


@pytest.mark.parametrize("triangle", ["person", "conflict"])
def test_every_subset_of_corners_has_the_name_of_the_codebook(triangle):
    for entry in codebook("interventions").document["derived_links"][triangle]:
        corners = PERSON if triangle == "person" else CONFLICT
        assert link_type(reversed(entry["vertices"]), corners) == entry["type"]


def test_self_takes_no_part_in_a_type_or_a_side():
    one = interpretation("self", "past")
    assert one.person_type == "past"
    assert one.person_edges == ()


def test_no_corner_has_no_type():
    assert interpretation().person_type is None


def test_an_act_that_is_no_interpretation_is_none():
    assert interpretation_of(mark("intervention", "clarification", person=["past"])) is None


def test_a_corner_given_as_a_word_is_read_like_a_list():
    assert interpretation_of(mark("intervention", "interpretation_other", person="current")).person == (
        "current",
    )


def test_where_a_likeness_is_denied_corners_are_named_but_not_joined():
    one = interpretation("therapist", "past", link=False)
    assert one.person == ("therapist", "past")
    assert one.person_edges == ()


def test_counts_over_interpretations():
    result = count(
        [
            interpretation("therapist", "past", conflict=["defense", "feeling"]),
            interpretation("therapist", "current", "past"),
            interpretation("past", conflict=["anxiety"]),
            interpretation(conflict=["defense", "anxiety", "feeling"]),
        ],
        therapist_words=2000,
    )
    assert result.person == {"therapist": 2, "current": 1, "past": 3}
    assert result.person_edges == {
        ("therapist", "current"): 1, ("therapist", "past"): 2, ("current", "past"): 1,
    }  # fmt: skip
    assert result.conflict_edges[("defense", "feeling")] == 2
    assert result.person_types["therapist_current_past"] == 1
    assert (result.transference_share, result.link_share, result.therapist_past_rate) == (0.5, 0.5, 0.5)
    assert result.per_1000_words == 2.0


def test_evenness_runs_from_one_type_to_all_seven():
    assert count([interpretation("past")] * 3).evenness == 0
    every = [
        ("therapist",), ("current",), ("past",), ("therapist", "current"), ("current", "past"),
        ("therapist", "past"), ("therapist", "current", "past"),
    ]  # fmt: skip
    assert count([interpretation(*p) for p in every]).evenness == pytest.approx(1)


def test_nothing_interpreted_gives_no_share():
    result = count([])
    assert (result.n, result.transference_share, result.evenness, result.per_1000_words) == (
        0,
        None,
        None,
        None,
    )


def test_interpretive_share_leaves_out_questions_and_frame():
    acts = ["interpretation_defense", "advice", "question", "frame", "encouragement", "interpretation_other"]
    assert interpretive_share(mark("intervention", a) for a in acts) == 0.5
    assert interpretive_share([mark("intervention", "question")]) is None


def test_the_next_three_turns_stand_beside_an_interpretation():
    transcript = transcript_of(
        [("T", "Perhaps so."), ("C", "Yes."), ("T", "Mm."), ("C", "But."), ("C", "Then.")]
    )
    after = turns_after(transcript, mark("intervention", "interpretation_other", 0, 11))
    assert [t.text for t in after] == ["Yes.", "Mm.", "But."]


def test_the_response_is_sought_in_the_next_three_turns():
    said = mark("intervention", "interpretation_other", 0, 10, turn=4)
    early = mark("client_response", "denies", 50, 60, turn=5)
    late = mark("client_response", "elaborates", 90, 99, turn=8)
    assert response_to(said, [late, early]) == early
    assert response_to(said, [late]) is None


def test_a_response_that_names_its_interpretation_is_taken_first():
    said = mark("intervention", "interpretation_other", 0, 10, turn=4, id="m1")
    named = mark("client_response", "elaborates", 90, 99, turn=20, to="m1")
    near = mark("client_response", "denies", 50, 60, turn=5)
    assert response_to(said, [near, named]) == named
