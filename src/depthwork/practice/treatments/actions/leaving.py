"""A colleague will not treat here after a day. The office says so and asks who goes on; it proposes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person, Role
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Leaving


@transaction.atomic
def say_last_day(*, person: Person, last_day: date, by: Person) -> Leaving:
    """Write down, or change, the last day on which a clinician treats here. Being asked starts anew with another day."""
    if person.practice_id != by.practice_id or not person.has_role(Role.CLINICIAN):
        raise CourseError(_("choose a clinician of this practice"))
    row, _made = Leaving.objects.update_or_create(
        person=person,
        defaults={"practice": by.practice, "last_day": last_day, "said_by": by, "asked_at": None},
    )
    _note("colleague.last_day", person, by)
    return row


@transaction.atomic
def stays_on(*, person: Person, by: Person) -> None:
    """It was a mistake, or they stay."""
    if not Leaving.objects.filter(person=person, practice=by.practice).delete()[0]:
        raise CourseError(_("nothing was said of a last day"))
    _note("colleague.stays", person, by)


@transaction.atomic
def ask_who_goes_on(*, person: Person, by: Person, at: datetime | None = None) -> None:
    """The question stands on the colleague's Today. Whom they choose, and whether, is theirs and the client's."""
    rows = Leaving.objects.filter(person=person, practice=by.practice)
    if not rows.update(asked_at=at or datetime.now(UTC)):
        raise CourseError(_("say first from which day they do not treat here any more"))
    _note("colleague.asked_who_goes_on", person, by)


def _note(verb: str, person: Person, by: Person) -> None:
    record(verb=verb, by=by.id, practice=by.practice_id, object_type="person", object_id=person.id)
