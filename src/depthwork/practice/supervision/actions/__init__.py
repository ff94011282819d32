"""Verbs of supervision."""

from depthwork.practice.supervision.actions.coding import (
    add_mark,
    ask_for_coding,
    remove_mark,
    seal_sheet,
    set_aside,
    settle,
)
from depthwork.practice.supervision.actions.packing import begin_pack, decide, finish_pack
from depthwork.practice.supervision.actions.sharing import (
    accept_keys,
    end_supervision,
    end_what_hung_on_it,
    invite,
)
from depthwork.practice.supervision.actions.talking import (
    add_to_agenda,
    comment,
    take_off_agenda,
    withdraw_comment,
)

__all__ = [
    "accept_keys",
    "add_mark",
    "add_to_agenda",
    "ask_for_coding",
    "begin_pack",
    "comment",
    "decide",
    "end_supervision",
    "end_what_hung_on_it",
    "finish_pack",
    "invite",
    "remove_mark",
    "seal_sheet",
    "set_aside",
    "settle",
    "take_off_agenda",
    "withdraw_comment",
]
