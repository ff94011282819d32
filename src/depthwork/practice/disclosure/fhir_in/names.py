"""What the ids of a bundle are called here, and how its loose values are read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.interchange.fhir.common import YEARS
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.unpacking import insert, living_space, sealed_row
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import PlanVersion, ProgressNote
from depthwork.practice.tracking.models import Response
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client, Consent, Goal, Session, Treatment
from depthwork.practice.vault.models import DataKey, Tombstone


class Names:
    """Ids of the bundle as they are called here: kept where they are free and of our shape, else made anew."""

    def __init__(self, facts: RecordFacts, by: Person, *, all_anew: bool = False) -> None:
        if facts.client is None or not facts.courses:
            raise DisclosureError(_("it holds no EpisodeOfCare: a record is taken in with its treatment"))
        self._space = living_space(uuid.uuid5(by.practice_id, facts.client.id), facts.client.id)
        there = (
            Client.objects.filter(id=uuid_of(facts.client.id)).values_list("practice_id", flat=True).first()
        )
        anew = uuid.uuid5(self._space, facts.client.id)
        if there == by.practice_id or Client.objects.filter(id=anew).exists():
            raise DisclosureError(
                _(
                    "this client stands in this practice already: whoever treats them takes the record in by choosing them beside the file; nothing was taken in"
                )
            )
        kinds: tuple[tuple[Iterable[Any], type[models.Model]], ...] = (
            (facts.courses, Treatment), (facts.hours, Session), (facts.answers, Response), (facts.goals, Goal),
            (facts.plans, PlanVersion), (facts.consents, Consent), (facts.documents, ProgressNote),
        )  # fmt: skip
        named = [[uuid_of(one.id) for one in group] for group, _ in kinds]
        owner = uuid_of(facts.client.id)
        self.kept = (
            not all_anew
            and there is None
            and owner is not None
            and all(id is not None for group in named for id in group)
            and not DataKey.objects.filter(owner=owner).exists()
            and not Tombstone.objects.filter(owner=owner).exists()
            and not any(
                model._default_manager.filter(pk__in=ids[at : at + 500]).exists()
                for ids, (_, model) in zip(named, kinds, strict=True)
                for at in range(0, len(ids), 500)
            )
        )

    def of(self, id: str) -> UUID | None:
        """The id here of an id of the bundle; None for none."""
        if not id:
            return None
        found = uuid_of(id)
        return found if self.kept and found is not None else uuid.uuid5(self._space, id)

    def person(self, id: str, by: Person) -> UUID:
        """Someone of this practice by the same id, or someone from elsewhere."""
        found = uuid_of(id)
        here = (
            Person.objects.filter(id=found).values_list("practice_id", flat=True).first() if found else None
        )
        if found is not None and (here == by.practice_id or (here is None and self.kept)):
            return found
        return uuid.uuid5(self._space, f"person/{id}")


def uuid_of(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def put(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    if rows:
        insert(model, [sealed_row(model, row) for row in rows])


def now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def day_of(text: Any, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise
    return found if found.year in YEARS else otherwise


def zone_named(text: Any, otherwise: str) -> str:
    """A time zone by its name, or the practice's: an hour in a zone that no clock knows could not be shown."""
    try:
        return zone_of(text).key
    except (TypeError, ValueError):
        return otherwise


def wall_time_of(text: Any, otherwise: time) -> time:
    try:
        return time.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise.replace(tzinfo=None)


def moment_of(text: Any, otherwise: datetime | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise
    return found if found.tzinfo and found.year in YEARS else otherwise
