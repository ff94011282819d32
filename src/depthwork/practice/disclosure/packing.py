"""A treatment as a case package: every row of it, opened here, in the compartments that may go."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

import depthwork
from depthwork.interchange.case_package import CasePackage
from depthwork.practice.disclosure import carried
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.values import outward
from depthwork.practice.people.models import Person
from depthwork.practice.portal.models import Thought
from depthwork.practice.tracking.models import Alert, Response
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.errors import Burned
from depthwork.practice.vault.fields import SealedField
from depthwork.practice.vault.models import Keyring
from depthwork.practice.vault.purposes import own_public
from depthwork.practice.vault.unlocked import current

ALWAYS = "administration"


def package_of(
    treatment: Treatment, *, compartments: Iterable[str], by: Person, made_on: date, to_whom: str = ""
) -> CasePackage:
    """Everything of a treatment in these compartments, and of its client beside it.

    A row goes where the row goes to which it belongs; one that only mentions a row of another treatment goes
    without the mention.
    """
    chosen = {ALWAYS, *compartments}
    held = gathered(treatment.client_id, course=treatment.pk, compartments=chosen)
    rows, people = held.rows, held.people
    public, fingerprint = own_public()
    about = {
        "made_on": made_on.isoformat(),
        "program": depthwork.__version__,
        "from": {
            "practice": by.practice.name,
            "person": str(by),
            "id": str(by.id),
            "sign_public": base64.b64encode(public).decode(),
            "fingerprint": fingerprint,
        },
        "to": to_whom,
        "client": str(treatment.client_id),
        "treatment": str(treatment.id),
        "compartments": sorted(chosen),
        "fields": {
            label: [f.name for f in carried.fields_for(carried.model_of(label), chosen)]
            for label in carried.TRAVELS
            if rows[label]
        },
        "people": _people(people | {by.id}),
        "time_zone": treatment.client.practice.time_zone,
    }
    return CasePackage("whole", about, rows, held.files)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Opened rows by model, the files that they name by hash, and everyone whom they name."""

    rows: dict[str, list[dict[str, Any]]] = dataclasses.field(default_factory=dict)
    files: dict[str, bytes] = dataclasses.field(default_factory=dict)
    people: set[UUID] = dataclasses.field(default_factory=set)


def gathered(client: UUID, *, course: UUID | None, compartments: set[str]) -> Gathered:
    """Every row of a client in these compartments, of one treatment or (None) of all; refused without the keys."""
    unlocked = current()
    for one in sorted(compartments):
        if not unlocked.holds(client, one):
            raise DisclosureError(
                _("your keys do not open the %(name)s of this client; leave it out")
                % {"name": one.replace("_", " ")}
            )
    _nothing_waits(client, compartments)
    held = Gathered()
    taken: dict[str, set[UUID]] = {}
    for label in carried.TRAVELS:
        model = carried.model_of(label)
        columns = carried.fields_for(model, compartments)
        taken[label], held.rows[label] = set(), []
        for row in _rows_of(model, client, course) if columns else ():
            if _goes(row, columns, taken):
                taken[label].add(row.pk)
                held.rows[label].append(_told(row, columns, taken, held.people, held.files))
    return held


def _nothing_waits(client: UUID, chosen: set[str]) -> None:
    """What still lies in the inbox is sealed to this practice: it is taken in first."""
    if "record" in chosen:
        waiting = sum(
            model.objects.filter(client_id=client, box__isnull=False).count() for model in (Response, Alert)
        )
        if waiting:
            raise DisclosureError(
                _("%(waiting)s answer(s) wait to be taken in; open the page Measures first")
                % {"waiting": waiting}
            )
    if "process_notes" in chosen:
        waiting = Thought.objects.filter(client_id=client, box__isnull=False).count()
        if waiting:
            raise DisclosureError(
                _("%(waiting)s thought(s) of the client wait to be read; read them first")
                % {"waiting": waiting}
            )


def _rows_of(model: type[Any], client: UUID, course: UUID | None) -> list[Any]:
    if model is Client:
        found = model.objects.filter(pk=client)
    elif model is Treatment and course is not None:
        found = model.objects.filter(pk=course)
    else:
        found = model.objects.filter(client_id=client)
    return list(found.order_by("pk"))


def _goes(row: Any, fields: list[Any], taken: dict[str, set[UUID]]) -> bool:
    for field in fields:
        holder, value = carried.holder_of(field), getattr(row, field.attname) if field.is_relation else None
        if holder is not None and value is not None and value not in taken[holder]:
            return False
    return True


def opened_value(row: Any, field: Any) -> Any:
    """A column of a row, opened; nothing where it was destroyed."""
    if not isinstance(field, SealedField):
        return getattr(row, field.attname)
    try:
        return getattr(row, field.attname)
    except Burned:
        return None


def _told(
    row: Any, fields: list[Any], taken: dict[str, set[UUID]], people: set[UUID], files: dict[str, bytes]
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in fields:
        if field.name == "practice":
            continue
        value = opened_value(row, field)
        label = carried.pointed_at(field)
        if label is not None and value is not None and value not in taken[label]:
            value = None
        if carried.is_person(field) and value is not None:
            people.add(value)
        told[field.attname] = outward(field, value, files)
    return told


def _people(ids: set[UUID]) -> list[dict[str, str]]:
    keys = dict(Keyring.objects.filter(person_id__in=ids).values_list("person_id", "sign_public"))
    return [
        {
            "id": str(one.id),
            "name": one.display_name,
            "sign_public": base64.b64encode(bytes(keys[one.id])).decode() if one.id in keys else "",
        }
        for one in Person.objects.filter(id__in=ids).order_by("id")
    ]
