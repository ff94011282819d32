"""The formulations of the fiction: versions, statements with their lines, what was expected and what came."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time
from typing import Any

from depthwork.coding.anchor import anchor_of
from depthwork.coding.marks import Span
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.formulation.models import Citation, Formulation, Prediction, Statement
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.ui.fiction.book import Book

TEXTS = (Source.Kind.TRANSCRIPT, Source.Kind.PROCESS_NOTE, Source.Kind.DREAM, Source.Kind.COUNTERTRANSFERENCE)


def fill(book: Book) -> None:
    for slug, facts, _, treatment in book.treated():
        if facts.get("formulation"):
            _Writer(book, slug, treatment).write(facts["formulation"])


class _Writer:
    """Writes the versions of one treatment; a statement keeps its `line` through rewriting."""

    def __init__(self, book: Book, slug: str, treatment: Treatment) -> None:
        self.book, self.slug, self.treatment = book, slug, treatment
        self.texts = _texts(treatment)
        self.marks = _marks(treatment)
        self.lines: dict[str, uuid.UUID] = {}

    def write(self, versions: list[dict[str, Any]]) -> None:
        statements: list[Statement] = []
        citations: list[Citation] = []
        predictions: list[Prediction] = []
        for facts in versions:
            on = self.book.day(self.slug, facts["week"])
            at = datetime.combine(on, time(20), tzinfo=UTC)
            by = self.book.people.get(facts.get("written_by", ""), self.book.clinician(self.slug))
            sections = [{"key": f"s{i}", "title": s["title"]} for i, s in enumerate(facts["sections"])]
            row = Formulation.objects.create(
                client=self.treatment.client,
                treatment=self.treatment,
                number=facts["version"],
                sections=sections,
                after_hours=sum(s.day <= on for s in self.book.sessions[self.slug].values()),
                created_by=by,
                kept_at=at,
                kept_by=by,
            )
            for key, section in zip(sections, facts["sections"], strict=True):
                for told in section["statements"]:
                    made = self._statement(row, key["key"], told, len(statements), by)
                    statements.append(made)
                    citations += [self._cited(made, c, i) for i, c in enumerate(told.get("cites") or [])]
            predictions += [self._expected(row, p, on, by) for p in facts.get("predictions") or []]
        Statement.objects.bulk_create(statements)
        Citation.objects.bulk_create(citations)
        Prediction.objects.bulk_create(predictions)

    def _statement(
        self, row: Formulation, key: str, told: dict[str, Any], position: int, by: Person
    ) -> Statement:
        words = " ".join(told["text"].split())
        line = self.lines.setdefault(str(told.get("line") or words), uuid.uuid4())
        return Statement(
            client=row.client,
            formulation=row,
            line=line,
            position=position * 10,
            words=words,
            body={"section": key, "inference": bool(told.get("inference"))},
            changed_by=by,
        )

    def _cited(self, statement: Statement, cite: dict[str, Any], position: int) -> Citation:
        session, quote = self.book.sessions[self.slug][int(cite["n"])], str(cite["quote"])
        row = Citation(client=statement.client, statement=statement, session=session, position=position * 10)
        for source, version in self.texts.get(session.id, ()):
            at = (version.text or "").find(quote)
            if at < 0:
                continue
            row.source, row.source_version = source, version.number
            mark = self.marks.get((source.id, quote))
            row.kind = Citation.Kind.MARK if mark is not None else Citation.Kind.PASSAGE
            row.mark = mark
            row.body = _body(source, version, at, at + len(quote))
            return row
        # Said of an hour and found in none of its texts: the hour itself is cited, in the writer's words.
        row.kind, row.on, row.body = Citation.Kind.DATE, session.day, {"words": quote}
        return row

    def _expected(self, row: Formulation, told: dict[str, Any], on: Any, by: Person) -> Prediction:
        by_week = told.get("by_week")
        due = None if by_week is None else self.book.day(self.slug, by_week)
        came = told.get("came")
        day = max(min(due or on, self.book.today), on) if came else None
        return Prediction(
            client=row.client,
            treatment=self.treatment,
            formulation=row,
            words=told["text"],
            made_on=on,
            by_date=None if due is None else max(due, on),
            came=came or None,
            came_on=day,
            made_by=by,
        )


def _texts(treatment: Treatment) -> dict[uuid.UUID, list[tuple[Source, SourceVersion]]]:
    found: dict[uuid.UUID, list[tuple[Source, SourceVersion]]] = {}
    rows = SourceVersion.objects.filter(source__treatment=treatment, source__kind__in=TEXTS).select_related(
        "source"
    )
    for version in rows.defer("file"):
        found.setdefault(version.source.session_id, []).append((version.source, version))
    return found


def _marks(treatment: Treatment) -> dict[tuple[uuid.UUID, str], MarkRow]:
    """Marks by what they quote, so that a citation opens the mark where there is one."""
    return {
        (row.source_id, row.body["quote"]): row
        for row in MarkRow.objects.filter(treatment=treatment, status="confirmed")
    }


def _body(source: Source, version: SourceVersion, start: int, end: int) -> dict[str, Any]:
    transcript = transcript_of_version(source, version)
    quote, anchor = anchor_of(transcript.text, Span(start, end))
    turn = transcript.turn_at(start)
    return {
        "start": start,
        "end": end,
        "turn": turn,
        "speaker": transcript.turns[turn].speaker,
        "quote": quote,
        "anchor": list(anchor),
    }
