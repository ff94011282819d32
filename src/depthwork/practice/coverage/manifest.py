"""What a document was made from: rows, fields and their compartment. A field of process notes cannot be named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.vault.fields import SealedField
from depthwork.practice.vault.models import Compartment

CLEAR = "clear"
ALLOWED = frozenset({CLEAR, str(Compartment.ADMINISTRATION), str(Compartment.RECORD)})


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one model, of these rows."""

    model: str
    field: str
    compartment: str
    rows: tuple[str, ...]

    def as_list(self) -> list[Any]:
        return [self.model, self.field, self.compartment, list(self.rows)]


class Taken:
    """Reads for a document. What is not read through here has no place in one; what it read, it can say."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], list[str]] = {}

    def of(self, row: models.Model, name: str) -> Any:
        """The value of a field, noted down; refused where it lies outside the record and administration."""
        field = row._meta.get_field(name)
        where = str(field.compartment_of(row)) if isinstance(field, SealedField) else CLEAR
        if where not in ALLOWED:
            raise CoverageError(_("a document for a payer is made from the record and administration alone"))
        rows = self._seen.setdefault((row._meta.label_lower, name, where), [])
        if str(row.pk) not in rows:
            rows.append(str(row.pk))
        return getattr(row, name)

    def each(self, rows: Iterable[models.Model], *names: str) -> None:
        """Note fields of several rows at once."""
        for row in rows:
            for name in names:
                self.of(row, name)

    def manifest(self) -> tuple[Line, ...]:
        """What was read, in order of model and field."""
        return tuple(Line(*key, tuple(rows)) for key, rows in sorted(self._seen.items()))


def in_words(manifest: Iterable[Line]) -> tuple[tuple[str, str, str, str], ...]:
    """The manifest as it stands at the foot of a document: what, fields, compartment, rows; no id and no value."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in manifest:
        name = str(apps.get_model(line.model)._meta.verbose_name)
        found.setdefault((name, line.compartment), []).append(line)
    return tuple(
        (
            model,
            ", ".join(line.field.replace("_", " ") for line in lines),
            _("in clear") if compartment == CLEAR else compartment,
            str(max(len(line.rows) for line in lines)),
        )
        for (model, compartment), lines in found.items()
    )
