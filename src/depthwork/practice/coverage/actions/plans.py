"""What a payer agreed to: plan years, authorisations, and how it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from depthwork.interchange.session_codes import npi_is_valid
from depthwork.interchange.x12 import Answer, X12Error, read_271
from depthwork.practice.audit.actions import record
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Authorisation, Letterhead, Plan, Verification
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Client

_CODE = re.compile(r"[0-9]{5}\Z")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?\Z")
LONGEST_ANSWER = 400_000


def in_the_us(client: Client) -> bool:
    """Plans, authorisations and codes are parts of practices in the United States."""
    return client.practice.country == "US"


def _only_us(client: Client) -> None:
    if not in_the_us(client):
        raise CoverageError("plans and authorisations belong to practices in the US; here there are invoices")


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@transaction.atomic
def add_plan(
    *,
    client: Client,
    by: Person,
    payer: str,
    from_date: date,
    to_date: date,
    network: str = "unknown",
    member_id: str = "",
    diagnosis: Sequence[str] = (),
    visit_limit: int | None = None,
    used_elsewhere: int = 0,
    terms: dict[str, Decimal | None] | None = None,
) -> Plan:
    """A plan year. Two plan years of one client do not overlap; amounts are not negative."""
    _only_us(client)
    if not payer.strip():
        raise CoverageError("write who pays")
    if to_date <= from_date:
        raise CoverageError("the plan year ends before it begins; look at the two dates")
    wrong = [code for code in diagnosis if not _DIAGNOSIS.match(code)]
    if wrong:
        raise CoverageError(
            "a diagnosis code looks like F33.1: a letter, two figures, and what stands after the point"
        )
    for other in Plan.objects.filter(client=client, from_date__lte=to_date, to_date__gte=from_date):
        raise CoverageError(
            f"another plan stands from {_said(other.from_date)} to {_said(other.to_date)}; the two overlap"
        )
    kept = {name: value for name, value in (terms or {}).items() if value is not None}
    if any(value < 0 for value in kept.values()):
        raise CoverageError("an amount of the plan is below zero; amounts are 0 or more")
    row = Plan(
        client=client,
        from_date=from_date,
        to_date=to_date,
        network=network,
        visit_limit=visit_limit,
        used_elsewhere=used_elsewhere,
        payer=payer.strip(),
        member_id=member_id.strip() or None,
        diagnosis=list(diagnosis),
        terms={name: str(value) for name, value in kept.items()},
    )
    row.save(force_insert=True)
    note("coverage.plan_added", row, by=by)
    return row


@transaction.atomic
def add_authorisation(
    *,
    plan: Plan,
    by: Person,
    number: str,
    codes: Sequence[str],
    units: int,
    from_date: date,
    to_date: date,
) -> Authorisation:
    """Hours that a payer authorised: inside the plan year, and no code authorised twice for one day."""
    if not number.strip():
        raise CoverageError("write the number of the authorisation")
    if not codes or any(not _CODE.match(code) for code in codes):
        raise CoverageError("name the codes as five figures each, as in 90834")
    if units <= 0:
        raise CoverageError("an authorisation is for one unit or more")
    if to_date < from_date:
        raise CoverageError("the authorisation ends before it begins; look at the two dates")
    if from_date < plan.from_date or to_date > plan.to_date:
        raise CoverageError(
            f"the dates lie outside the plan year, {_said(plan.from_date)} to {_said(plan.to_date)}; "
            "shorten them, or add the next plan year first"
        )
    same_days = Authorisation.objects.filter(plan=plan, from_date__lte=to_date, to_date__gte=from_date)
    for other in same_days.select_related("client"):
        shared = sorted(set(other.codes or ()) & set(codes))
        if shared:
            raise CoverageError(
                f"{', '.join(shared)} is already authorised from {_said(other.from_date)} to "
                f"{_said(other.to_date)}; the two overlap, so no hour could be counted for certain"
            )
    row = Authorisation(
        client=plan.client,
        plan=plan,
        from_date=from_date,
        to_date=to_date,
        units=units,
        number=number.strip(),
        codes=sorted(set(codes)),
    )
    row.save(force_insert=True)
    note("coverage.authorisation_added", row, by=by)
    return row


@transaction.atomic
def add_verification(
    *, plan: Plan, by: Person, on: date, how: str, words: dict[str, str], file: str | None = None
) -> Verification:
    """How something is known. By telephone: with whom, and the reference."""
    said = {name: text.strip() for name, text in words.items() if text and text.strip()}
    if how == Verification.How.TELEPHONE and not (said.get("with") and said.get("reference")):
        raise CoverageError("of a telephone call keep the name of the person and the reference they gave")
    row = Verification(client=plan.client, plan=plan, on=on, how=how, by=by, words=said, file=file)
    row.save(force_insert=True)
    note("coverage.verified", row, by=by)
    return row


def keep_answer(*, plan: Plan, by: Person, on: date, raw: bytes) -> tuple[Verification, Answer]:
    """A 271 is read and kept as it came. A file that cannot be read is refused whole; nothing else changes."""
    if len(raw) > LONGEST_ANSWER:
        raise CoverageError(
            "the file is far longer than an answer about one person; look at which file it is"
        )
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise CoverageError("the file is not plain text, so it is no 271; ask for it again") from None
    try:
        answer = read_271(text)
    except X12Error as error:
        raise CoverageError(str(error)) from None
    return add_verification(plan=plan, by=by, on=on, how=Verification.How.FILE, words={}, file=text), answer


@transaction.atomic
def set_letterhead(*, by: Person, **words: Any) -> Letterhead:
    """What stands at the head of a clinician's own documents."""
    if words.get("npi") and not npi_is_valid(words["npi"]):
        raise CoverageError("the NPI does not hold its own check figure; compare it with the card")
    row, _ = Letterhead.objects.update_or_create(person=by, defaults=words)
    record(
        verb="coverage.letterhead_set", by=by.id, practice=by.practice_id,
        object_type=row._meta.label_lower, object_id=row.pk,
    )  # fmt: skip
    return row
