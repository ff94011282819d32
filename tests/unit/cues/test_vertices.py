"""Whom an interpretation names, read from it and from the talk it answers."""

from depthwork.cues.model import load
from depthwork.cues.turns import describe
from depthwork.cues.vertices import CONFLICTS, PERSONS, vertex_features, vertices
from depthwork.transcripts.model import transcript_of

QUIET = [("C", "It was dull."), ("T", "Dull.")]
LINK = (
    "T",
    "I wonder if you go quiet with me as you did with your father, so that nobody sees you are angry.",
)


def back(said):
    views = describe(transcript_of(said))
    return {name for name in vertex_features(views, len(said) - 1) if name.startswith("back|F:parent")}


def test_people_of_the_six_turns_before_are_seen_and_no_earlier_ones():
    father = ("C", "My father never came home before nine.")
    link = ("T", "I wonder if you waited.")
    assert back([father, ("T", "Nine."), *QUIET, *QUIET, link])
    assert not back([father, ("T", "Nine."), *QUIET, *QUIET, QUIET[0], link])


def test_each_person_and_each_conflict_has_its_odds():
    held = vertices(load(), describe(transcript_of([*QUIET, LINK])), 2)
    assert set(held) == {f"person:{p}" for p in PERSONS} | {f"conflict:{c}" for c in CONFLICTS}


def test_a_link_between_father_and_therapist_names_both_and_leaves_the_rest():
    said = [
        ("C", "My father read the paper. I went to my room."),
        ("T", "And here?"),
        ("C", "Here too."),
        LINK,
    ]
    held = vertices(load(), describe(transcript_of(said)), 3)
    assert held["person:therapist"] > 0
    assert held["person:past"] > held["person:current"]
