"""Take a record that came as FHIR in with a client who stands here, whom the receiver named and said to be the same."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from depthwork.interchange.fhir.arriving import BundleRead, LeftOut
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.practice.disclosure.actions.arriving import arrived, facts_in_order
from depthwork.practice.disclosure.actions.joining import may_join, refuse_if_words_would_burn, to_burn
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_in import kept_here, write_joined
from depthwork.practice.disclosure.fhir_in.joining import BundleJoining, joining_bundle
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions import wait_for_consents
from depthwork.practice.treatments.models import Client, Treatment

COMPARTMENTS = ("administration", "record")


def look_at_joining_bundle(
    *, read: BundleRead, client: Client, by: Person
) -> tuple[BundleJoining, tuple[LeftOut, ...]]:
    """What would come in, and what has no place here; nothing is written. Refused as taking it in would be."""
    may_join(client, by, COMPARTMENTS)
    facts, left_here = kept_here(facts_in_order(read), by)
    return joining_bundle(facts, client, by), (*read.without, *left_here)


@transaction.atomic
def join_bundle(
    *,
    read: BundleRead,
    digest: str,
    client: Client,
    by: Person,
    is_same_person: bool,
    is_same_course: bool = False,
) -> Treatment:
    """What is new in a bundle stands beside what stands here of this client, under the client's keys.

    Nobody is matched: `client` is whom the receiver named, and `is_same_person` is their word that the record is of
    the same human. `is_same_course` is their word that a treatment which is open there is the one under way here;
    without it such a bundle is refused. Nothing that stands here is changed, and nothing comes twice.
    """
    may_join(client, by, COMPARTMENTS)
    if not is_same_person:
        raise DisclosureError(_("say first that it is the same person; nothing was taken in"))
    facts, left_here = kept_here(facts_in_order(read), by)
    Client.objects.select_for_update().get(pk=client.pk)  # two at once would both find it missing
    before = to_burn(client)
    found = joining_bundle(facts, client, by)
    if found.under_way and not is_same_course:
        raise DisclosureError(
            _(
                "a treatment with this client is under way here, and one is open in the record: say that they are the same, or end the one here first"
            )
        )
    if not found.is_new:
        raise DisclosureError(_("everything in it stands here already; nothing was taken in"))
    try:
        treatment, told = _written(found, client, by)
    except IntegrityError:
        raise DisclosureError(_("its resources do not hold together; ask for the bundle again")) from None
    refuse_if_words_would_burn(client, before)
    wait_for_consents(client=client, among=_consents(found))
    if any(one.state == Treatment.State.ACTIVE for one in found.facts.courses):
        Client.objects.filter(pk=client.pk).update(state=Client.State.ACTIVE)
    arrived(
        "fhir", treatment, by=by, digest=digest, ids_kept=False,
        origin={
            **told, "joined": True, "stood": found.stood, "came": dict(found.came),
            "left": [[one.label, one.why, one.on, one.name, one.value] for one in found.left],
            "without": [[one.kind, one.why, one.count] for one in (*read.without, *left_here)],
            "notes": dict(read.notes),
        },
    )  # fmt: skip
    return treatment


@transaction.atomic
def _written(found: BundleJoining, client: Client, by: Person) -> tuple[Treatment, dict[str, Any]]:
    return write_joined(found, client, by=by)


def _consents(found: BundleJoining) -> set[Any]:
    facts: RecordFacts = found.facts
    return {found.names.of(one.id) for one in facts.consents}
