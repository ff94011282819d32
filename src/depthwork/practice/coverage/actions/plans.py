"""What a payer agreed to: plan years, authorisations, and how it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.interchange.session_codes import npi_is_valid
from depthwork.interchange.x12 import Answer, X12Error, read_271
from depthwork.practice.audit.actions import record
from depthwork.practice.config.dates import in_words
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Authorisation, Letterhead, Office, Plan, Verification
from depthwork.practice.coverage.services import MODIFIERS, TELEHEALTH
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Client

_CODE = re.compile(r"[0-9]{5}\Z")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?\Z")
LONGEST_ANSWER = 400_000
ELSEWHERE = _("this was changed in another window; both are here to compare, and nothing was overwritten")
# Of a plan, what a claim asks beside the member number. `insured` is who holds the policy where it is not the client.
CLAIMS = (
    "payer_id", "group", "relation", "insured", "born", "sex", "referring", "telehealth_place", "modifier_video",
    "modifier_phone", "further_crisis", "part2", "part2_consent_on", "part2_scope",
)  # fmt: skip


def office_of(practice: Practice) -> Office:
    """What the practice says of itself to payers; an empty one where nothing was written. Asked once a request."""
    found = getattr(practice, "_coverage_office", None)
    if found is None:
        found = Office.objects.filter(practice=practice).first() or Office(practice=practice)
        practice._coverage_office = found  # type: ignore[attr-defined]
    return found


def in_the_us(client: Client) -> bool:
    """Plans, authorisations and codes are for practices in the United States, unless a practice says otherwise."""
    said = office_of(client.practice).us_parts
    return client.practice.country == "US" if said is None else said


def _only_us(client: Client) -> None:
    if not in_the_us(client):
        raise CoverageError(
            gettext("plans and authorisations belong to practices in the US; here there are invoices")
        )


def _said(day: date) -> str:
    return in_words(day)


def _plan_facts(
    client: Client,
    *,
    payer: str,
    from_date: date,
    to_date: date,
    network: str = "unknown",
    member_id: str = "",
    diagnosis: Sequence[str] = (),
    visit_limit: int | None = None,
    used_elsewhere: int = 0,
    terms: dict[str, Decimal | None] | None = None,
    claims: dict[str, Any] | None = None,
    except_for: Any = None,
) -> dict[str, Any]:
    """What a plan's row holds, or CoverageError in the words of the page."""
    _only_us(client)
    if not payer.strip():
        raise CoverageError(gettext("write who pays"))
    if to_date <= from_date:
        raise CoverageError(gettext("the plan year ends before it begins; look at the two dates"))
    wrong = [code for code in diagnosis if not _DIAGNOSIS.match(code)]
    if wrong:
        raise CoverageError(
            gettext(
                "a diagnosis code looks like F33.1: a letter, two figures, and what stands after the point"
            )
        )
    others = Plan.objects.filter(client=client, from_date__lte=to_date, to_date__gte=from_date)
    for other in others.exclude(pk=except_for):
        raise CoverageError(
            gettext("another plan stands from %(from_date)s to %(to_date)s; the two overlap")
            % {"from_date": _said(other.from_date), "to_date": _said(other.to_date)}
        )
    kept = {name: value for name, value in (terms or {}).items() if value is not None}
    if any(value < 0 for value in kept.values()):
        raise CoverageError(gettext("an amount of the plan is below zero; amounts are 0 or more"))
    asked = {name: (claims or {}).get(name) for name in CLAIMS}
    if asked["telehealth_place"] not in (None, "", *TELEHEALTH):
        raise CoverageError(
            gettext("by video or telephone the place is 10, the client’s home, or 02; never 11")
        )
    if any(asked[name] not in (None, "", *MODIFIERS) for name in ("modifier_video", "modifier_phone")):
        raise CoverageError(
            gettext("a modifier for an hour at a distance is one of: %(modifiers)s")
            % {"modifiers": ", ".join(MODIFIERS)}
        )
    return {
        "from_date": from_date,
        "to_date": to_date,
        "network": network,
        "visit_limit": visit_limit,
        "used_elsewhere": used_elsewhere,
        "payer": payer.strip(),
        "member_id": member_id.strip() or None,
        "diagnosis": list(diagnosis),
        "terms": {name: str(value) for name, value in kept.items()},
        "claims": {name: value for name, value in asked.items() if value},
    }


@transaction.atomic
def add_plan(*, client: Client, by: Person, **facts: Any) -> Plan:
    """A plan year. Two plan years of one client do not overlap; amounts are not negative."""
    row = Plan(client=client, **_plan_facts(client, **facts))
    row.save(force_insert=True)
    note("coverage.plan_added", row, by=by)
    return row


@transaction.atomic
def change_plan(*, plan: Plan, by: Person, version: int, **facts: Any) -> Plan:
    """A plan year as it should stand. `version` is the one that was opened; a lost race writes nothing."""
    kept = _plan_facts(plan.client, **facts, except_for=plan.pk)
    outside = Authorisation.objects.filter(plan=plan).exclude(
        from_date__gte=kept["from_date"], to_date__lte=kept["to_date"]
    )
    for one in outside:
        raise CoverageError(
            gettext(
                "an authorisation stands from %(from_date)s to %(to_date)s, which would lie outside "
                "the plan year; change that one first"
            )
            % {"from_date": _said(one.from_date), "to_date": _said(one.to_date)}
        )
    _one_hand(Plan, plan.pk, version)
    for name, value in kept.items():
        setattr(plan, name, value)
    plan.version = version + 1
    plan.save(update_fields=list(kept))
    note("coverage.plan_changed", plan, by=by)
    return plan


def _one_hand(model: Any, pk: Any, version: int) -> None:
    """Take the next version, or say that somebody else did."""
    if not model.objects.filter(pk=pk, version=version).update(version=version + 1):
        raise Changed(ELSEWHERE)


def _authorisation_facts(
    plan: Plan,
    *,
    number: str,
    codes: Sequence[str],
    units: int,
    from_date: date,
    to_date: date,
    except_for: Any = None,
) -> dict[str, Any]:
    """What an authorisation's row holds, or CoverageError in the words of the page."""
    if not number.strip():
        raise CoverageError(gettext("write the number of the authorisation"))
    if not codes or any(not _CODE.match(code) for code in codes):
        raise CoverageError(gettext("name the codes as five figures each, as in 90834"))
    if units <= 0:
        raise CoverageError(gettext("an authorisation is for one unit or more"))
    if to_date < from_date:
        raise CoverageError(gettext("the authorisation ends before it begins; look at the two dates"))
    if from_date < plan.from_date or to_date > plan.to_date:
        raise CoverageError(
            gettext(
                "the dates lie outside the plan year, %(from_date)s to %(to_date)s; shorten them, or "
                "add the next plan year first"
            )
            % {"from_date": _said(plan.from_date), "to_date": _said(plan.to_date)}
        )
    same_days = Authorisation.objects.filter(plan=plan, from_date__lte=to_date, to_date__gte=from_date)
    for other in same_days.exclude(pk=except_for).select_related("client"):
        shared = sorted(set(other.codes or ()) & set(codes))
        if shared:
            raise CoverageError(
                gettext(
                    "%(shared)s is already authorised from %(from_date)s to %(to_date)s; the two overlap, "
                    "so no hour could be counted for certain"
                )
                % {
                    "shared": ", ".join(shared),
                    "from_date": _said(other.from_date),
                    "to_date": _said(other.to_date),
                }
            )
    return {
        "from_date": from_date,
        "to_date": to_date,
        "units": units,
        "number": number.strip(),
        "codes": sorted(set(codes)),
    }


@transaction.atomic
def add_authorisation(*, plan: Plan, by: Person, **facts: Any) -> Authorisation:
    """Hours that a payer authorised: inside the plan year, and no code authorised twice for one day."""
    row = Authorisation(client=plan.client, plan=plan, **_authorisation_facts(plan, **facts))
    row.save(force_insert=True)
    note("coverage.authorisation_added", row, by=by)
    return row


@transaction.atomic
def change_authorisation(*, row: Authorisation, by: Person, version: int, **facts: Any) -> Authorisation:
    """An authorisation as it should stand; a lost race writes nothing."""
    kept = _authorisation_facts(row.plan, **facts, except_for=row.pk)
    _one_hand(Authorisation, row.pk, version)
    for name, value in kept.items():
        setattr(row, name, value)
    row.version = version + 1
    row.save(update_fields=list(kept))
    note("coverage.authorisation_changed", row, by=by)
    return row


@transaction.atomic
def add_verification(
    *, plan: Plan, by: Person, on: date, how: str, words: dict[str, str], file: str | None = None
) -> Verification:
    """How something is known. By telephone: with whom, and the reference."""
    said = {name: text.strip() for name, text in words.items() if text and text.strip()}
    if how == Verification.How.TELEPHONE and not (said.get("with") and said.get("reference")):
        raise CoverageError(
            gettext("of a telephone call keep the name of the person and the reference they gave")
        )
    row = Verification(client=plan.client, plan=plan, on=on, how=how, by=by, words=said, file=file)
    row.save(force_insert=True)
    note("coverage.verified", row, by=by)
    return row


def keep_answer(*, plan: Plan, by: Person, on: date, raw: bytes) -> tuple[Verification, Answer]:
    """A 271 is read and kept as it came. A file that cannot be read is refused whole; nothing else changes."""
    if len(raw) > LONGEST_ANSWER:
        raise CoverageError(
            gettext("the file is far longer than an answer about one person; look at which file it is")
        )
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise CoverageError(
            gettext("the file is not plain text, so it is no 271; ask for it again")
        ) from None
    try:
        answer = read_271(text)
    except X12Error as error:
        raise CoverageError(str(error)) from None
    return add_verification(plan=plan, by=by, on=on, how=Verification.How.FILE, words={}, file=text), answer


@transaction.atomic
def set_letterhead(*, by: Person, **words: Any) -> Letterhead:
    """What stands at the head of a clinician's own documents."""
    if words.get("npi") and not npi_is_valid(words["npi"]):
        raise CoverageError(gettext("the NPI does not hold its own check figure; compare it with the card"))
    row, _ = Letterhead.objects.update_or_create(person=by, defaults=words)
    record(
        verb="coverage.letterhead_set", by=by.id, practice=by.practice_id,
        object_type=row._meta.label_lower, object_id=row.pk,
    )  # fmt: skip
    return row


@transaction.atomic
def set_office(*, practice: Practice, by: Person, **words: Any) -> Office:
    """What the practice says of itself to payers."""
    if words.get("npi") and not npi_is_valid(words["npi"]):
        raise CoverageError(gettext("the NPI does not hold its own check figure; compare it with the card"))
    row, _ = Office.objects.update_or_create(practice=practice, defaults=words)
    practice._coverage_office = row  # type: ignore[attr-defined]
    record(
        verb="coverage.office_set", by=by.id, practice=practice.id,
        object_type=row._meta.label_lower, object_id=row.pk,
    )  # fmt: skip
    return row
