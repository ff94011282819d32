"""Verbs of asking, answering, alerts and the watch."""

from depthwork.practice.tracking.actions.alerts import answer_alert, escalate, see_alert
from depthwork.practice.tracking.actions.answering import Given, decline, is_late, save_items, send
from depthwork.practice.tracking.actions.asking import DRAFTS_LIVE, ask, close_late, take_back
from depthwork.practice.tracking.actions.intake import take_in
from depthwork.practice.tracking.actions.own_texts import confirm_text, take_out_text
from depthwork.practice.tracking.actions.schedules import change_schedule
from depthwork.practice.tracking.actions.watch import (
    acknowledge_test,
    arrange_watch,
    beat,
    name_deputy,
    send_test,
    set_address,
    tick,
    withdraw_deputy,
)

__all__ = [
    "DRAFTS_LIVE",
    "Given",
    "acknowledge_test",
    "answer_alert",
    "arrange_watch",
    "ask",
    "beat",
    "change_schedule",
    "close_late",
    "confirm_text",
    "decline",
    "escalate",
    "is_late",
    "name_deputy",
    "save_items",
    "see_alert",
    "send",
    "send_test",
    "set_address",
    "take_back",
    "take_in",
    "take_out_text",
    "tick",
    "withdraw_deputy",
]
