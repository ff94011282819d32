"""Names that are written from right to left, printed so that they do not turn the line round in which they stand.

A name stays plain text wherever it is kept, compared, sent or typed. Only where a page prints it does it come between
two invisible signs (Unicode's first strong isolate, and its end), which browsers obey in text and in attributes alike.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.html import escape
from django.utils.safestring import SafeString

from depthwork.wording import isolated, runs_leftwards


class Named(str):
    """A name that knows how a page prints it."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        return escape(isolated(str(self)))


def named(text: str) -> str:
    """A name as pages print it; one that is written from left to right is no more than its letters."""
    return Named(text) if runs_leftwards(text) else text


class NameField(models.CharField):  # type: ignore[type-arg]  # no parameters at run time
    """A name in clear. In migrations it is the plain column that it is."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else named(value)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
