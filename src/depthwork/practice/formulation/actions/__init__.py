"""Verbs of the formulation and of the minute after the hour."""

from depthwork.practice.formulation.actions.after import leave_trace
from depthwork.practice.formulation.actions.citing import cite, withdraw_citation
from depthwork.practice.formulation.actions.expecting import expect, say_what_came
from depthwork.practice.formulation.actions.page import set_brief_page, set_outline
from depthwork.practice.formulation.actions.writing import (
    Crossed,
    add_statement,
    begin_version,
    change_statement,
    keep_version,
    mark_inference,
    move_statement,
    name_version,
    strike_out,
)

__all__ = [
    "Crossed",
    "add_statement",
    "begin_version",
    "change_statement",
    "cite",
    "expect",
    "keep_version",
    "leave_trace",
    "mark_inference",
    "move_statement",
    "name_version",
    "say_what_came",
    "set_brief_page",
    "set_outline",
    "strike_out",
    "withdraw_citation",
]
