"""Transcripts, process notes, own notes and dreams of the fiction."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import note_turns, text_of, without_marks
from depthwork.practice.treatments.models import Session
from depthwork.practice.ui.fiction.book import Book
from depthwork.transcripts import read


def fill(book: Book) -> None:
    for slug, facts, _, _ in book.treated():
        made: list[tuple[Source, SourceVersion]] = []
        dreams = {int(d["n"]): d for d in facts.get("dreams") or [] if d.get("n")}
        for hour in facts.get("sessions") or []:
            session = book.session_of(slug, hour)
            if session is None:
                continue
            by = book.clinician(slug)
            if hour.get("transcript"):
                made.append(_transcript(book, session, hour["transcript"], by))
            if hour.get("note"):
                made += _note(session, book.text(hour["note"]), hour.get("first_written"), by)
                book.made[f"note:{hour['note']}"] = made[-1]
            if hour.get("countertransference"):
                made.append(
                    _source(
                        session, "countertransference", "notes", note_turns(hour["countertransference"]), by
                    )
                )
            dream = dreams.get(session.number or 0)
            if dream:
                about = {
                    key: dream[key]
                    for key in ("title", "residue", "associations", "told_at", "later")
                    if dream.get(key)
                }
                made.append(
                    _source(session, "dream", "reconstructed", note_turns(dream["report"]), by, about=about)
                )
        Source.objects.bulk_create({source.id: source for source, _ in made}.values())
        SourceVersion.objects.bulk_create([version for _, version in made])


def _note(session: Session, text: str, first: str | None, by: Any) -> list[tuple[Source, SourceVersion]]:
    """A note as it stands, after the words in which it was first written, if the file has them."""
    turns, passages = without_marks(text)
    source, version = _source(session, "process_note", "notes", turns, by, passages=passages)
    if first is None:
        return [(source, version)]
    before = SourceVersion(
        client=session.client, source=source, number=1, text=text_of(note_turns(first)), turns=note_turns(first),
        created_by=by,
    )  # fmt: skip
    source.version = version.number = 2
    return [(source, before), (source, version)]


def _transcript(book: Book, session: Session, name: str, by: Any) -> tuple[Source, SourceVersion]:
    file = book.root / name
    if not file.exists():
        file = next(f for f in (file.with_suffix(".vtt"), file.with_suffix(".txt")) if f.exists())
    transcript = read(file)
    turns = [[t.speaker, t.text, t.start_s, t.end_s] for t in transcript.turns]
    made = _source(
        session,
        "transcript",
        "verbatim",
        turns,
        by,
        about={"format": transcript.format, "warnings": list(transcript.warnings)},
    )
    book.made[f"hour:{PurePath(name).with_suffix('')}"] = made
    return made


def _source(
    session: Session,
    kind: str,
    provenance: str,
    turns: list[list[Any]],
    by: Any,
    *,
    passages: list[dict[str, Any]] | None = None,
    about: dict[str, Any] | None = None,
) -> tuple[Source, SourceVersion]:
    source = Source(
        client=session.client,
        treatment_id=session.treatment_id,
        session=session,
        kind=kind,
        provenance=provenance,
        created_by=by,
    )
    version = SourceVersion(
        client=session.client,
        source=source,
        number=1,
        text=text_of(turns),
        turns=turns,
        passages=passages or None,
        about=about or None,
        created_by=by,
    )
    return source, version
