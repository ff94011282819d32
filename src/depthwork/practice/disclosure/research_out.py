"""Consented treatments, gathered for a study with the keys of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.interchange.parcel import packed, sha256
from depthwork.interchange.research.cases import Case, FrameChange, Hour, Scored, Text
from depthwork.interchange.research.files import study_files
from depthwork.interchange.research.study import SMALL, Study, StudyError, study
from depthwork.practice.audit.actions import record
from depthwork.practice.casework.models import ReadingRow
from depthwork.practice.casework.queries import marks_of_treatment
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.models import Disclosure
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.supervision.known import known_of
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.consents import agreed_among, open_answers
from depthwork.practice.treatments.models import Break, Client, Frame, FrameEvent, Session, Treatment
from depthwork.practice.vault.purposes import secret_for
from depthwork.practice.vault.unlocked import current

NEEDED = ("administration", "record", "process_notes")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A study as one parcel, and what a person should know of it."""

    raw: bytes
    study: Study
    clients: int
    without_key: int


def consented(by: Person, *, on: date) -> tuple[list[Client], int]:
    """Clients of the practice who agreed to research and whose keys are at hand; and how many's are not."""
    rows = Client.objects.filter(practice_id=by.practice_id).select_related("practice").order_by("id")
    agreed = agreed_among([row.id for row in rows], "research", on=on)
    unlocked = current()
    mine = [row for row in rows if row.id in agreed]
    held = [row for row in mine if all(unlocked.holds(row.id, one) for one in NEEDED)]
    return held, len(mine) - len(held)


@transaction.atomic
def give_study(*, by: Person, project: str, on: date, smallest: int = SMALL) -> Gathered:
    """A study for one project. Every client in it has it in their account of what was given out."""
    if not allows(by, Permission.EXPORT_RESEARCH, practice=by.practice_id):
        raise DisclosureError(_("research data is given out by a clinician or a researcher of the practice"))
    if not project.strip():
        raise DisclosureError(_("name the project; its pseudonyms are its own"))
    clients, without = consented(by, on=on)
    cases = [case for client in clients for case in _cases(client)]
    try:
        made = study(cases, key=secret_for(f"research/{project.strip().casefold()}"), smallest=smallest)
        files = study_files(made, project=project.strip())
    except StudyError as error:
        more = _("; the keys of %(n)s more who agreed are not at hand") % {"n": without} if without else ""
        raise DisclosureError(f"{error}{more}") from None
    except ModuleNotFoundError:
        raise DisclosureError(
            _("Parquet needs the extra “corpus”: pip install 'depthwork[corpus]'")
        ) from None
    raw = packed(
        files,
        {
            "what": "research data",
            "project": project.strip(),
            "made_on": on.isoformat(),
            "people": made.people,
        },
    )
    counts = {name: len(rows) for name, rows in made.tables.items()}
    for client in {case.client: case for case in cases}:
        Disclosure.objects.create(
            client_id=UUID(client), kind=Disclosure.Kind.RESEARCH, compartments=list(NEEDED), sha256=sha256(raw),
            size=len(raw), made_on=on, by=by, to_whom=project.strip(), manifest=counts,
        )  # fmt: skip
        record(
            verb="gave_out.research", by=by.id, practice=by.practice_id, object_type="treatments.client",
            object_id=client, client=UUID(client), reason=sha256(raw),
        )  # fmt: skip
    return Gathered(raw, made, len(clients), without)


def _cases(client: Client) -> list[Case]:
    words = next((row.words or {} for row in open_answers(client, "research") if row.person_id is None), {})
    return [
        _case(client, row, with_text=words.get("with_text") is True)
        for row in Treatment.objects.filter(client=client).select_related("clinician", "ending").order_by("starts_on", "id")
    ]  # fmt: skip


def _case(client: Client, row: Treatment, *, with_text: bool) -> Case:
    frame = Frame.objects.filter(treatment=row).order_by("-from_date").first()
    born = str((client.details or {}).get("born") or "")[:4]
    return Case(
        client=str(client.id), treatment=str(row.id), starts_on=row.starts_on, format=row.format,
        frequency=frame.frequency if frame else "", seat=frame.seat if frame else "", state=row.state,
        hours_agreed=row.hours_agreed, born_year=int(born) if born.isdigit() and len(born) == 4 else None,
        with_text=with_text, known=known_of(client), hours=tuple(_hours(row)), scores=tuple(_scores(client, row)),
        events=tuple(_events(row)),
    )  # fmt: skip


def _hours(treatment: Treatment) -> list[Hour]:
    texts: dict[UUID, list[Text]] = {}
    marks: dict[str, list[Any]] = {}
    for mark in marks_of_treatment(treatment):
        marks.setdefault(mark.source_id, []).append(mark)
    readings = {
        one.source_id: one for one in ReadingRow.objects.filter(source__treatment=treatment).order_by("how")
    }
    kinds = (Source.Kind.TRANSCRIPT, Source.Kind.PROCESS_NOTE, Source.Kind.DREAM)
    for kept in sources_of_treatment(treatment, kinds=kinds):
        if kept.source.session_id is None:
            continue
        reading = readings.get(kept.source.id)
        length = len(kept.transcript.text)
        texts.setdefault(kept.source.session_id, []).append(
            Text(
                kept.transcript,
                kept.source.kind,
                tuple(m for m in marks.get(str(kept.source.id), ()) if m.span.end <= length),
                reading.how if reading else "",
                bool(reading and reading.is_blind),
            )
        )
    return [
        Hour(
            id=str(row.id), day=row.day, status=row.status, number=row.number, length_minutes=row.length_minutes,
            late_minutes=row.late_minutes, place=row.place, texts=tuple(texts.get(row.id, ())),
        )
        for row in Session.objects.filter(treatment=treatment).order_by("starts_at", "id")
        if row.status != Session.Status.PLANNED
    ]  # fmt: skip


def _scores(client: Client, treatment: Treatment) -> list[Scored]:
    hours = {
        row.number: str(row.id) for row in Session.objects.filter(treatment=treatment, number__isnull=False)
    }
    found = []
    for asked in asked_of(client.id, treatment=treatment):
        for name, one in sorted((asked.result.get("scores") or {}).items()):
            found.append(
                Scored(
                    day=asked.on, hour=hours.get(asked.hour, "") if asked.hour else "", measure=asked.measure,
                    version=int(asked.result.get("version") or 1), definition_hash=str(asked.result.get("hash") or ""),
                    score=name, value=one.get("value"), withheld=one.get("withheld") or "",
                )
            )  # fmt: skip
    return found


FRAME_KINDS = ("fee", "length", "day", "place", "seat", "frequency", "format")


def _events(treatment: Treatment) -> list[FrameChange]:
    found = [
        FrameChange(row.on, row.kind if row.kind in FRAME_KINDS else "other")
        for row in FrameEvent.objects.filter(treatment=treatment).order_by("on", "id")
    ]
    for row in Break.objects.filter(treatment=treatment).order_by("from_date", "id"):
        found += [
            FrameChange(row.from_date, "break_begins"),
            FrameChange(row.to_date + timedelta(days=1), "break_ends"),
        ]
    ending = getattr(treatment, "ending", None)
    if ending is not None:
        found.append(FrameChange(ending.on, "ending_planned" if ending.planned else "ending_unplanned"))
    return found
