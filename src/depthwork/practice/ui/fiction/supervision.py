"""Supervision in the fiction: what is shared now, what was, comments, the agenda. Names stay closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from depthwork.coding.anchor import anchor_of
from depthwork.coding.marks import Span
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.supervision.models import AgendaItem, Comment, Supervision
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault import actions as vault

TEXTS = (Source.Kind.TRANSCRIPT, Source.Kind.PROCESS_NOTE)


def fill(book: Book) -> None:
    for slug, facts, _, treatment in book.treated():
        told = facts.get("supervision")
        if told:
            rows = [_period(book, slug, facts, told, p, treatment) for p in _periods(told)]
            _agenda(book, slug, told, rows)
            _comments(book, slug, told, treatment)


def _periods(told: dict[str, Any]) -> list[dict[str, Any]]:
    return told.get("periods") or [{"from_week": told["from_week"], "to_week": told.get("to_week")}]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(20), tzinfo=UTC)


def _period(
    book: Book,
    slug: str,
    facts: dict[str, Any],
    told: dict[str, Any],
    period: dict[str, Any],
    treatment: Treatment,
) -> Supervision:
    """One stretch of sharing; the one that still runs gets its key, until half a year from today."""
    by, reader = book.clinician(slug), book.people[told["supervisor"]]
    begins = book.day(slug, period["from_week"])
    ends = None if period.get("to_week") is None else book.day(slug, period["to_week"])
    runs = ends is None or ends >= book.today
    consents = [
        c for c in facts.get("consents") or [] if c["purpose"] == "supervision" and c["answer"] is True
    ]  # fmt: skip
    agreed = [c for c in consents if c["week"] <= period["from_week"]]
    terms = {
        "words": told["purpose"],
        "consent": {"words": (agreed[-1].get("words") if agreed else "") or ""},
        "limits": period.get("limits", ""),
    }
    until = _at(book.today + timedelta(days=182)) if runs else _at(ends or book.today)
    row = Supervision.objects.create(
        client=treatment.client,
        treatment=treatment,
        supervisor=reader,
        invited_by=by,
        purpose="consultation" if "onsult" in told["purpose"] else "supervision",
        terms=terms,
        consented_on=min(begins, book.today),
        started_at=_at(min(begins, book.today - timedelta(days=1))),
        ends_at=max(until, _at(begins) + timedelta(days=1)),
        ended_at=None if runs else until,
        ended_by=None if runs else by,
    )
    if runs:
        vault.share(
            owner=treatment.client_id,
            compartments=["process_notes"],
            reader=reader.id,
            purpose="supervision",
            consent=row.id,
            ends_at=until,
        )
        Involvement.objects.create(
            person=reader,
            practice=treatment.client.practice_id,
            client=treatment.client_id,
            part=Part.SUPERVISOR,
            purpose=row.purpose,
            ends_at=until,
        )
    return row


def _agenda(book: Book, slug: str, told: dict[str, Any], rows: list[Supervision]) -> None:
    items = []
    for one in told.get("agenda") or []:
        on = min(book.day(slug, one["week"]), book.today)
        row = next((r for r in reversed(rows) if r.started_at.date() <= on), rows[0])
        done = one.get("done", row.ended_at is not None)
        items.append(
            AgendaItem(
                client_id=row.client_id,
                supervision=row,
                words=one["words"],
                on=on,
                created_by=book.clinician(slug),
                done_on=min(on + timedelta(days=7), book.today) if done else None,
            )
        )
    AgendaItem.objects.bulk_create(items)


def _comments(book: Book, slug: str, told: dict[str, Any], treatment: Treatment) -> None:
    rows = []
    for one in told.get("comments") or []:
        session = book.sessions[slug].get(int(one["n"]))
        versions = SourceVersion.objects.filter(source__session=session, source__kind__in=TEXTS)
        for version in versions.select_related("source").defer("file"):
            at = (version.text or "").find(one["quote"])
            if at < 0:
                continue
            transcript = transcript_of_version(version.source, version)
            quote, anchor = anchor_of(transcript.text, Span(at, at + len(one["quote"])))
            turn = transcript.turn_at(at)
            place = {
                "start": at,
                "end": at + len(quote),
                "turn": turn,
                "speaker": transcript.turns[turn].speaker,
                "quote": quote,
                "anchor": list(anchor),
            }
            rows.append(
                Comment(
                    client=treatment.client,
                    source=version.source,
                    author=book.people[one.get("by") or told["supervisor"]],
                    words=one["words"],
                    place=place,
                )
            )
            break
    Comment.objects.bulk_create(rows)
