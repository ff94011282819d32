"""The four things that leave of one client: how each is made. Pages and command line call the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from depthwork.interchange.case_package import CasePackage, write_package
from depthwork.interchange.fhir.bundle import bundle
from depthwork.interchange.parcel import as_json, packed
from depthwork.practice.coverage.documents.sheet import part2_behind
from depthwork.practice.disclosure.access import NOTES, access_parcel, compartments_for
from depthwork.practice.disclosure.actions.giving import Given, give
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_out import facts_of, for_an_insurer
from depthwork.practice.disclosure.models import Disclosure, Release
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.disclosure.texts_out import annotation_files
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.purposes import sign

RECORD = ("administration", "record")


# Labels of HL7's ActCode: records of substance use, not to be passed on without the client's consent (42 CFR 2.32).
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PART_2 = [
    {"system": _ACT, "code": "42CFRPart2", "display": "42 CFR Part 2"},
    {"system": _ACT, "code": "NORDSCLCD", "display": "no redisclosure without consent directive"},
]


def give_case(
    treatment: Treatment, *, compartments: Iterable[str], release: Release | None, by: Person, on: date
) -> Given:
    """A whole treatment as a case package, not yet sealed."""
    chosen = sorted({"administration", *compartments})
    held: dict[str, CasePackage] = {}

    def make() -> bytes:
        to_whom = (release.to_whom if release else "") or ""
        held["package"] = package_of(treatment, compartments=chosen, by=by, made_on=on, to_whom=to_whom)
        return write_package(held["package"], sign=sign)

    return give(
        kind=Disclosure.Kind.CASE, client=treatment.client, compartments=chosen, release=release, by=by, on=on,
        make=make, treatment=treatment,
        manifest=lambda: {label: len(rows) for label, rows in held["package"].rows.items() if rows},
    )  # fmt: skip


def give_access(
    client: Client, *, release: Release | None, by: Person, on: date, without: Mapping[str, str] | None = None
) -> Given:
    """The client's own copy. Process notes are in it where the jurisdiction says so and the client asked for them.

    `without` names what is left out, each with its reason, which stays with the account.
    """
    chosen = compartments_for(client, release)
    if "process_notes" in chosen and release is None:
        raise DisclosureError(
            _("write down first what the client asked for, as a release for their own copy: the record alone, or the process notes too")
        )  # fmt: skip
    reasons = dict(without or {})
    if any(not why.strip() for why in reasons.values()):
        raise DisclosureError(_("say of everything that is left out why; the reason stays with the account"))
    goes = tuple(one for one in chosen if not (one == "process_notes" and NOTES in reasons))
    return give(
        kind=Disclosure.Kind.ACCESS, client=client, compartments=goes, release=release, by=by, on=on,
        make=lambda: access_parcel(client, compartments=chosen, made_on=on, without=reasons),
        manifest={"left_out": reasons} if reasons else None,
    )  # fmt: skip


def give_fhir(
    client: Client,
    treatment: Treatment | None,
    *,
    release: Release | None,
    by: Person,
    on: date,
    is_for_insurer: bool = False,
) -> Given:
    """The record as one FHIR bundle; for an insurer, scores are in it only with the client's dated yes."""
    counts: dict[str, int] = {}

    def make() -> bytes:
        facts = facts_of(client, treatment)
        made = bundle(for_an_insurer(facts, client, on=on) if is_for_insurer else facts)
        if part2_behind(client).applies:
            made["meta"] = {**made.get("meta", {}), "security": PART_2}
        for one in made["entry"]:
            kind = one["resource"]["resourceType"]
            counts[kind] = counts.get(kind, 0) + 1
        return as_json(made)

    return give(
        kind=Disclosure.Kind.FHIR, client=client, compartments=RECORD, release=release, by=by, on=on, make=make,
        treatment=treatment, manifest=lambda: counts, to_whom=_("an insurer") if is_for_insurer else "",
    )  # fmt: skip


def give_annotations(
    treatment: Treatment, *, form: str, release: Release | None, by: Person, on: date
) -> Given:
    """Texts and the codes on them in one form, as a zip."""
    return give(
        kind=Disclosure.Kind.ANNOTATIONS, client=treatment.client, compartments=("process_notes",), release=release,
        by=by, on=on, treatment=treatment,
        make=lambda: packed(
            annotation_files(treatment, form=form),
            {"what": "annotations", "form": form, "made_on": on.isoformat(), "compartments": ["process_notes"]},
        ),
    )  # fmt: skip


def pack_package(pages: dict[str, bytes], about: dict[str, Any]) -> bytes:
    """A de-identified pack in the container of a case package: pages to read, no rows."""
    return write_package(CasePackage("deidentified", about, {}, {}, pages), sign=sign)


Maker = Callable[..., Given]
