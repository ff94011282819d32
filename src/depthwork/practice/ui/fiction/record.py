"""Progress notes of the fiction, signed that evening, and the plan of treatment."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from depthwork.practice.people.models import Person
from depthwork.practice.record.models import PlanVersion, ProgressNote, Signature
from depthwork.practice.record.signing import sign
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.ui.fiction.book import Book

PLACES = {"office": "in the room", "video": "by video", "phone": "by telephone"}


def fill(book: Book) -> None:
    for slug, facts, _, treatment in book.treated():
        notes: list[ProgressNote] = []
        signatures: list[Signature] = []
        for hour in facts.get("sessions") or []:
            session = book.session_of(slug, hour) if hour.get("progress_note") else None
            if session is None:
                continue
            note = _note(session, treatment, hour["progress_note"], book.clinician(slug))
            notes.append(note)
            if note.is_signed:
                signatures.append(sign(note))
        ProgressNote.objects.bulk_create(notes)
        Signature.objects.bulk_create(signatures)
        _plan(book, slug, treatment, (facts.get("coverage") or {}).get("plan_text"))


def _note(session: Session, treatment: Treatment, facts: dict[str, Any], by: Person) -> ProgressNote:
    zone = ZoneInfo(session.zone)
    begins = datetime.combine(session.day, session.wall_time, zone)
    start = begins + timedelta(minutes=session.late_minutes)
    stop = begins + timedelta(minutes=session.length_minutes)
    is_signed = bool(facts.get("signed"))
    is_held = session.status == Session.Status.HELD  # of a missed hour no times are told, and no place
    return ProgressNote(
        client=session.client,
        treatment=treatment,
        session=session,
        on=session.day,
        times={"start": f"{start:%H:%M}", "stop": f"{stop:%H:%M}"} if is_held else None,
        modality=f"individual psychodynamic psychotherapy, {PLACES.get(session.place, session.place)}"
        if is_held
        else None,
        **{part: facts.get(part) or None for part in ProgressNote.PARTS},
        created_by=by,
        signed_at=datetime.combine(session.day, time(20, 10), zone) if is_signed else None,
        signed_by=by if is_signed else None,
    )


def _plan(book: Book, slug: str, treatment: Treatment, facts: Any) -> None:
    """The plan that the fiction wrote from the record alone."""
    if not isinstance(facts, dict):
        return
    words = {
        "difficulties": _lines(facts.get("problem") or facts.get("problems")),
        "aims": _lines(facts.get("goals")),
        "approach": _lines(facts.get("method") or facts.get("interventions")),
        "review": _lines(facts.get("severity") or facts.get("status")),
    }
    PlanVersion.objects.create(
        client=treatment.client,
        treatment=treatment,
        number=1,
        from_date=book.day(slug, facts["week"]) if "week" in facts else treatment.starts_on,
        words=words,
        created_by=book.clinician(slug),
    )


def _lines(said: Any) -> str:
    """A text, or a list of texts and of goals with where they stand."""
    parts = said if isinstance(said, list) else [said] if said else []
    return "\n".join(
        f"{part['goal']}: {part['now']}" if isinstance(part, dict) else str(part) for part in parts
    )
