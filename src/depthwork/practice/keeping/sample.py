"""Open a sample of a restored database with a person's own keys: the proof that a backup is worth having."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from depthwork.practice.keeping.wills import is_intact
from depthwork.practice.vault.errors import Burned, NoKey
from depthwork.practice.vault.models import Will
from depthwork.practice.vault.rotation import sealed_fields, sealed_models
from depthwork.practice.vault.unlocked import current


@dataclass(frozen=True, slots=True)
class Sample:
    """What opened, what is closed to this person or burned, and whether their will is whole."""

    opened: int
    closed: int
    will: bool | None


def open_sample(person: UUID, *, of_each: int = 40) -> Sample:
    """Open rows of every kind; a damaged one raises Tampered."""
    opened = closed = 0
    for model in sealed_models():
        names = [field.name for field in sealed_fields(model)]
        for row in model._default_manager.order_by("pk")[:of_each]:
            for name in names:
                try:
                    opened += getattr(row, name) is not None
                except (NoKey, Burned):
                    closed += 1
    will = Will.objects.filter(person_id=person).first()
    return Sample(opened, closed, None if will is None else is_intact(will) and current() is not None)
