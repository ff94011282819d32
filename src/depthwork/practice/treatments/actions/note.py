"""The audit line of an act on a client's row."""

from __future__ import annotations

from typing import Any

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person


def note(verb: str, row: Any, *, by: Person) -> None:
    """Write the event of an act in the act's own transaction."""
    record(
        verb=verb,
        by=by.id,
        practice=by.practice_id,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        client=row.policy_client,
    )
