"""The office and clients who were admitted before their clinician and a manager had compared keys."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Compartment, Grant


def not_in_the_office(*, reader: Person, by: Person) -> list[UUID]:
    """Clients of the clinician `by` whose names and hours a manager cannot open yet."""
    mine = Involvement.objects.filter(person=by, part=Part.CLINICIAN, ends_at=None).values_list(
        "client", flat=True
    )
    held = (
        Grant.objects.live()
        .filter(reader=reader, data_key__compartment=Compartment.ADMINISTRATION, data_key__owner__in=mine)
        .values_list("data_key__owner", flat=True)
    )
    return sorted(set(mine) - set(held))


@transaction.atomic
def show_the_office(*, reader: Person, by: Person) -> int:
    """Let a manager open the administration of one's clients, and nothing else. Gives how many they were."""
    if not reader.has_role(Role.MANAGER) or reader.practice_id != by.practice_id:
        raise CourseError(_("names and hours are shared with a manager of the practice"))
    missing = not_in_the_office(reader=reader, by=by)
    for client in missing:
        vault.share(
            owner=client, compartments=[Compartment.ADMINISTRATION], reader=reader.id, purpose="office"
        )
        record(
            verb="client.shown_to_office",
            by=by.id,
            practice=by.practice_id,
            object_type="person",
            object_id=reader.id,
            client=client,
        )
    return len(missing)
