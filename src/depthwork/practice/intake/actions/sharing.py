"""Who can open what people write to the practice: whoever set it up, and those they share it with."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person, Role
from depthwork.practice.treatments.actions import renew
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Compartment, Grant

INBOX = Compartment.ADMINISTRATION


def opens_inquiries(person: Person) -> bool:
    """Whether a person holds a key of the practice's inbox."""
    return (
        Grant.objects.live()
        .filter(reader=person, data_key__owner=person.practice_id, data_key__compartment=INBOX)
        .exists()
    )


@transaction.atomic
def share_inquiries(*, reader: Person, by: Person) -> None:
    """Let a colleague open inquiries and the practice's own facts, those of the past as well."""
    if reader.practice_id != by.practice_id or not reader.has_role(Role.CLINICIAN, Role.MANAGER):
        raise CourseError(_("inquiries are read by clinicians and managers of the practice"))
    vault.share(owner=by.practice_id, compartments=[INBOX], reader=reader.id, purpose="office")
    record(
        verb="inquiries.shared", by=by.id, practice=by.practice_id, object_type="person", object_id=reader.id
    )


def take_inquiries_back(*, reader: Person, by: Person) -> None:
    """End it at once; what comes from now on is sealed to a new key. Killed midway, the renewal goes on later."""
    if reader.id == by.id:
        raise CourseError(_("nobody takes the inquiries from themselves: somebody has to read them"))
    with transaction.atomic():
        vault.take_back(owner=by.practice_id, reader=reader.id)
        record(
            verb="inquiries.taken_back",
            by=by.id,
            practice=by.practice_id,
            object_type="person",
            object_id=reader.id,
        )
    renew(by.practice_id)
