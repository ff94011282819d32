"""iCalendar (RFC 5545) of hours to come: when and how long, never who."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from depthwork.practice.treatments.models import Session


def calendar(sessions: Sequence[Session], *, made_at: datetime) -> str:
    """A calendar file. Each hour is "Hour"; the id is random and says nothing."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Depthwork//Hours//EN", "CALSCALE:GREGORIAN"]
    for session in sessions:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{session.pk}@depthwork",
            f"DTSTAMP:{_utc(made_at)}",
            f"DTSTART:{_utc(session.starts_at)}",
            f"DTEND:{_utc(session.starts_at + timedelta(minutes=session.length_minutes))}",
            "SUMMARY:Hour",
            "CLASS:PRIVATE",
            f"SEQUENCE:{session.version}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "\r\n".join(lines) + "\r\n"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
