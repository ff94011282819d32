"""Verbs of the sources: keep, change, draft, move, burn."""

from depthwork.practice.sources.actions.burning import (
    burn_source,
    burn_what_is_due,
    burn_what_was_to_end,
    what_goes_with_the_ending,
)
from depthwork.practice.sources.actions.drafting import drop_draft, save_draft
from depthwork.practice.sources.actions.keeping import (
    add_material,
    add_transcript,
    change_source,
    write_note,
)
from depthwork.practice.sources.actions.moving import move_to_record
from depthwork.practice.sources.actions.noting import Crossed, keep_note

__all__ = [
    "Crossed",
    "add_material",
    "add_transcript",
    "burn_source",
    "burn_what_is_due",
    "burn_what_was_to_end",
    "change_source",
    "drop_draft",
    "keep_note",
    "move_to_record",
    "save_draft",
    "what_goes_with_the_ending",
    "write_note",
]
