"""Verbs of the first conversations."""

from depthwork.practice.intake.actions.consultation import (
    acknowledge,
    begin_consultation,
    decide,
    keep_facts,
    keep_notes,
    keep_preferences,
)
from depthwork.practice.intake.actions.desk import keep_profile, open_desk
from depthwork.practice.intake.actions.inquiry import become_client, receive_inquiry, take_step
from depthwork.practice.intake.actions.safety import make_safety_plan
from depthwork.practice.intake.actions.sharing import (
    opens_inquiries,
    share_inquiries,
    take_inquiries_back,
)

__all__ = [
    "acknowledge",
    "become_client",
    "begin_consultation",
    "decide",
    "keep_facts",
    "keep_notes",
    "keep_preferences",
    "keep_profile",
    "make_safety_plan",
    "open_desk",
    "opens_inquiries",
    "receive_inquiry",
    "share_inquiries",
    "take_inquiries_back",
    "take_step",
]
