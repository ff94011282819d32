"""A column's value as JSON, and back."""

from __future__ import annotations

import base64
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from depthwork.interchange.fhir.common import YEARS
from depthwork.interchange.parcel import sha256
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.vault.fields import SealedBytes, SealedField, SealedJSON, SealedText


def outward(field: models.Field[Any, Any], value: Any, files: dict[str, bytes]) -> Any:
    """A value as the package holds it; a file goes beside and leaves its hash."""
    if value is None:
        return None
    if isinstance(field, SealedBytes):
        digest = sha256(value)
        files[digest] = value
        return digest
    if isinstance(field, SealedField | models.JSONField):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def inward(field: models.Field[Any, Any], value: Any, files: dict[str, bytes]) -> Any:
    """The value of a column, or a refusal that names the column."""
    if value is None:
        return None
    try:
        if isinstance(field, SealedBytes):
            return files[value]
        if isinstance(field, SealedText):
            if not isinstance(value, str):
                raise TypeError
            return value
        if isinstance(field, SealedJSON | models.JSONField):
            return value
        if isinstance(field, models.BinaryField):
            return base64.b64decode(value, validate=True)
        if isinstance(field, models.UUIDField) or field.is_relation:
            return UUID(value)
        made = field.to_python(value)
        if isinstance(made, datetime) and made.year not in YEARS:
            raise ValueError  # no clock here wrote it, and in another zone it may be no moment at all
        field.run_validators(made)
        if (
            field.choices
            and made not in {value for value, _label in field.flatchoices}
            and not (made == "" and field.blank)
        ):
            raise ValueError
        return made
    except Exception as error:  # a package's row can be wrong in any way: it is refused in one
        if isinstance(error, MemoryError):
            raise
        raise DisclosureError(
            _("a row of %(label)s has a %(name)s that cannot be read; ask for the package again")
            % {"label": field.model._meta.label_lower, "name": field.name}
        ) from None
