"""Take planned hours out of the calendar, and never a word with them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Session

# Rows that merely point at an hour and outlive it (a form that was asked, a rating) do not hold it.
_OUTLIVES = (models.SET_NULL, models.DO_NOTHING)
_CELLS = ("kept_line", "first_words", "last_words", "after")


def hours_with_words(hours: Iterable[UUID]) -> set[UUID]:
    """Those of some hours on which something stands: a note, a draft, a mark, a line, a charge."""
    ids = list(hours)
    if not ids:
        return set()
    own = models.Q()
    for name in _CELLS:
        own |= models.Q(**{f"{name}__isnull": False})
    found = set(Session.objects.filter(own, pk__in=ids).values_list("pk", flat=True))
    for relation in Session._meta.related_objects:
        if relation.on_delete in _OUTLIVES:
            continue
        name = relation.field.name
        rows = relation.related_model._default_manager.filter(**{f"{name}__in": ids})
        found |= set(rows.order_by().values_list(f"{name}_id", flat=True).distinct())
    return found


def let_go_hours(hours: models.QuerySet[Session]) -> int:
    """Take out planned hours. If something was written on one of them nothing is taken out, and the day is named."""
    rows = list(hours.order_by("starts_at").values_list("pk", "day"))
    held = hours_with_words(pk for pk, _day in rows)
    if held:
        day = next(day for pk, day in rows if pk in held)
        raise CourseError(
            _("something was written on the hour of %(day)s; say first what became of it")
            % {"day": in_words(day)}
        )
    Session.objects.filter(pk__in=[pk for pk, _day in rows]).delete()
    return len(rows)
