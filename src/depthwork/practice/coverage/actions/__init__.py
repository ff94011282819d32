"""Verbs of coverage."""

from depthwork.practice.coverage.actions.asking import ask_payer
from depthwork.practice.coverage.actions.money import (
    add_charge,
    add_payment,
    change_charge,
    charge_hours,
    take_out_charge,
)
from depthwork.practice.coverage.actions.papers import keep_paper
from depthwork.practice.coverage.actions.plans import (
    add_authorisation,
    add_plan,
    add_verification,
    change_authorisation,
    change_plan,
    keep_answer,
    office_of,
    set_letterhead,
    set_office,
)
from depthwork.practice.coverage.actions.translation import (
    estimate,
    estimate_given,
    keep_payer_plan,
    write_letter,
)

__all__ = [
    "add_authorisation",
    "add_charge",
    "add_payment",
    "add_plan",
    "add_verification",
    "ask_payer",
    "change_authorisation",
    "change_charge",
    "change_plan",
    "charge_hours",
    "estimate",
    "estimate_given",
    "keep_answer",
    "keep_paper",
    "keep_payer_plan",
    "office_of",
    "set_letterhead",
    "set_office",
    "take_out_charge",
    "write_letter",
]
