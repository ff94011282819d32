"""Comments beside a passage, and the agenda."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.formulation.actions.citing import passage_body
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision.models import AgendaItem, Comment, Supervision
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Session

LONGEST, LONGEST_ITEM = 8000, 2000


@transaction.atomic
def comment(*, source: Source, start: int, end: int, words: str, by: Person) -> Comment:
    """Words beside a stretch of a text."""
    if not words.strip():
        raise CourseError(_("the comment is empty; write it first"))
    if len(words.strip()) > LONGEST:
        raise CourseError(
            _("a comment has %(longest)s characters at most; make two of it") % {"longest": LONGEST}
        )
    try:
        place, version = passage_body(source, start, end)
    except ValueError:
        raise CourseError(_("choose the words the comment stands beside")) from None
    row = Comment.objects.create(
        client=source.client,
        source=source,
        source_version=version,
        author=by,
        words=words.strip(),
        place=place,
    )
    note("comment.written", row, by=by)
    return row


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: Person) -> None:
    """One's own comment only."""
    if comment.author_id != by.id:
        raise CourseError(_("only who wrote a comment can withdraw it"))
    note("comment.withdrawn", comment, by=by)
    comment.delete()


@transaction.atomic
def add_to_agenda(
    *, supervision: Supervision, words: str, on: date, by: Person, session: Session | None = None
) -> AgendaItem:
    """Something for the next meeting."""
    if not words.strip():
        raise CourseError(_("write what you want to bring"))
    if len(words.strip()) > LONGEST_ITEM:
        raise CourseError(
            _("one point has %(longest)s characters at most; make two of it") % {"longest": LONGEST_ITEM}
        )
    row = AgendaItem.objects.create(
        client_id=supervision.client_id,
        supervision=supervision,
        session=session,
        words=words.strip(),
        on=on,
        created_by=by,
    )
    note("agenda.added", row, by=by)
    return row


@transaction.atomic
def take_off_agenda(*, item: AgendaItem, on: date, by: Person) -> None:
    """It was spoken of."""
    item.done_on = on
    item.save(update_fields=["done_on"])
    note("agenda.done", item, by=by)
