"""Reads of the record, always of one client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.practice.config.at_once import Look, look
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote
from depthwork.practice.record.signing import Standing, standing_of
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.treatments.queries import clients_for, landing_name


@dataclass(frozen=True, slots=True)
class Added:
    """An addendum and whether its signature holds."""

    addendum: Addendum
    standing: Standing


@dataclass(frozen=True, slots=True)
class Leaf:
    """A progress note as a page shows it. `standing` is None while it is not signed."""

    note: ProgressNote
    standing: Standing | None
    added: tuple[Added, ...]


def note_named(note_id: UUID) -> ProgressNote | None:
    """A progress note by id, for the policy to judge."""
    return (
        ProgressNote.objects.select_related(
            "client__practice", "treatment", "session", "signed_by", "created_by"
        )
        .filter(id=note_id)
        .first()
    )


def note_of_hour(session: Session) -> ProgressNote | None:
    """The progress note of an hour."""
    return look_at_note(session).now()


def look_at_note(session: Session) -> Look[ProgressNote | None]:
    """The same, to be asked together with what else a page wants to know."""
    rows = ProgressNote.objects.select_related("client", "signed_by", "created_by").filter(session=session)
    return Look((rows,), lambda found: min(found, key=attrgetter("on", "created_at"), default=None))


def hours_without_note(treatment: Treatment) -> list[Session]:
    """Hours that were held and have no progress note, newest first; one query, no word is opened."""
    return list(
        Session.objects.filter(treatment=treatment, status=Session.Status.HELD, progress_notes=None).order_by(
            "-starts_at"
        )
    )


def look_at_noted(sessions: Iterable[UUID]) -> Look[dict[UUID, bool]]:
    """Of these hours, those with a progress note, and whether it is signed; no word is opened."""
    rows = ProgressNote.objects.filter(session__in=list(sessions)).values_list("session_id", "signed_at")
    return Look((rows,), lambda told: {hour: signed is not None for hour, signed in told})


def opened_notes(notes: Iterable[ProgressNote]) -> list[Leaf]:
    """Notes with their addenda and the standing of each signature; two queries beside the notes' own."""
    rows = list(notes)
    addenda: dict[UUID, list[Addendum]] = {}
    found = (
        Addendum.objects.filter(note__in=rows)
        .select_related("created_by", "signature")
        .order_by("created_at")
    )
    for row in found:
        addenda.setdefault(row.note_id, []).append(row)
    return [
        Leaf(
            note,
            standing_of(note, getattr(note, "signature", None)) if note.is_signed else None,
            tuple(
                Added(one, standing_of(one, getattr(one, "signature", None)))
                for one in addenda.get(note.id, ())
            ),
        )
        for note in rows
    ]


def progress_notes_of(treatment: Treatment) -> list[ProgressNote]:
    """The progress notes of a treatment, newest first; one query."""
    return list(
        ProgressNote.objects.filter(treatment=treatment)
        .select_related("session", "signed_by", "signature")
        .order_by("-on", "-created_at")
    )


@dataclass(frozen=True, slots=True)
class UnsignedLine:
    """A note that was begun and not signed: whose, and of which day."""

    note_id: UUID
    client_id: UUID
    called: str
    on: date


def look_at_unsigned(person: Person) -> Look[list[UnsignedLine]]:
    """Notes a clinician has begun and not signed, oldest first; no words of a note are opened."""
    called = Client._meta.get_field("called")
    rows = ProgressNote.objects.filter(
        treatment__clinician=person, client__in=clients_for(person), signed_at=None
    ).values_list("id", "client_id", "client__called", "on")

    @look(rows)
    def read(told: list[tuple[Any, ...]]) -> list[UnsignedLine]:
        return [
            UnsignedLine(
                note, client, landing_name(called.open_value(cell, owner=client, row=client), person), on
            )
            for note, client, cell, on in sorted(told, key=itemgetter(3))
        ]

    return read


def not_signed_in(treatment: Treatment, person: Person) -> Iterator[tuple[str, str]]:
    """Notes of a course that were begun and not signed, for whoever hands it over and whoever takes it."""
    rows = ProgressNote.objects.filter(treatment=treatment, signed_at=None).order_by("on")
    for pk, on in rows.values_list("id", "on"):
        yield (
            _("The progress note of %(day)s is not signed.") % {"day": in_words(on)},
            reverse("record:note", args=[pk]),
        )


def plan_of(treatment: Treatment) -> PlanVersion | None:
    """The plan as it stands."""
    return (
        PlanVersion.objects.filter(treatment=treatment)
        .select_related("created_by")
        .order_by("-number")
        .first()
    )


def plans_of(treatment: Treatment) -> list[PlanVersion]:
    """Every version of the plan, newest first."""
    return list(
        PlanVersion.objects.filter(treatment=treatment).select_related("created_by").order_by("-number")
    )
