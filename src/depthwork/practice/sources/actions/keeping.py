"""Keep what marks are made on, and change it by a further version."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import PASSAGES, note_turns, text_of
from depthwork.practice.treatments.actions.keys import may_write
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.consents import answered
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Consent, Session
from depthwork.transcripts import Transcript

LONGEST = 1_500_000  # code points; a note longer than any hour is a slip of the hand


@transaction.atomic
def add_transcript(
    *,
    session: Session,
    transcript: Transcript,
    by: Person,
    provenance: str = Source.Provenance.VERBATIM,
    until_end: bool = False,
) -> Source:
    """Keep a transcript with an hour. An hour may have several.

    A No to keeping the hours word for word is one: nothing is kept. Nor is a recording written down after a No to
    recordings. Notes of the hour are not touched by either.
    """
    _agreed_to(session, provenance)
    turns = [[t.speaker, t.text, t.start_s, t.end_s] for t in transcript.turns]
    about = {"format": transcript.format, "warnings": list(transcript.warnings)}
    if transcript.source and transcript.source != "text":
        about["name"] = transcript.source
    return _add(session, Source.Kind.TRANSCRIPT, provenance, turns, by=by, about=about, until_end=until_end)


def _agreed_to(session: Session, provenance: str) -> None:
    if answered(session.client, Consent.Purpose.TRANSCRIPT) == "no":
        raise CourseError(
            _("the client does not agree to hours kept word for word; write a note of the hour, or ask again")
        )
    if provenance != Source.Provenance.VERBATIM:
        return
    if answered(session.client, Consent.Purpose.RECORDING) == "no":
        raise CourseError(
            _("the client does not agree to recordings; what you put together from memory can be kept")
        )


@transaction.atomic
def write_note(
    *,
    session: Session,
    text: str,
    by: Person,
    kind: str = Source.Kind.PROCESS_NOTE,
    passages: list[dict[str, Any]] | None = None,
    about: dict[str, Any] | None = None,
    provenance: str = Source.Provenance.NOTES,
    id: UUID | None = None,
) -> Source:
    """A process note, an own note or a dream report: from two words to pages. `id` is the one its form brought."""
    return write_turns(
        session=session,
        turns=note_turns(text),
        by=by,
        kind=kind,
        passages=passages,
        about=about,
        provenance=provenance,
        id=id,
    )


@transaction.atomic
def write_turns(
    *,
    session: Session,
    turns: list[list[Any]],
    by: Person,
    kind: str = Source.Kind.PROCESS_NOTE,
    passages: list[dict[str, Any]] | None = None,
    about: dict[str, Any] | None = None,
    provenance: str = Source.Provenance.NOTES,
    id: UUID | None = None,
) -> Source:
    """The same for a text already cut into its paragraphs, so that passages keep their offsets."""
    if not turns:
        raise CourseError(_("the note is empty; two words are enough"))
    return _add(session, kind, provenance, turns, by=by, passages=passages, about=about, id=id)


@transaction.atomic
def add_material(*, session: Session, file: bytes, words: str, about: dict[str, Any], by: Person) -> Source:
    """A drawing or a sound with the client's words about it."""
    return _add(
        session,
        Source.Kind.MATERIAL,
        Source.Provenance.VERBATIM,
        note_turns(words),
        by=by,
        about=about,
        file=file,
    )


def _add(
    session: Session,
    kind: str,
    provenance: str,
    turns: list[list[Any]],
    *,
    by: Person,
    passages: list[dict[str, Any]] | None = None,
    about: dict[str, Any] | None = None,
    file: bytes | None = None,
    until_end: bool = False,
    id: UUID | None = None,
) -> Source:
    may_write(by)
    text = _short_enough(turns)
    source = Source.objects.create(
        id=id or uuid4(),
        client=session.client,
        treatment_id=session.treatment_id,
        session=session,
        kind=kind,
        provenance=provenance,
        created_by=by,
        until_end=until_end,
    )
    SourceVersion.objects.create(
        client=session.client,
        source=source,
        number=1,
        text=text,
        turns=turns,
        passages=checked(passages, text) or None,
        about=about or None,
        file=file,
        created_by=by,
    )
    note("source.kept", source, by=by)
    return source


@transaction.atomic
def change_source(
    *,
    source: Source,
    by: Person,
    version: int,
    text: str | None = None,
    turns: list[list[Any]] | None = None,
    passages: list[dict[str, Any]] | None = None,
    about: dict[str, Any] | None = None,
    provenance: str | None = None,
) -> SourceVersion:
    """A further version of a source; the old one stays.

    `version` is the one that was opened: if it is no longer the last, nothing is written and `Changed` says so.
    """
    may_write(by)
    new_turns = turns if turns is not None else note_turns(text or "")
    if not new_turns and source.kind != Source.Kind.MATERIAL:
        raise CourseError(_("the note is empty; to remove it for good, burn it"))
    new_text = _short_enough(new_turns)
    fresh = {"version": version + 1} | ({"provenance": provenance} if provenance else {})
    done = Source.objects.filter(pk=source.pk, version=version, burned_at=None).update(**fresh)
    if not done:
        if Source.objects.filter(pk=source.pk, burned_at__isnull=False).exists():
            raise CourseError(_("this note was burned; nothing can be added to it"))
        raise Changed(_("this was changed in another window; both versions are here to compare"))
    before = SourceVersion.objects.get(source=source, number=version)
    row = SourceVersion.objects.create(
        client=source.client,
        source=source,
        number=version + 1,
        text=new_text,
        turns=new_turns,
        passages=checked(passages, new_text) or None,
        about=about if about is not None else before.about,
        file=before.file,
        created_by=by,
    )
    source.refresh_from_db(fields=["version", "provenance"])
    note("source.changed", source, by=by)
    return row


def _short_enough(turns: list[list[Any]]) -> str:
    text = text_of(turns)
    if len(text) > LONGEST:
        raise CourseError(
            _("longer than %(longest)s characters; keep it in parts") % {"longest": format(LONGEST, ",")}
        )
    return text


def checked(passages: list[dict[str, Any]] | None, text: str) -> list[dict[str, Any]]:
    """Ranges that lie in the text, with a known kind."""
    kept = []
    for one in passages or []:
        start, end, kind = int(one["start"]), int(one["end"]), str(one["kind"])
        if 0 <= start < end <= len(text) and kind in PASSAGES:
            kept.append({"start": start, "end": end, "kind": kind})
    return sorted(kept, key=lambda p: (p["start"], p["end"], p["kind"]))
