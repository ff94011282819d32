"""Tie a statement to what it rests on: a mark, a passage, a score, a date. `key` names it as the offer did."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from depthwork.coding import Span
from depthwork.coding.anchor import anchor_of
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation.actions.writing import being_written
from depthwork.practice.formulation.measures import score_named
from depthwork.practice.formulation.models import Citation, Statement
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import version_of
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Adjunct, Break, LifeEvent, Session

NOT_THERE = _("what you chose is not there any more; choose another line")


@transaction.atomic
def cite(*, statement: Statement, key: str, by: Person, is_against: bool = False) -> Citation:
    """Cite what an offer named. The same thing twice is cited once."""
    being_written(statement.formulation)
    kind, _, rest = key.partition(":")
    row = Citation(client_id=statement.client_id, statement=statement, is_against=is_against)
    try:
        _CITED[kind](row, rest, statement)
    except (KeyError, ValueError):
        raise CourseError(NOT_THERE) from None
    there = list(Citation.objects.filter(statement=statement).order_by("position"))
    for one in there:
        if _same(one, row):
            return one
    row.position = (there[-1].position if there else 0) + 10
    row.save(force_insert=True)
    note("statement.cited", statement, by=by)
    return row


def _same(one: Citation, other: Citation) -> bool:
    names = ("kind", "is_against", "mark_id", "source_id", "session_id", "form", "on")
    if any(getattr(one, name) != getattr(other, name) for name in names):
        return False
    if one.kind == Citation.Kind.MARK:
        return True
    return bool(one.body == other.body)


@transaction.atomic
def withdraw_citation(*, citation: Citation, by: Person) -> None:
    """The statement no longer rests on this."""
    being_written(citation.statement.formulation)
    note("statement.citation_withdrawn", citation.statement, by=by)
    citation.delete()


def _mark(row: Citation, rest: str, statement: Statement) -> None:
    mark = (
        MarkRow.objects.select_related("source")
        .filter(
            id=UUID(rest),
            client_id=statement.client_id,
            status__in=["confirmed", "edited"],
            source__burned_at=None,
        )
        .first()
    )
    if mark is None:
        raise ValueError
    body = mark.body
    row.kind, row.mark, row.source = Citation.Kind.MARK, mark, mark.source
    row.source_version, row.session_id = mark.source_version, mark.session_id
    row.body = {name: body[name] for name in ("start", "end", "turn", "speaker", "quote", "anchor")}


def passage_body(source: Source, start: int, end: int) -> tuple[dict[str, Any], int]:
    """What is kept of a passage, and the version of the text it was found in."""
    version = version_of(source)
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
    }, version.number


def _passage(row: Citation, rest: str, statement: Statement) -> None:
    source_id, start, end = rest.split(":")
    source = Source.objects.filter(id=UUID(source_id), client_id=statement.client_id, burned_at=None).first()
    if source is None:
        raise ValueError
    row.kind, row.source, row.session_id = Citation.Kind.PASSAGE, source, source.session_id
    row.body, row.source_version = passage_body(source, int(start), int(end))


def _measure(row: Citation, rest: str, statement: Statement) -> None:
    found = score_named(statement.client_id, UUID(rest))
    if found is None:
        raise ValueError
    row.kind, row.form, row.on = Citation.Kind.MEASURE, found.form, found.on
    row.body = {"words": found.words}


def _dated(row: Citation, on: Any, words: str, session: Session | None = None) -> None:
    row.kind, row.on, row.session, row.body = Citation.Kind.DATE, on, session, {"words": words}


def _session(row: Citation, rest: str, statement: Statement) -> None:
    found = Session.objects.filter(id=UUID(rest), client_id=statement.client_id).first()
    if found is None:
        raise ValueError
    _dated(row, found.day, str(found.get_status_display()), found)


def _event(row: Citation, rest: str, statement: Statement) -> None:
    found = LifeEvent.objects.filter(id=UUID(rest), client_id=statement.client_id).first()
    if found is None:
        raise ValueError
    _dated(row, found.on, found.words or "")


def _adjunct(row: Citation, rest: str, statement: Statement) -> None:
    found = Adjunct.objects.filter(id=UUID(rest), client_id=statement.client_id).first()
    if found is None:
        raise ValueError
    _dated(row, found.on, found.what or "")


def _break(row: Citation, rest: str, statement: Statement) -> None:
    found = Break.objects.filter(id=UUID(rest), client_id=statement.client_id).first()
    if found is None:
        raise ValueError
    _dated(row, found.from_date, _("a break until %(day)s") % {"day": in_words(found.to_date)})


_CITED = {
    "mark": _mark,
    "passage": _passage,
    "measure": _measure,
    "session": _session,
    "event": _event,
    "adjunct": _adjunct,
    "break": _break,
}
