"""The good-faith estimate for a client who pays directly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from depthwork.interchange.estimates import DISPUTE_ABOVE, DISPUTE_DAYS
from depthwork.practice.coverage.documents.sheet import (
    Made,
    claims_on,
    day_of,
    finish,
    head_of,
    in_english,
    lacks_of_head,
    people,
)
from depthwork.practice.coverage.manifest import Taken
from depthwork.practice.coverage.models import Estimate
from depthwork.practice.people.models import Person
from depthwork.reports import blocks as b

FEE_OF_A_DISPUTE = 25  # dollars


@in_english
def good_faith(row: Estimate, *, by: Person, made_on: date) -> Made:
    """Expected services and charges of up to twelve months, with what a client may do if the bill is higher."""
    client, taken = row.client, Taken()
    head = head_of(by, client)
    claims = claims_on(taken, client, row.first_day, row.last_day)
    taken.each([row], "booked_on", "asked_on", "first_day", "last_day", "due_on", "given_on", "expected")
    body, currency = taken.of(row, "body") or {}, client.practice.currency
    codes = list(body.get("diagnosis") or [])
    lacks = lacks_of_head(head, us=True)
    if head is not None and not head.tax_id:
        lacks.append(_("the tax number, in your letterhead"))
    if not codes:
        lacks.append(_("a diagnosis code, where there is one already"))
    if row.due_on and row.given_on is None and made_on > row.due_on:
        lacks.append(f"it was due on {day_of(row.due_on)}; give it now")
    rows = []
    for code, units, fee in body.get("lines") or []:
        rows.append(
            (
                code,
                ", ".join(codes) or "–",
                str(units),
                f"{Decimal(fee):.2f}",
                f"{int(units) * Decimal(fee):.2f}",
            )
        )
    why = str(body.get("why", ""))
    due = (why or "none unless asked for") if row.due_on is None else f"{day_of(row.due_on)}: {why}"
    blocks = [
        *people(taken, client, head, us=True, claims=claims),
        b.Definitions(
            (
                ("Booked on", day_of(row.booked_on)),
                *((("Asked for on", day_of(row.asked_on)),) if row.asked_on else ()),
                ("Hours", f"{day_of(row.first_day)} to {day_of(row.last_day)}"),
                ("Due", due),
                ("Given", day_of(row.given_on) if row.given_on else "when it is handed over"),
            )
        ),
        b.Table(("Code", "Diagnosis", "Hours", "Fee of one", "Expected"), tuple(rows), f"Expected services, in {currency}"),
        b.Definitions((("Expected in all", f"{row.expected:.2f} {currency}"),)),
        b.Heading("What this is, and what it is not", 1),
        b.Items(
            (
                "An estimate of what can reasonably be expected on the day it is made. It is not a contract and does not oblige you to come.",
                "Not in it: hours that are not planned yet, hours missed, and what others ask. A change in fee or frequency brings a new estimate.",
                f"If a bill is {DISPUTE_ABOVE} {currency} or more above this estimate, you may dispute it within {DISPUTE_DAYS} days of the bill, "
                f"for a fee of {FEE_OF_A_DISPUTE} {currency}, through the federal process under the No Surprises Act.",
                "Keep this paper; it is what a bill is compared with.",
            )
        ),
    ]  # fmt: skip
    return finish(
        "Good-faith estimate", taken, client, blocks, lacks, made_on=made_on, for_whom="the client",
        contains=f"Good-faith estimate, {day_of(row.first_day)} to {day_of(row.last_day)}",
    )  # fmt: skip
