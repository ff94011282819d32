"""Words of a process note that belong in the record go there."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.sources.actions.keeping import change_source
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import cut
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.handover import hand_to_record


@transaction.atomic
def move_to_record(*, source: Source, by: Person, version: int, start: int, end: int, part: str) -> Source:
    """Take a range out of the note by a further version, and hand it to the hour's progress note."""
    if source.session is None:
        raise CourseError(_("this note belongs to no hour; write it in the record by hand"))
    if source.version != version:
        raise Changed(_("the note was changed meanwhile; look at it again before moving a part of it"))
    now = SourceVersion.objects.get(source=source, number=version)
    if not 0 <= start < end <= len(now.text):
        raise CourseError(_("that passage is not in the note; open the note again"))
    words = now.text[start:end].strip()
    if end < len(now.text) and now.text[end] == " " and (start == 0 or now.text[start - 1].isspace()):
        end += 1  # no double space where the words stood
    turns, passages = cut(now.turns, now.passages or [], start, end)
    if not turns:
        raise CourseError(_("nothing would be left of the note; write it in the record, and burn the note"))
    hand_to_record(session=source.session, part=part, words=words, by=by)
    change_source(source=source, by=by, version=version, turns=turns, passages=passages)
    note("source.moved_to_record", source, by=by)
    return source
