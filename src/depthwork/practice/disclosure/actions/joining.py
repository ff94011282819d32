"""Take a further course in with a client who stands here already, whom the receiver named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from depthwork.interchange.case_package import CasePackage
from depthwork.practice.disclosure.actions.arriving import arrived, may_take_in, told_of
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.joining import Joining, joining
from depthwork.practice.disclosure.unpacking import Taken, write_rows
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows_row
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions import wait_for_consents
from depthwork.practice.treatments.actions.admission import may_be_under_way
from depthwork.practice.treatments.consents import today_at, transcripts_to_burn
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.unlocked import current


def look_at_joining(*, package: CasePackage, client: Client, by: Person) -> Joining:
    """What would come in and what would stay out; nothing is written. Refused as taking it in would be."""
    _may_join(package, client, by)
    found = joining(package, client, by)
    _one_under_way(package, client, by)
    return found


@transaction.atomic
def join_package(*, package: CasePackage, digest: str, client: Client, by: Person) -> Treatment:
    """The course of a package stands here as a further one of this client, under the client's keys.

    Everything that belongs to the course comes in; what is the client's comes in where it differs, and nothing that
    stands here gives way to it. Nobody is matched: `client` is whom the receiver named.
    """
    _may_join(package, client, by)
    Client.objects.select_for_update().get(pk=client.pk)  # two at once would both find the course missing
    before = to_burn(client)
    found = joining(package, client, by)
    _one_under_way(package, client, by)
    try:
        treatment = _written(found, by)
    except (IntegrityError, Taken):
        if not found.ids.kept:
            raise DisclosureError(_("its rows do not hold together; ask for the package again")) from None
        found = joining(package, client, by, all_anew=True)
        treatment = _written(found, by)
    refuse_if_words_would_burn(client, before)
    wait_for_consents(client=client, among=found.consents)
    if treatment.state == Treatment.State.ACTIVE:
        Client.objects.filter(pk=client.pk).update(state=Client.State.ACTIVE)
    arrived(
        "case", treatment, by=by, digest=digest, ids_kept=found.ids.kept,
        origin={
            **told_of(package), "joined": True, "written": sum(map(len, found.package.rows.values())),
            "stood": found.stood, "came": dict(found.came),
            "left": [[one.label, one.why, one.on, one.name, one.value] for one in found.left],
        },
    )  # fmt: skip
    return treatment


@transaction.atomic
def _written(found: Joining, by: Person) -> Treatment:
    return write_rows(found.package, found.ids, by=by, standing=found.standing)


def _may_join(package: CasePackage, client: Client, by: Person) -> None:
    may_join(client, by, map(str, package.about["compartments"]))
    if package.kind != "whole":
        raise DisclosureError(
            _("this is a de-identified pack to be read; a treatment is not taken in from it")
        )


def may_join(client: Client, by: Person, compartments: Iterable[str]) -> None:
    """Whoever treats a client takes in what is theirs, with the keys that it will be sealed under."""
    may_take_in(by)
    if not allows_row(by, Permission.WRITE_PROCESS_NOTES, client):
        raise DisclosureError(_("only the clinician who treats this client takes a further course in"))
    unlocked = current()
    for one in compartments:
        if not unlocked.holds(client.id, one):
            raise DisclosureError(
                _("your keys do not open the %(name)s of this client; ask who gave you your part")
                % {"name": one.replace("_", " ")}
            )


def _one_under_way(package: CasePackage, client: Client, by: Person) -> None:
    """The rule of every second course, in the words of that rule."""
    course = package.rows["treatments.treatment"][0]
    if course.get("state") == Treatment.State.ACTIVE:
        try:
            may_be_under_way(client, by)
        except CourseError as error:
            raise DisclosureError(str(error)) from None


def to_burn(client: Client) -> set[object]:
    """Courses of a client whose transcripts stand and are due to be destroyed by tomorrow."""
    kept = set(
        Source.objects.filter(client=client, kind=Source.Kind.TRANSCRIPT, burned_at=None).values_list(
            "treatment_id", flat=True
        )
    )
    due = transcripts_to_burn([client.id], on=today_at(client.practice) + timedelta(days=1))
    return {one.treatment_id for one in due if one.treatment_id in kept}


def refuse_if_words_would_burn(client: Client, before: set[object]) -> None:
    """What came must not have texts destroyed that stood before."""
    if to_burn(client) - before:
        raise DisclosureError(
            _(
                "by what the client has answered about keeping the hours word for word, texts would be destroyed tonight; ask them, write the answer down under Consents, and give the file again: nothing was taken in"
            )
        )
