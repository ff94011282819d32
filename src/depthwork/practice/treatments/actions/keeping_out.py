"""Keep a colleague out of one client's pages, whatever part or role they have: a neighbour, a relative, a former partner."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client


@transaction.atomic
def keep_out(*, client: Client, other: Person, by: Person) -> Involvement:
    """A denial wins over every part and role, from the next request on. Keys they hold are taken back by the page."""
    if other.practice_id != client.practice_id or other.client is not None:
        raise CourseError(_("only a colleague of the practice can be kept out"))
    if Involvement.objects.filter(person=other, client=client.id, part=Part.CLINICIAN, ends_at=None).exists():
        raise CourseError(
            _("whoever treats this client cannot be kept out; end the treatment or hand it over first")
        )
    row, made = Involvement.objects.get_or_create(
        person=other,
        client=client.id,
        part=Part.DENIED,
        ends_at=None,
        defaults={"practice": client.practice_id, "purpose": "kept out"},
    )
    if not made:
        raise CourseError(_("this colleague is kept out already"))
    _note("colleague.kept_out", client, other, by)
    return row


@transaction.atomic
def let_near(*, client: Client, other: Person, by: Person) -> None:
    """End the denial. It gives no key and no part back."""
    rows = Involvement.objects.filter(Q(ends_at=None), person=other, client=client.id, part=Part.DENIED)
    if not rows.update(ends_at=datetime.now(UTC)):
        raise CourseError(_("this colleague is not kept out"))
    _note("colleague.let_near", client, other, by)


def _note(verb: str, client: Client, other: Person, by: Person) -> None:
    record(
        verb=verb,
        by=by.id,
        practice=by.practice_id,
        object_type="person",
        object_id=other.id,
        client=client.id,
    )
