"""Verbs of casework."""

from depthwork.practice.casework.actions.cues import accept_cue, dismiss_cue, switch_cues
from depthwork.practice.casework.actions.marks import (
    edit_mark,
    make_mark,
    remove_mark,
    say_what_became,
)
from depthwork.practice.casework.actions.passages import answer_passage
from depthwork.practice.casework.actions.readings import reading_of, set_reading
from depthwork.practice.casework.actions.undoing import undo

__all__ = [
    "accept_cue",
    "answer_passage",
    "dismiss_cue",
    "edit_mark",
    "make_mark",
    "reading_of",
    "remove_mark",
    "say_what_became",
    "set_reading",
    "switch_cues",
    "undo",
]
