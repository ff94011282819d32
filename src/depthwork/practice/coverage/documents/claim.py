"""The data of a professional claim (CMS-1500), box by box: from attendance, charges and the plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from depthwork.interchange.claims import Biller, ClaimError, Service, Someone, claims_of, lacking
from depthwork.practice.coverage.actions.asking import born_of, names_of
from depthwork.practice.coverage.actions.plans import office_of
from depthwork.practice.coverage.documents.bills import account_between, service_of
from depthwork.practice.coverage.documents.sheet import (
    NO_PROMISE,
    Made,
    day_of,
    finish,
    head_of,
    in_english,
    lacks_of_head,
    of_plan,
    part2_for,
    plan_on,
)
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import Taken
from depthwork.practice.coverage.models import Authorisation, Payment
from depthwork.practice.coverage.part2 import NEEDS
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client
from depthwork.reports import blocks as b


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(str(said or ""))
    except ValueError:
        return None


@in_english
def claim(client: Client, *, by: Person, first: date, last: date, made_on: date) -> Made:
    """Claims of these days, six lines each. What has no code is named and left out; a missed hour is never in one.

    Raises CoverageError where there is no plan, no code, no diagnosis, or no written consent under Part 2.
    """
    account = account_between(client, first, last)
    plan = plan_on(client, first, last)
    if plan is None:
        raise CoverageError(_("no plan stands for these days; a claim goes to a payer"))
    taken, head = Taken(), head_of(by, client)
    codes, asked, of_payer = of_plan(taken, plan)
    part2 = part2_for(client, plan, codes, asked)
    if not part2.is_allowed:
        raise CoverageError(NEEDS)
    taken.each(Payment.objects.filter(charge__in=[one.row for one in account.lines]), "amount")
    granted = list(Authorisation.objects.filter(plan=plan).select_related("client"))
    taken.each(granted, "number", "codes", "from_date", "to_date")
    services, lacks = [], lacks_of_head(head, us=True)
    for one in account.lines:
        found, said = service_of(taken, one, asked)
        on = one.row.on
        if found is None:
            lacks.append(f"{day_of(on)}: left out; payers do not pay for it")
            continue
        lacks += said
        if not plan.from_date <= on <= plan.to_date:
            lacks.append(f"{day_of(on)}: left out; it lies outside the plan year")
            continue
        if not found.codes:
            continue
        standing = [row for row in granted if row.from_date <= on <= row.to_date]
        number = next((row.number for row in standing if found.codes[0][0] in (row.codes or ())), "")
        if standing and not number:
            lacks.append(f"{day_of(on)}: {found.codes[0][0]} is not a code of the authorisation of that day")
        for n, (code, units) in enumerate(found.codes):
            services.append(
                Service(
                    on, found.place, code, found.modifiers, units,
                    one.row.amount if n == 0 else Decimal("0.00"), one.paid if n == 0 else Decimal("0.00"), number,
                )
            )  # fmt: skip
    who, holder = _people(taken, client, asked)
    try:
        claims = claims_of(
            services,
            client=who,
            insured=holder,
            relation=asked.get("relation") or "self",
            member_id=plan.member_id or "",
            group=str(asked.get("group") or ""),
            payer=" ".join(filter(None, (plan.payer or "", str(asked.get("payer_id") or "")))),
            diagnoses=codes,
            biller=_biller(taken, client, head),
            referring=str(asked.get("referring") or ""),
            assignment=plan.network == "in",
            made_on=made_on,
        )
    except ClaimError as error:
        raise CoverageError(str(error)) from None
    blocks: list[b.Block] = [
        *of_payer,
        b.Paragraph(
            "The data of the claim, box by box, to be typed into the form or the payer’s pages. The form itself is not drawn.",
            "quiet",
        ),
    ]
    for n, one in enumerate(claims, start=1):
        lacks += [f"claim {n}, {words}" for words in lacking(one)]
        blocks.append(b.Heading(f"Claim {n} of {len(claims)}", 1))
        blocks.append(
            b.Table(("Box", "What stands in it"), tuple((box, words or "–") for box, words in one.boxes))
        )
        head_row = tuple(box for box, _ in one.lines[0])
        rows = tuple(tuple(words or "–" for _, words in line) for line in one.lines)
        blocks.append(b.Table(head_row, rows, "Box 24, service lines"))
    blocks += [b.Notice("About this paper", str(NO_PROMISE)), *part2.blocks()]
    data = {"claims": [one.as_data() for one in claims], "notice": [block.words for block in part2.blocks()]}  # type: ignore[union-attr]
    return finish(
        "Claim data", taken, client, blocks, lacks, made_on=made_on, for_whom="the payer",
        contains=f"Claim data (CMS-1500), {day_of(first)} to {day_of(last)}", data=data,
    )  # fmt: skip


def _people(taken: Taken, client: Client, asked: dict[str, Any]) -> tuple[Someone, Someone]:
    """The client, and who holds the policy."""
    taken.each([client], "name", "contact", "details")
    family, given = names_of(client)
    address = str((client.contact or {}).get("address") or "")
    who = Someone(family, given, born_of(client, asked), str(asked.get("sex") or ""), address)
    held = asked.get("insured") or {}
    if (asked.get("relation") or "self") == "self":
        return who, who
    return who, Someone(
        str(held.get("family") or ""), str(held.get("given") or ""), _day(held.get("born")),
        str(held.get("sex") or ""), str(held.get("address") or address),
    )  # fmt: skip


def _biller(taken: Taken, client: Client, head: Any) -> Biller:
    office = office_of(client.practice)
    said = dict.fromkeys(("legal_name", "npi", "tax_id", "address", "phone", "practice_name"), "")
    if head is not None:
        said = {name: str(taken.of(head, name) or "") for name in said}
    return Biller(
        said["legal_name"], said["npi"], said["tax_id"], said["address"], said["phone"],
        said["practice_name"], str(taken.of(office, "npi")) if office.npi else "", client.id.hex[:8].upper(),
    )  # fmt: skip
