"""Kept lines: one line of each hour, as the clinician kept it, in sequence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.treatments.models import Break, Session, Treatment


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One hour in the sequence of kept lines; `pause` is blank space before it."""

    number: int | None
    on: date
    line: str
    first_words: str
    last_words: str
    missed: str
    pause: str
    is_long_pause: bool
    href: str


def kept_lines(treatment: Treatment) -> list[KeptLine]:
    """The lines in sequence, breaks as space before the hour that follows them; two queries."""
    breaks = list(
        Break.objects.filter(treatment=treatment).order_by("from_date").values_list("from_date", "to_date")
    )
    found: list[KeptLine] = []
    last: date | None = None
    for s in Session.objects.filter(treatment=treatment).exclude(status="planned").order_by("starts_at"):
        missed = "" if s.status == "held" else str(s.get_status_display())
        line = s.kept_line or ""
        if s.status == "held" and not (line or s.first_words or s.last_words):
            last = s.day
            continue
        away = next(((a, b) for a, b in breaks if last is not None and last < a and b < s.day), None)
        found.append(
            KeptLine(
                s.number,
                s.day,
                line,
                s.first_words or "",
                s.last_words or "",
                missed,
                _("%(first)s to %(last)s") % {"first": in_words(away[0], "j F"), "last": in_words(away[1])}
                if away
                else "",
                bool(away and (away[1] - away[0]).days >= 20),
                _hour(s.id),
            )
        )
        last = s.day
    return found


def _hour(session_id: UUID) -> str:
    try:
        return reverse("casework:hour", args=[session_id])
    except NoReverseMatch:
        return ""
