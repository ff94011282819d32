"""Verbs of coverage."""

from depthwork.practice.coverage.actions.money import add_charge, add_payment, charge_hours
from depthwork.practice.coverage.actions.papers import keep_paper
from depthwork.practice.coverage.actions.plans import (
    add_authorisation,
    add_plan,
    add_verification,
    keep_answer,
    set_letterhead,
)

__all__ = [
    "add_authorisation",
    "add_charge",
    "add_payment",
    "add_plan",
    "add_verification",
    "charge_hours",
    "keep_answer",
    "keep_paper",
    "set_letterhead",
]
