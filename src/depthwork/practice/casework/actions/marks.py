"""Make, edit and remove a mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.coding import Mark, Span
from depthwork.coding.anchor import anchored, reanchor
from depthwork.coding.shelf import attributes_for, codebook_for
from depthwork.practice.casework.actions.readings import reading_of
from depthwork.practice.casework.bridge import body_of, mark_of
from depthwork.practice.casework.errors import Changed, MarkError
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows_row
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import version_of
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.actions.note import note
from depthwork.transcripts import Transcript

LONGEST_WORDS = 400
MOST_BEFORE = 20  # earlier states of a mark that undo can reach


def transcript_for(source: Source) -> Transcript:
    """The present text of a source, or MarkError where it was burned."""
    if source.burned_at is not None:
        raise MarkError(_("this source was burned; there is nothing left to mark"))
    return transcript_of_version(source, version_of(source))


def checked(construct: str, code: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that the codebook allows, or MarkError with the first fault.

    A theme without a label, and a code that the present codebook does not have, are refused here: what
    comes from outside is kept as it is by the import, what a person makes now is made by the present book.
    """
    book = codebook_for(construct)
    if book is None:
        raise MarkError(_("there is no such construct; choose one of the palette"))
    if code not in book.codes[construct] and construct not in book.free:
        raise MarkError(_("the codebook has no such code; choose one of the list"))
    rules = attributes_for(construct)
    kept: dict[str, Any] = {}
    for name, value in attributes.items():
        if value in (None, "", [], ()):
            continue
        rule = rules.get(name)
        if rule is None:
            raise MarkError(
                _("%(name)s has no attribute of that name") % {"name": construct.replace("_", " ")}
            )
        if isinstance(value, str):
            value = " ".join(value.split())
            if len(value) > LONGEST_WORDS:
                raise MarkError(
                    _("%(name)s is longer than %(n)s characters; shorten it")
                    % {"name": name, "n": LONGEST_WORDS}
                )
        fault = rule.fault(value)
        if fault:
            raise MarkError(f"{name} {fault}")
        kept[name] = list(value) if isinstance(value, tuple) else value
    if construct == "theme" and not kept.get("label"):
        raise MarkError(_("a theme needs a few words for its subject"))
    return kept


def mark_on(
    transcript: Transcript,
    *,
    source: Source,
    start: int,
    end: int,
    construct: str,
    code: str,
    attributes: Mapping[str, Any],
    origin: str,
) -> Mark:
    """A mark on the present text, with quote and anchor; MarkError where the words are not in it."""
    if not 0 <= start < end <= len(transcript.text):
        raise MarkError(_("those words are not in the text; select them again"))
    if not transcript.text[start:end].strip():
        raise MarkError(_("select some words; a mark on nothing says nothing"))
    book = codebook_for(construct)
    about = checked(construct, code, attributes)
    mark = Mark(
        source_id=str(source.id),
        span=Span(start, end),
        turn=0,
        speaker="",
        construct=construct,
        code=code,
        origin=origin,
        status="confirmed",
        codebook_version=book.ref if book else "",
        attributes=about,
    )
    return anchored(mark, transcript)


@transaction.atomic
def make_mark(
    *,
    source: Source,
    by: Person,
    start: int,
    end: int,
    construct: str,
    code: str,
    attributes: Mapping[str, Any] | None = None,
) -> MarkRow:
    """Mark some words: a code of this person, made without a cue."""
    mark = mark_on(
        transcript_for(source),
        source=source,
        start=start,
        end=end,
        construct=construct,
        code=code,
        attributes=attributes or {},
        origin=f"coder:{by.id}",
    )
    row = keep_mark(mark, source=source, by=by)
    note("mark.made", row, by=by)
    return row


def keep_mark(mark: Mark, *, source: Source, by: Person) -> MarkRow:
    """Write a mark's row."""
    return MarkRow.objects.create(
        client_id=source.client_id,
        treatment_id=source.treatment_id,
        session_id=source.session_id,
        source=source,
        source_version=source.version,
        coder=by,
        reading=reading_of(source=source, by=by),
        status=mark.status,
        body=body_of(mark),
    )


@transaction.atomic
def edit_mark(
    *,
    mark: MarkRow,
    by: Person,
    version: int,
    construct: str,
    code: str,
    attributes: Mapping[str, Any] | None = None,
    start: int | None = None,
    end: int | None = None,
) -> MarkRow:
    """Change what a mark says, or where it stands. A mark is changed by whoever made it.

    Without a place it stays on its words, wherever these stand in the present text.
    """
    _own(mark, by)
    old, text = mark.body, transcript_for(mark.source)
    if start is None or end is None:
        start, end = _place_of(mark, text)
    made = mark_on(
        text,
        source=mark.source,
        start=start,
        end=end,
        construct=construct,
        code=code,
        attributes=attributes or {},
        origin=old["origin"],
    )
    made = replace(made, confidence=old["confidence"], why=old["why"], intensity=old["intensity"])
    _take(mark, version)
    was = {"body": old, "source_version": mark.source_version, "status": mark.status}
    mark.before = [*(mark.before or []), was][-MOST_BEFORE:]
    mark.body = body_of(made)
    mark.source_version = mark.source.version
    if mark.status == MarkRow.Status.CONFIRMED and not made.is_unaided:
        mark.status = MarkRow.Status.EDITED
    mark.save(update_fields=["before", "body", "status", "source_version"])
    note("mark.edited", mark, by=by)
    return mark


def _place_of(mark: MarkRow, text: Transcript) -> tuple[int, int]:
    """Where the words of a mark stand in the present text; MarkError where they stand no more."""
    if mark.source_version == mark.source.version:
        return mark.body["start"], mark.body["end"]
    found = reanchor(mark_of(mark), text)
    if found.state == "detached":
        raise MarkError(
            _(
                "the words of this mark no longer stand in the text; mark the words that say it now, or remove it"
            )
        )
    return found.mark.span.start, found.mark.span.end


@transaction.atomic
def say_what_became(*, mark: MarkRow, by: Person, version: int, became: str) -> MarkRow:
    """What became of an interpretation: taken further, set aside, closed, or not said."""
    body = dict(mark.body)
    if body["construct"] != "intervention":
        raise MarkError(_("only what the therapist said has something that became of it"))
    about = {k: v for k, v in body["attributes"].items() if k != "became"}
    if became:
        about["became"] = became
    return edit_mark(
        mark=mark, by=by, version=version, construct=body["construct"], code=body["code"], attributes=about
    )


@transaction.atomic
def remove_mark(*, mark: MarkRow, by: Person, version: int) -> None:
    """Take a mark away. It is counted nowhere; undo brings it back. One that was taken in goes by whoever treats."""
    if not (is_outside(mark) and allows_row(by, Permission.WRITE_PROCESS_NOTES, mark)):
        _own(mark, by)
    _take(mark, version)
    mark.before = [*(mark.before or []), {"status": mark.status}][-MOST_BEFORE:]
    mark.status = MarkRow.Status.REJECTED
    mark.save(update_fields=["before", "status"])
    note("mark.removed", mark, by=by)


def is_outside(mark: MarkRow) -> bool:
    """Whether nobody with a sign-in here made it: it was taken in."""
    return mark.coder_id is None


def _own(mark: MarkRow, by: Person) -> None:
    if mark.coder_id != by.id:
        raise MarkError(_("this mark is another person’s; make your own beside it"))


def _take(mark: MarkRow, version: int) -> None:
    """Whoever saves first wins; the other one is shown both."""
    done = MarkRow.objects.filter(pk=mark.pk, version=version).update(version=version + 1)
    if not done:
        raise Changed(_("this mark was changed in another window; nothing was overwritten"))
    mark.version = version + 1
