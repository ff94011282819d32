"""The authors' codes of the fiction, as codes of the clinician who wrote the hour."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from depthwork.coding import Mark, Span
from depthwork.coding.anchor import anchor_of
from depthwork.coding.shelf import codebook_for
from depthwork.practice.casework.bridge import body_of
from depthwork.practice.casework.models import MarkRow, ReadingRow
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.ui.fiction.book import Book
from depthwork.transcripts import Transcript, Turn

LEFT_UNMARKED = {"hours/brief/14", "hours/brief/15"}  # hours in which cues can be met


def fill(book: Book) -> None:
    agreed = [treatment.pk for slug, treatment in book.treatments.items() if _agreed_to_cues(book, slug)]
    Treatment.objects.filter(pk__in=agreed).update(cues=True)
    rows: list[MarkRow] = []
    readings: list[ReadingRow] = []
    folder = book.root / "gold"
    for file in sorted(folder.glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        name = gold["source"]
        stem = str(PurePath(name).with_suffix(""))
        made = book.made.get(f"note:{name}") or book.made.get(f"hour:{stem}")
        if made is None or stem in LEFT_UNMARKED:
            continue
        source, version = made
        with book.as_clinician(PurePath(name).parts[1]) as coder:
            turns = version.turns
            transcript = Transcript(
                str(source.id),
                "text",
                source.provenance,
                tuple(Turn(i, t[0], t[1], t[2], t[3]) for i, t in enumerate(turns)),
            )
            reading = ReadingRow(
                client=source.client,
                source=source,
                coder=coder,
                how=(gold.get("reading") or {}).get("how", "whole"),
                is_blind=bool((gold.get("reading") or {}).get("blind")),
            )
            readings.append(reading)
            for entry in gold["marks"]:
                mark = _mark(entry, transcript, coder.id)
                rows.append(
                    MarkRow(
                        client=source.client,
                        treatment_id=source.treatment_id,
                        session_id=source.session_id,
                        source=source,
                        coder=coder,
                        reading=reading,
                        body=body_of(mark),
                    )
                )
            _save(ReadingRow, readings)
            _save(MarkRow, rows)


def _agreed_to_cues(book: Book, slug: str) -> bool:
    return any(
        consent.get("purpose") == "cues"
        and str(consent.get("answer")).lower() in ("yes", "true")
        and consent.get("revoked_week") is None
        for consent in book.clients[slug].get("consents") or []
    )


def _save(model: Any, rows: list[Any]) -> None:
    model.objects.bulk_create(rows)
    rows.clear()


def _mark(entry: dict[str, Any], transcript: Transcript, coder: Any) -> Mark:
    span = Span(int(entry["start"]), int(entry["end"]))
    quote, anchor = anchor_of(transcript.text, span)
    if quote != entry["quote"]:
        at = transcript.text.find(entry["quote"])
        if at < 0:
            raise ValueError(f"a gold quote is not in its text: {entry['construct']} in turn {entry['turn']}")
        span = Span(at, at + len(entry["quote"]))
        quote, anchor = anchor_of(transcript.text, span)
    turn = transcript.turn_at(span.start)
    book = codebook_for(entry["construct"])
    return Mark(
        source_id=transcript.source,
        span=span,
        turn=turn,
        speaker=transcript.turns[turn].speaker,
        construct=entry["construct"],
        code=entry["code"],
        origin=f"coder:{coder}",
        status="confirmed",
        codebook_version=f"{book.id}@{book.version}" if book else "",
        attributes=entry.get("attributes") or {},
        quote=quote,
        anchor=anchor,
    )
