"""How the values of a row stand on a page that a client reads: days and times in words, people by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.config.dates import in_words
from depthwork.practice.disclosure.field_words import CHOSEN, called, chosen
from depthwork.wording import decimal

Row = dict[str, Any]
# Of use to a machine alone; the data file has them.
UNREAD = (
    "_id", "version", "token", "draft", "box", "told", "hash", "sha256", "receipt", "data_key", "created_at", "changed_at",
    "zone", "starts_at", "skipped_remembering", "brief_page", "cues", "slots", "order", "taken_in_at", "practice",
    "shown", "manifest", "control", "escalate", "is_for_the_hour",
)  # fmt: skip
# Inside a structure: what names a row or a rule, never what was said.
_MACHINE = ("id", "hash", "asked_hash", "rule_id", "rule_version", "line", "mark", "evidence_refs")
# Columns that name someone, in the order in which they are said.
WHO = {
    "clinician_id": gettext_lazy("with"), "begun_by_id": gettext_lazy("begun by"), "decided_by_id": gettext_lazy("decided by"),
    "person_id": gettext_lazy("for"), "cover_id": gettext_lazy("who covers"), "created_by_id": gettext_lazy("written by"),
    "changed_by_id": gettext_lazy("written by"), "made_by_id": gettext_lazy("written by"), "by_id": gettext_lazy("by whom"),
    "recorded_by_id": gettext_lazy("written down by"), "signed_by_id": gettext_lazy("signed by"), "seen_by_id": gettext_lazy("read by"),
}  # fmt: skip
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}(Z|[+-][0-9]{2}:[0-9]{2})?")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said of an entry: what it is, the words, and the file they mean."""

    term: str
    words: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """What an entry may need beside its own row: everyone's name, the other rows, the practice's clock."""

    rows: Mapping[str, list[Row]]
    names: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def of(self, label: str, column: str, id: Any) -> list[Row]:
        """The rows of a kind that belong to another row."""
        return [row for row in self.rows.get(label, ()) if row.get(column) == id]

    def at(self, moment: Any) -> str:
        """A moment on the practice's clock."""
        found = datetime.fromisoformat(str(moment).replace("Z", "+00:00"))
        local = found.astimezone(self.zone) if found.tzinfo else found
        return in_words(local, "j F Y, H:i")

    def day(self, text: Any) -> str:
        """A day in words."""
        return in_words(date.fromisoformat(str(text)[:10]))

    def hour(self, id: Any) -> str:
        """An hour by its day."""
        row = next((one for one in self.rows.get("treatments.session", ()) if one["id"] == id), None)
        return self.day(row["day"]) if row else ""


def lines_of(label: str, row: Row, world: World, *, without: tuple[str, ...] = ()) -> list[Line]:
    """Every column of a row that says something to a reader, and who wrote it."""
    said, model = [], apps.get_model(label)
    by_name = {one.attname: one for one in model._meta.concrete_fields}
    for name, value in row.items():
        if (
            value in (None, "", [], {})
            or name == "id"
            or name in without
            or any(part in name for part in UNREAD)
        ):
            continue
        words = _of_column(model, by_name.get(name), name, value, world)
        if words:
            said.append(Line(called(name), words))
    for name, who in WHO.items():
        if name not in without and (person := world.names.get(str(row.get(name)))):
            said.append(Line(str(who), person))
    return said


def _of_column(model: type[models.Model], field: Any, name: str, value: Any, world: World) -> str:
    if isinstance(value, str):
        if words := chosen(model, name, value):
            return words
        if name == "place" and value in CHOSEN:
            return str(CHOSEN[value])
        if isinstance(field, models.DateTimeField):
            return world.at(value)
        if isinstance(field, models.DateField):
            return world.day(value)
        if isinstance(field, models.TimeField):
            return in_words(time.fromisoformat(value), "H:i")
        if isinstance(field, models.DecimalField):
            return decimal(value)
    return told(value, world)


def told(value: Any, world: World, depth: int = 0) -> str:
    """A value of any shape in words: nested entries line by line, people by name, days as the language writes them."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return decimal(f"{value:g}")
    if isinstance(value, dict):
        pairs = [(str(key), told(one, world, depth + 1)) for key, one in value.items() if key not in _MACHINE]
        return ("\n" if depth == 0 else "; ").join(f"{called(key)}: {words}" for key, words in pairs if words)
    if isinstance(value, list):
        if value and all(isinstance(one, list) and len(one) == 4 for one in value):
            return "\n".join(f"{one[0]}: {one[1]}" for one in value)
        parts = [told(one, world, depth + 1) for one in value]
        return ("\n" if depth == 0 else ", ").join(part for part in parts if part)
    text = "" if value is None else str(value)
    if _UUID.fullmatch(text):
        return world.names.get(text, "")
    if _MOMENT.fullmatch(text):
        return world.at(text)
    return world.day(text) if _DAY.fullmatch(text) else text


def name_of(world: World, id: UUID | str | None) -> str:
    """Someone's name."""
    return world.names.get(str(id), "")
