"""A further course of a client who stands here: what comes in with it, what stands here already, what stays out.

A row is of the course if it belongs to it, however far up; every other row is of the client. Rows of the course come
in whole. Rows of the client come in where they differ, and never in the place of one that stands here.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.interchange.case_package import CasePackage
from depthwork.practice.config.dates import in_words
from depthwork.practice.disclosure import carried
from depthwork.practice.disclosure.copy_page import NAMES
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.field_words import called, chosen
from depthwork.practice.disclosure.packing import opened_value
from depthwork.practice.disclosure.unpacking import Ids, any_there, only_once, strangers
from depthwork.practice.disclosure.values import inward, outward
from depthwork.practice.intake.models import SafetyPlan
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.wording import isolated

Row = dict[str, Any]
CLIENT, COURSE = "treatments.client", "treatments.treatment"
OWN = ("name", "called", "details", "contact")  # what a client's row says of the person
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DAYS = ("given_on", "made_on", "begun_on", "on", "from_date")

WHY = {
    "stays": gettext_lazy("what stands here stays"),
    "changed": gettext_lazy("the same entry stands here and says something else; what stands here stays"),
    "answer": gettext_lazy("the client has answered this here, and that answer counts; ask again if need be"),
    "open": gettext_lazy("first conversations are under way here"),
    "older": gettext_lazy("a plan made on that day or later stands here"),
    "schedule": gettext_lazy("what is asked, and when, stands here already"),
    "with": gettext_lazy("it belongs to an entry that stays out"),
    "planned": gettext_lazy("an hour to come is planned here, not brought in"),
    "payer": gettext_lazy("a payer’s plan stands here for that day; its diagnosis stays"),
    "added": gettext_lazy("an addition to a note that stands here; write it there if it holds"),
}
MORE_NAMES = {
    "tracking.request": gettext_lazy("A questionnaire that was asked for"),
    "tracking.schedule": gettext_lazy("When questionnaires are asked"),
}


def name_of(label: str) -> str:
    """What a kind of row is called on a page."""
    return str(NAMES.get(label) or MORE_NAMES.get(label) or _("An entry"))


@dataclass(frozen=True, slots=True)
class Left:
    """A row of the client that stays out: of what kind, of which day, what of it, and why."""

    label: str
    why: str
    on: str = ""
    name: str = ""
    value: str = ""

    def words(self) -> str:
        """In the reader's language."""
        what = name_of(self.label)
        if self.name:
            model = carried.model_of(self.label)
            said = chosen(model, self.name, self.value) or self.value
            what += f", {said}" if self.name == "purpose" else f", {called(self.name)}: {isolated(said)}"
        if self.on:
            what += f", {day_words(self.on)}"
        return _("%(what)s (%(why)s)") % {"what": what, "why": WHY[self.why]}


def day_words(on: str) -> str:
    """A day of a package in the reader's language; what is none, as it came."""
    try:
        return in_words(date.fromisoformat(on))
    except ValueError:
        return on


@dataclass(slots=True)
class Joining:
    """What taking a course in with a client who stands here would write, and what it would leave out."""

    package: CasePackage  # with the rows that are written, and no others
    ids: Ids
    standing: dict[str, set[UUID]]  # rows here that a row of the package may name
    came: Counter[str] = field(default_factory=Counter)  # rows of the client that come in, by kind
    stood: int = 0
    left: list[Left] = field(default_factory=list)
    consents: set[UUID] = field(default_factory=set)


def joining(package: CasePackage, client: Client, by: Person, *, all_anew: bool = False) -> Joining:
    """Compare a package with a client who stands here; refused where its course stands here already."""
    names = only_once(package)
    course = str(package.about["treatment"])
    space = uuid.uuid5(by.practice_id, course)
    anew = {name: str(uuid.uuid5(space, name)) for name in names}
    _not_here_yet(package, client, {UUID(course), UUID(anew[course])})
    stands: dict[str, str] = {str(package.about["client"]): str(client.id)}
    of_course = _of_course(package)
    here = _Here(client, package, of_course)
    found = Joining(package, Ids(True, {}), {CLIENT: {client.id}})
    rows: dict[str, list[Row]] = {}
    out: set[str] = set()
    for label in carried.TRAVELS:
        kept = []
        for row in sorted(map(dict, package.rows.get(label, ())), key=_numbered):
            if label == CLIENT:
                found.left += differs(row, client)
            elif row["id"] in of_course:
                kept.append(row)
            elif (same := here.same(label, row, stands)) is not None:
                stands[row["id"]] = str(same)
                found.standing.setdefault(label, set()).add(same)
                found.stood += 1
            elif why := _belongs_out(label, row, out) or here.keeps_out(label, row):
                out.add(row["id"])
                found.left.append(_left(label, row, why))
            else:
                kept.append(row)
                found.came[label] += 1
        rows[label] = [_without(label, row, out) for row in kept]
    found.package = replace(package, rows={label: made for label, made in rows.items() if made})
    is_free = not all_anew and not any(any_there(label, made) for label, made in rows.items())
    people = strangers(package, by.practice, space, all_anew=all_anew)
    found.ids = Ids(is_free, {**({} if is_free else anew), **people, **stands})
    found.consents = {found.ids.of(UUID(row["id"])) for row in rows["treatments.consent"]}
    return found


def _numbered(row: Row) -> int:
    """Versions in their order; the place of other rows says nothing."""
    return row["number"] if isinstance(row.get("number"), int) else 0


def _not_here_yet(package: CasePackage, client: Client, courses: set[UUID]) -> None:
    own = Treatment.objects.filter(id__in=courses, client__practice_id=client.practice_id)
    clients = set(own.values_list("client_id", flat=True))
    if client.id in clients:
        raise DisclosureError(_("this course stands here already, with this client; nothing was taken in"))
    if clients:
        raise DisclosureError(_("this course stands here already, with another client; nothing was taken in"))
    column = Session._meta.get_field("starts_at")
    moments = {
        inward(column, row.get("starts_at"), {})
        for row in package.rows.get("treatments.session", ())
        if row.get("status") == Session.Status.HELD
    }
    there = set(Session.objects.filter(client=client).values_list("starts_at", flat=True))
    if moments and 2 * len(moments & there) >= len(moments):
        raise DisclosureError(
            _(
                "most of its hours stand here already at the same minute: it is a course that this client has here; nothing was taken in"
            )
        )


def _holders(label: str) -> list[tuple[str, str]]:
    """The columns by which a row belongs to another than its client, and to which kind."""
    found = []
    for column in carried.model_of(label)._meta.concrete_fields:
        holder = carried.holder_of(column)
        if holder is not None and holder != CLIENT:
            found.append((column.attname, holder))
    return found


def _of_course(package: CasePackage) -> set[str]:
    """Ids of the rows that belong to the course, by themselves or through another row."""
    found: set[str] = set()
    for label in carried.TRAVELS:
        holders = _holders(label)
        for row in package.rows.get(label, ()):
            if label == COURSE or any(row.get(name) in found for name, _holder in holders):
                found.add(row["id"])
    return found


def _belongs_out(label: str, row: Row, out: set[str]) -> str:
    return "with" if any(row.get(name) in out for name, _holder in _holders(label)) else ""


def _without(label: str, row: Row, out: set[str]) -> Row:
    """A row of which the mention of what stays out was taken away."""
    for column in carried.model_of(label)._meta.concrete_fields:
        if carried.pointed_at(column) and row.get(column.attname) in out:
            row[column.attname] = None
    return row


def _left(label: str, row: Row, why: str) -> Left:
    on = next((str(row[name])[:10] for name in _DAYS if row.get(name)), "")
    purpose = str(row.get("purpose") or "")
    return Left(label, why, on, "purpose" if purpose else "", purpose)


def differs(row: Row, client: Client) -> list[Left]:
    """What is said there of the person otherwise than it stands here, entry by entry."""
    found = []
    for name in OWN:
        theirs, ours = row.get(name), getattr(client, name)
        pairs = theirs.items() if isinstance(theirs, dict) else [(name, theirs)]
        held = ours if isinstance(ours, dict) else {name: ours}
        for key, value in pairs:
            if value not in (None, "", [], {}) and value != held.get(key):
                found.append(Left(CLIENT, "stays", name=str(key), value=_said(value)))
    return found


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(_said(one) for one in value.values())
    return ", ".join(_said(one) for one in value) if isinstance(value, list) else str(value)


class _Here:
    """The rows of the client that stand here, of the kinds that the package has of the client."""

    def __init__(self, client: Client, package: CasePackage, of_course: set[str]) -> None:
        self._people = {str(one["id"]): str(one["name"])[:120] for one in package.about["people"]}
        self._faces: dict[str, dict[str, list[UUID]]] = {}
        self._by_id: dict[str, dict[str, str]] = {}
        self._rows: dict[str, list[Row]] = {}
        self._plans = 0  # safety plans that come in after those of here
        chosen_parts = set(map(str, package.about["compartments"]))
        names = dict(Person.objects.filter(practice_id=client.practice_id).values_list("id", "display_name"))
        self._own_people = {str(id): name[:120] for id, name in names.items()}
        mine: set[str] = set()
        for label in carried.TRAVELS:
            theirs = [row for row in package.rows.get(label, ()) if row["id"] not in of_course]
            if not theirs or label == CLIENT:
                continue
            model = carried.model_of(label)
            columns = carried.fields_for(model, chosen_parts)
            told = [
                {one.attname: outward(one, opened_value(row, one), {}) for one in columns}
                for row in model._default_manager.filter(client_id=client.id).order_by("pk")
            ]
            holders = _holders(label)
            self._rows[label] = [
                row
                for row in told
                if all(row.get(name) is None or row[name] in mine for name, _of in holders)
            ]
            mine |= {row["id"] for row in self._rows[label]}
            self._faces[label], self._by_id[label] = {}, {}
            for row in self._rows[label]:
                face = _face(model, row, set(theirs[0]), self._own_people, {})
                self._faces[label].setdefault(face, []).append(UUID(row["id"]))
                self._by_id[label][row["id"]] = face

    def same(self, label: str, row: Row, stands: Mapping[str, str]) -> UUID | None:
        """The row here that says the same, under the same id or another."""
        face = _face(carried.model_of(label), row, set(row), self._people, stands)
        if row["id"] in self._by_id.get(label, {}):
            return UUID(row["id"]) if self._by_id[label][row["id"]] == face else None
        alike = self._faces.get(label, {}).get(face)
        return alike.pop(0) if alike else None

    def keeps_out(self, label: str, row: Row) -> str:
        """Why a row has no place beside what stands here, or nothing."""
        here = self._rows.get(label, [])
        if row["id"] in self._by_id.get(label, {}):
            return "changed"
        if label == "treatments.consent":
            asked = {(one.get("purpose"), self._own_people.get(str(one.get("person_id")))) for one in here}
            return (
                "answer" if (row.get("purpose"), self._people.get(str(row.get("person_id")))) in asked else ""
            )
        if label == "intake.consultation" and row.get("decided_on") is None:
            return "open" if any(one.get("decided_on") is None for one in here) else ""
        if label == "tracking.schedule":
            return "schedule" if here else ""
        if label == "intake.safetyplan" and here:
            if str(row.get("made_on")) <= max(str(one["made_on"]) for one in here):
                return "older"
            self._plans += 1
            row["number"] = max(int(one["number"]) for one in here) + self._plans
        return ""


def _face(
    model: type[models.Model], row: Row, names: set[str], people: Mapping[str, str], stands: Mapping[str, str]
) -> str:
    """What a row says, without what it is called here or there: the same for two rows that say the same."""
    said: list[Any] = []
    for column in model._meta.concrete_fields:
        name, value = column.attname, row.get(column.attname)
        if name not in names or column.primary_key or name in ("client_id", "practice"):
            continue
        if column.unique and not column.is_relation:  # a random name, which is another in another practice
            continue
        if model is SafetyPlan and name == "number":  # counted here
            continue
        if carried.is_person(column):
            value = people.get(str(value), value)
        elif column.is_relation:
            value = stands.get(str(value), value) if carried.holder_of(column) else None
        elif isinstance(value, dict | list):
            value = _ID.sub("", json.dumps(value, sort_keys=True))
        said.append([name, value])
    return json.dumps(said, sort_keys=True, default=str)
