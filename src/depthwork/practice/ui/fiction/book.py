"""The files of the fiction, read once, and what has been made of them so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from depthwork.practice.people.models import Person, Practice
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.vault.unlocked import Unlocked, opened

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Book:
    """Facts by client slug, rows by slug, and the fiction's calendar.

    `week` of a client's file counts from the first week of the treatment, whose `start_week` counts from this one.
    """

    practice: Practice

    def __init__(self, root: Path, *, today: date) -> None:
        self.root = root
        self.today = today
        # At a weekend the fiction's week is the coming one, so that the hours of the last are all told.
        self.monday = (
            today
            - timedelta(days=today.weekday())
            + (timedelta(weeks=1) if today.weekday() >= 5 else timedelta())
        )
        self.facts: dict[str, Any] = self.read("practice.yaml")
        self.clients: dict[str, dict[str, Any]] = {}
        for file in sorted((root / "clients").glob("*.yaml")):
            facts = self.read(f"clients/{file.name}")
            self.clients[facts["slug"]] = facts
        self.people: dict[str, Person] = {}
        self.unlocked: dict[str, Unlocked] = {}
        self.rows: dict[str, Client] = {}
        self.treatments: dict[str, Treatment] = {}
        self.sessions: dict[str, dict[int, Session]] = {}  # held hours by number
        self.by_week: dict[
            str, dict[tuple[int, int], Session]
        ] = {}  # every hour by week and slot, missed ones too
        self.made: dict[str, Any] = {}  # what rooms leave for later rooms

    def read(self, name: str) -> Any:
        """A YAML file of the fiction."""
        with (self.root / name).open(encoding="utf-8") as handle:
            return yaml.load(handle, Loader=_Loader)  # noqa: S506  (a SafeLoader, compiled where there is one)

    def text(self, name: str) -> str:
        """A text of the fiction."""
        return (self.root / name).read_text(encoding="utf-8")

    def start(self, slug: str) -> date:
        """Monday of the treatment's first week."""
        treatment = self.clients[slug].get("treatment") or {}
        return self.monday + timedelta(weeks=int(treatment.get("start_week", 0)))

    def day(self, slug: str, week: float, weekday: str | None = None) -> date:
        """A day of a treatment's week: the given weekday, or the day of its hour."""
        frame = (self.clients[slug].get("treatment") or {}).get("frame") or {}
        name = weekday or frame.get("weekday") or "tue"
        return self.start(slug) + timedelta(weeks=int(week), days=WEEKDAYS.index(name))

    def from_today(self, week: float, weekday: str = "mon") -> date:
        """A day counted in weeks from this week."""
        return self.monday + timedelta(weeks=int(week), days=WEEKDAYS.index(weekday))

    def session_of(self, slug: str, hour: dict[str, Any]) -> Session | None:
        """The row of an hour of the fiction, held or missed."""
        return self.sessions[slug].get(int(hour.get("n") or 0)) or self.by_week[slug].get(
            (int(hour["week"]), int(hour.get("slot") or 1))
        )

    def clinician(self, slug: str) -> Person:
        """Who treats a client."""
        return self.people[self.clients[slug]["clinician"]]

    @contextmanager
    def as_clinician(self, slug: str) -> Iterator[Person]:
        """With the keys of a client's clinician."""
        who = self.clients[slug]["clinician"]
        with opened(self.unlocked[who]):
            yield self.people[who]

    def treated(self) -> Iterator[tuple[str, dict[str, Any], Client, Treatment]]:
        """Clients that have a treatment, each with its clinician's keys open."""
        for slug, treatment in self.treatments.items():
            with self.as_clinician(slug):
                yield slug, self.clients[slug], self.rows[slug], treatment


def wall(text: Any) -> time:
    """A wall time as the fiction writes it: 17:00."""
    return datetime.strptime(str(text), "%H:%M").time()


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
