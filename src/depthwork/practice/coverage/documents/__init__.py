"""Documents for clients and payers: each from the record and administration alone, each with its manifest."""

from depthwork.practice.coverage.documents.bills import make, statement, year
from depthwork.practice.coverage.documents.claim import claim
from depthwork.practice.coverage.documents.expected import good_faith
from depthwork.practice.coverage.documents.necessity import (
    latest_plan,
    parity_letter,
    progress_summary,
    treatment_plan,
)
from depthwork.practice.coverage.documents.sheet import Made

__all__ = [
    "Made",
    "claim",
    "good_faith",
    "latest_plan",
    "make",
    "parity_letter",
    "progress_summary",
    "statement",
    "treatment_plan",
    "year",
]
