"""What stands in an editor right now, saved while it is written."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.treatments.actions.keys import may_write
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Session

ELSEWHERE = _("another window is writing the same note; both texts are here to compare")


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
    """Keep a draft. What another window has saved since `version` is never overwritten: `Changed`.

    `words` may name the window that writes ("writer") and count its savings ("seq"). A window may repeat itself
    when an answer was lost on the way, and a saving that arrives late does not undo a newer one.
    """
    may_write(by)
    try:
        with transaction.atomic():
            row = (
                Draft.objects.select_for_update()
                .filter(person=by, session=session, kind=kind, source=source)
                .first()
            )
            if row is None:
                if version:
                    raise Changed(
                        gettext("this was kept or let go in another window; both texts are here to compare")
                    )
                row = Draft.objects.create(
                    client=session.client,
                    person=by,
                    session=session,
                    kind=kind,
                    source=source,
                    based_on=based_on,
                    words=words,
                )
                # A draft is one act, however often it is saved.
                record(
                    verb="draft.begun", by=by.id, practice=by.practice_id, object_type="sources.draft",
                    object_id=row.pk, client=session.client_id,
                )  # fmt: skip
                return row
            before = row.words or {}
            if words.get("writer") and words["writer"] == before.get("writer"):
                if int(words.get("seq", 0)) <= int(before.get("seq", 0)):
                    return row
            elif version is not None and row.version != version and before.get("text") != words.get("text"):
                raise Changed(ELSEWHERE)
            row.words, row.based_on, row.version = words, based_on, row.version + 1
            row.save(update_fields=["words", "based_on", "version", "changed_at"])
            return row
    except IntegrityError:  # two windows made the first draft at once
        raise Changed(ELSEWHERE) from None


def drop_draft(*, session: Session, by: Person, kind: str, source: Source | None = None) -> None:
    """The note was kept, or the writer let it go."""
    Draft.objects.filter(person=by, session=session, kind=kind, source=source).delete()
