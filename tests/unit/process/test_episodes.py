"""Relationship episodes: which part belongs where, and what counts once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import mark, told

from depthwork.process.episodes import episodes_of, most_pervasive, pervasiveness, polarities, polarity_of


def test_a_component_belongs_to_the_smallest_episode_that_holds_it():
    marks = [
        mark("episode", "mother", 0, 200, figure="mother"),
        mark("episode", "father", 50, 120, figure="father"),
        mark("wish", "w_closeness", 60, 70),
        mark("wish", "w_giving", 10, 20),
    ]
    episodes = episodes_of(marks).episodes
    held = {e.figure: [c.code for c in e.components] for e in episodes}
    assert held == {"mother": ["w_giving"], "father": ["w_closeness"]}


def test_a_component_that_reaches_out_of_every_episode_is_unplaced():
    marks = [mark("episode", "mother", 0, 50), mark("wish", "w_closeness", 40, 60)]
    result = episodes_of(marks)
    assert result.episodes[0].components == ()
    assert [m.code for m in result.unplaced] == ["w_closeness"]


def test_a_component_marked_twice_in_an_episode_is_one_component():
    marks = [
        mark("episode", "mother", 0, 90),
        mark("wish", "w_giving", 0, 5),
        mark("wish", "w_giving", 9, 15),
    ]
    (component,) = episodes_of(marks).episodes[0].components
    assert len(component.marks) == 2


def test_polarity_told_both_ways_in_one_episode_is_mixed():
    marks = [
        mark("episode", "mother", 0, 90),
        mark("response_of_other", "ro_helpful", 0, 5),
        mark("response_of_other", "ro_helpful", 9, 15, polarity="negative"),
    ]
    assert episodes_of(marks).episodes[0].components[0].polarity == "mixed"


@pytest.mark.parametrize(
    ("construct", "code", "given", "polarity"),
    [
        ("response_of_other", "ro_helpful", {}, "positive"),
        ("response_of_other", "ro_helpful", {"polarity": "negative"}, "negative"),
        ("response_of_self", "rs_anxious", {"polarity": "mixed"}, "mixed"),
        ("response_of_other", "ro_other", {}, None),
        ("response_of_other", "ro_helpful", {"polarity": "nonsense"}, "positive"),
        ("wish", "w_closeness", {"polarity": "positive"}, None),
    ],
)
def test_the_polarity_of_a_mark_overrides_that_of_its_code(construct, code, given, polarity):
    assert polarity_of(mark(construct, code, **given)) == polarity


def test_an_episode_told_in_fragments_is_not_complete_enough():
    (low,) = episodes_of(told(0, "past", "w_giving", "ro_distant", "rs_anxious", completeness=2)).episodes
    (unrated,) = episodes_of(told(0, "past", "w_giving", "ro_distant", "rs_anxious")).episodes
    assert not low.complete_enough
    assert unrated.complete_enough


def test_the_kind_of_figure_gives_the_sphere_of_the_therapist():
    (episode,) = episodes_of([mark("episode", "this_therapist", 0, 9)]).episodes
    assert (episode.sphere, episode.figure) == ("therapist", "this therapist")


def test_ties_go_to_the_stronger_and_then_to_the_earlier():
    assert most_pervasive([["a"], ["b"]]) == "a"
    assert most_pervasive([["a"], ["b"]], intensity={"b": 4, "a": 2}) == "b"
    assert most_pervasive([]) is None


def test_mixed_responses_stay_out_of_the_negative_share():
    result = polarities([{"x": "mixed"}, {"y": "positive"}, {"x": "negative"}, {"z": None}])
    assert result.negative_share == 0.5
    assert polarities([{"x": "mixed"}]).negative_share is None


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=6), max_size=12))
@settings(max_examples=100, deadline=None)
def test_pervasiveness_agrees_with_counting_one_by_one(episodes):
    expected = {x: sum(x in e for e in episodes) / len(episodes) for e in episodes for x in e}
    assert pervasiveness(episodes) == pytest.approx(expected)


frames = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20)), max_size=5, unique=True)
parts = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=8, unique=True)


@given(frames, parts)
@settings(max_examples=100, deadline=None)
def test_every_component_finds_the_home_that_a_plain_search_finds(frames, parts):
    episodes = [mark("episode", "mother", s, s + n, figure=f"{s}-{n}") for s, n in frames]
    wishes = [mark("wish", "w_giving", s, s + n) for s, n in parts]
    result = episodes_of([*wishes, *episodes])
    placed = {m.id: e.mark for e in result.episodes for c in e.components for m in c.marks}
    for wish in wishes:
        homes = [e for e in episodes if e.span.start <= wish.span.start and wish.span.end <= e.span.end]
        if not homes:
            assert wish in result.unplaced
        else:
            length = min(e.span.end - e.span.start for e in homes)
            home = placed[wish.id]
            assert home in homes
            assert home.span.end - home.span.start == length
