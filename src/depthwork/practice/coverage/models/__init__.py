"""One noun a class; this is the list. No word of an hour is here."""

from depthwork.practice.coverage.models.money import Charge, Estimate, Payment
from depthwork.practice.coverage.models.papers import Letter, Letterhead, Office, Paper, PayerPlan
from depthwork.practice.coverage.models.plans import Asking, Authorisation, Plan, Verification

__all__ = [
    "Asking",
    "Authorisation",
    "Charge",
    "Estimate",
    "Letter",
    "Letterhead",
    "Office",
    "Paper",
    "PayerPlan",
    "Payment",
    "Plan",
    "Verification",
]
