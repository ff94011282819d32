"""Take something in: opened, checked whole, written in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from depthwork.interchange.case_package import CasePackage, PackageError, read_package
from depthwork.interchange.fhir.arriving import BundleRead, LeftOut
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.interchange.parcel import sha256
from depthwork.practice.audit.actions import record
from depthwork.practice.disclosure.carried import TRAVELS
from depthwork.practice.disclosure.errors import Asked, DisclosureError
from depthwork.practice.disclosure.fhir_in import Names, kept_here, write_facts
from depthwork.practice.disclosure.models import Arrival
from depthwork.practice.disclosure.unpacking import Ids, Taken, ids_for, signatures_that_hold, write_rows
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows
from depthwork.practice.treatments.actions import wait_for_consents
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.age import open_bytes
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.purposes import package_identity, signature_holds


def open_package(sealed: bytes, *, passphrase: str = "") -> tuple[CasePackage, str]:
    """A sealed package, opened and held against its hashes and signature; nothing is written. Gives its fingerprint too."""
    raw = open_bytes(sealed, identity=package_identity()[0], passphrase=passphrase or None)
    try:
        package = read_package(raw, verify=signature_holds)
    except PackageError as error:
        raise DisclosureError(str(error)) from None
    if package.kind == "whole":
        _check(package)
    return package, sha256(raw)


def read_pack(package: CasePackage) -> dict[str, bytes]:
    """The pages of a de-identified pack."""
    if package.kind != "deidentified":
        raise DisclosureError(_("this is a whole treatment; take it in"))
    return dict(package.pages)


def _check(package: CasePackage) -> None:
    if unknown := set(package.rows) - set(TRAVELS):
        raise DisclosureError(
            _("it has %(n)s kind(s) of rows that this program does not know; bring the program up to date")
            % {"n": len(unknown)}
        )
    about = package.about
    clients, courses = package.rows.get("treatments.client", ()), package.rows.get("treatments.treatment", ())
    if len(clients) != 1 or len(courses) != 1 or clients[0]["id"] != about.get("client"):
        raise DisclosureError(_("it does not hold one client and one treatment; ask for the package again"))
    named = about.get("people"), about.get("compartments")
    if courses[0]["id"] != about.get("treatment") or not all(isinstance(one, list) for one in named):
        raise DisclosureError(_("it does not hold the treatment that it names; ask for the package again"))


@transaction.atomic
def take_in_package(*, package: CasePackage, digest: str, by: Person) -> Treatment:
    """A treatment from elsewhere stands here from now on, under keys of this practice, with `by` as its clinician."""
    may_take_in(by)
    if package.kind != "whole":
        raise DisclosureError(
            _("this is a de-identified pack to be read; a treatment is not taken in from it")
        )
    ids = ids_for(package, by.practice)
    try:
        treatment = _written(package, ids, by)
    except (IntegrityError, Taken):
        if not ids.kept:
            raise DisclosureError(_("its rows do not hold together; ask for the package again")) from None
        ids = ids_for(package, by.practice, all_anew=True)
        treatment = _written(package, ids, by)
    _entered(treatment.client, by)
    arrived("case", treatment, by=by, digest=digest, ids_kept=ids.kept, origin=told_of(package))
    return treatment


def told_of(package: CasePackage) -> dict[str, Any]:
    """What an arrival keeps of a package: from whom, of which day, how much, and how many signatures hold."""
    sender = package.about["from"]
    held, signed = signatures_that_hold(package)
    return {
        "practice": sender["practice"], "person": sender["person"], "fingerprint": sender["fingerprint"],
        "made_on": package.about["made_on"], "compartments": package.about["compartments"],
        "rows": sum(len(rows) for rows in package.rows.values()), "signed": signed, "signatures_held": held,
    }  # fmt: skip


@transaction.atomic
def _written(package: CasePackage, ids: Ids, by: Person) -> Treatment:
    """Keys and rows; undone as one, so that other ids can be tried where another practice's wall hides one."""
    vault.make_keys(organisation=by.practice_id, owner=ids.of(UUID(str(package.about["client"]))))
    return write_rows(package, ids, by=by)


@transaction.atomic
def take_in_bundle(*, read: BundleRead, digest: str, by: Person, without: bool = False) -> Treatment:
    """A record from a FHIR bundle. What is not kept here is left out only if the person said so (`without`)."""
    may_take_in(by)
    facts, left_here = kept_here(facts_in_order(read), by)
    left = (*read.without, *left_here)
    if left and not without:
        listed = ", ".join(f"{one.count} {one.kind}" for one in left)
        raise Asked(
            _("it holds what is not kept here: %(listed)s; take it in without them, or not at all")
            % {"listed": listed},
            map(left_in_words, left),
        )
    names = Names(facts, by)
    try:
        treatment, told = _facts_written(facts, names, by)
    except (IntegrityError, Taken):
        if not names.kept:
            raise DisclosureError(_("its resources do not hold together; ask for the bundle again")) from None
        names = Names(facts, by, all_anew=True)
        treatment, told = _facts_written(facts, names, by)
    _entered(treatment.client, by)
    arrived(
        "fhir",
        treatment,
        by=by,
        digest=digest,
        ids_kept=names.kept,
        origin={
            **told,
            "without": [[one.kind, one.why, one.count] for one in left],
            "notes": dict(read.notes),
        },
    )
    return treatment


def facts_in_order(read: BundleRead) -> RecordFacts:
    """What a bundle says; refused with its first fault if it has any."""
    if read.faults or read.facts is None:
        n = len(read.faults) - 1
        more = _("%(fault)s (%(n)s more); nothing was taken in")
        plain = _("%(fault)s; nothing was taken in")
        raise DisclosureError((more if n else plain) % {"fault": read.faults[0], "n": n})
    return read.facts


def left_in_words(one: LeftOut) -> str:
    """What was left out, and why, in the reader's language."""
    return _("%(n)s %(kind)s: %(why)s") % {"n": one.count, "kind": one.kind, "why": _(one.why)}


@transaction.atomic
def _facts_written(facts: RecordFacts, names: Names, by: Person) -> tuple[Treatment, dict[str, Any]]:
    """The same of a record: undone as one, so that other ids can be tried."""
    return write_facts(facts, names, by=by)


def may_take_in(by: Person) -> None:
    if not allows(by, Permission.ADMIT_CLIENT, practice=by.practice_id):
        raise DisclosureError(_("only a clinician takes a treatment in"))


def _entered(client: Client, by: Person) -> None:
    """A client who is new here: `by` treats them, the office sees their administration, and some answers wait."""
    Involvement.objects.create(person=by, practice=by.practice_id, client=client.id, part=Part.CLINICIAN)
    _share_with_office(client, by)
    wait_for_consents(client=client)


def arrived(
    kind: str, treatment: Treatment, *, by: Person, digest: str, ids_kept: bool, origin: dict[str, Any]
) -> Arrival:
    """The account and the trace of what came."""
    client = treatment.client
    row = Arrival.objects.create(
        client=client, kind=kind, treatment=treatment.id, sha256=digest, ids_kept=ids_kept,
        arrived_at=datetime.now(UTC), by=by, origin=origin,
    )  # fmt: skip
    record(
        verb=f"took_in.{kind}", by=by.id, practice=by.practice_id, object_type="disclosure.arrival",
        object_id=row.id, client=client.id, reason=digest,
    )  # fmt: skip
    return row


def _share_with_office(client: Client, by: Person) -> None:
    for manager in Person.objects.filter(practice_id=by.practice_id, is_active=True).exclude(id=by.id):
        if manager.has_role("manager"):
            try:
                vault.share(
                    owner=client.id, compartments=["administration"], reader=manager.id, purpose="office"
                )
            except NoKey:  # fingerprints not compared yet
                continue
