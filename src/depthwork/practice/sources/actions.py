"""Keep, change and burn what marks are made on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.sources.texts import note_turns, text_of
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Keyring
from depthwork.transcripts import Transcript


def _may_write(by: Person) -> None:
    """Before the recovery code was typed back, a lost passphrase would lose the note."""
    if not Keyring.objects.filter(person=by, recovery_confirmed_at__isnull=False).exists():
        raise Refused(
            "type your recovery code back first (Practice, Your keys); until then a lost passphrase would lose the note"
        )


@transaction.atomic
def add_transcript(
    *,
    session: Session,
    transcript: Transcript,
    by: Person,
    provenance: str = Source.Provenance.VERBATIM,
    until_end: bool = False,
) -> Source:
    """Keep a transcript with an hour. An hour may have several."""
    _may_write(by)
    turns = [[t.speaker, t.text, t.start_s, t.end_s] for t in transcript.turns]
    about = {"format": transcript.format, "warnings": list(transcript.warnings)}
    return _add(session, Source.Kind.TRANSCRIPT, provenance, turns, by=by, about=about, until_end=until_end)


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
) -> Source:
    """A process note, an own note or a dream report: from two words to pages."""
    _may_write(by)
    turns = note_turns(text)
    if not turns:
        raise CourseError("the note is empty; two words are enough")
    return _add(session, kind, provenance, turns, by=by, passages=_checked(passages, turns), about=about)


@transaction.atomic
def add_material(*, session: Session, file: bytes, words: str, about: dict[str, Any], by: Person) -> Source:
    """A drawing or a sound with the client's words about it."""
    _may_write(by)
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
) -> Source:
    source = Source.objects.create(
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
        text=text_of(turns),
        turns=turns,
        passages=passages or None,
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
) -> SourceVersion:
    """A new version of a source; the old one stays. `version` is the one that was opened: if it is no longer the last, nothing is written."""
    _may_write(by)
    new_turns = turns if turns is not None else note_turns(text or "")
    if not new_turns:
        raise CourseError("the note is empty; to remove it for good, burn it")
    done = Source.objects.filter(pk=source.pk, version=version, burned_at=None).update(version=version + 1)
    if not done:
        raise Changed("this was changed in another window; both versions are kept for you to compare")
    before = SourceVersion.objects.get(source=source, number=version)
    row = SourceVersion.objects.create(
        client=source.client,
        source=source,
        number=version + 1,
        text=text_of(new_turns),
        turns=new_turns,
        passages=_checked(passages, new_turns) or None,
        about=about if about is not None else before.about,
        file=before.file,
        created_by=by,
    )
    source.refresh_from_db(fields=["version"])
    note("source.changed", source, by=by)
    return row


def _checked(passages: list[dict[str, Any]] | None, turns: list[list[Any]]) -> list[dict[str, Any]]:
    """Ranges that lie in the text, with a known kind."""
    length, kept = len(text_of(turns)), []
    for one in passages or []:
        start, end, kind = int(one["start"]), int(one["end"]), str(one["kind"])
        if 0 <= start < end <= length and kind in ("recalled", "hazy", "reverie", "forgotten"):
            kept.append({"start": start, "end": end, "kind": kind})
    return sorted(kept, key=lambda p: (p["start"], p["end"]))


@transaction.atomic
def burn_source(*, source: Source, by: Person) -> None:
    """Destroy a note or transcript for good: its key, so every version of it."""
    if source.burned_at is not None:
        raise CourseError("this was burned before")
    vault.burn(owner=source.client_id, item=source.id, by=by.id)
    SourceVersion.objects.filter(source=source).update(
        text=None, turns=None, passages=None, about=None, file=None
    )
    Draft.objects.filter(source=source).delete()
    Source.objects.filter(pk=source.pk).update(burned_at=datetime.now(UTC))
    source.refresh_from_db(fields=["burned_at"])
    note("source.burned", source, by=by)


def save_draft(
    *,
    session: Session,
    by: Person,
    kind: str,
    words: dict[str, Any],
    source: Source | None = None,
    based_on: int = 0,
    version: int | None = None,
) -> Draft:
    """What stands in the editor right now. A draft that another window has saved since is not overwritten."""
    with transaction.atomic():
        row = (
            Draft.objects.select_for_update()
            .filter(person=by, session=session, kind=kind, source=source)
            .first()
        )
        if row is None:
            return Draft.objects.create(
                client=session.client,
                person=by,
                session=session,
                kind=kind,
                source=source,
                based_on=based_on,
                words=words,
            )
        if version is not None and row.version != version:
            raise Changed("another window is writing the same note; both texts are kept for you to compare")
        row.words, row.version = words, row.version + 1
        row.save(update_fields=["words", "version", "changed_at"])
        return row


def drop_draft(*, session: Session, by: Person, kind: str, source: Source | None = None) -> None:
    """The note was kept, or the writer let it go."""
    Draft.objects.filter(person=by, session=session, kind=kind, source=source).delete()
