"""Amounts asked and amounts received. Money is decimal, in the practice's currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.db.models import Sum

from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Charge, Payment
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Client, Frame, Session

CENT = Decimal("0.01")
MOST = Decimal("9999999.99")


def money(value: Decimal) -> Decimal:
    """An amount of two places. A third place is refused, never rounded away."""
    if not value.is_finite() or value != value.quantize(CENT):
        raise CoverageError("an amount has two places after the point")
    if value > MOST:
        raise CoverageError("the amount is longer than any fee; look at the point")
    return value.quantize(CENT)


@transaction.atomic
def add_charge(
    *,
    client: Client,
    by: Person,
    on: date,
    amount: Decimal,
    kind: str = Charge.Kind.OTHER,
    session: Session | None = None,
    words: str = "",
) -> Charge:
    """One amount asked, of an hour or of something else."""
    amount = money(amount)
    if amount < 0:
        raise CoverageError("a fee cannot be below zero; to give money back, write it where it was received")
    if session is not None:
        if session.client_id != client.id:
            raise CoverageError("this hour is not one of this client's")
        if Charge.objects.filter(session=session).exists():
            raise CoverageError("this hour is charged already")
    row = Charge(client=client, session=session, on=on, kind=kind, amount=amount, words=words.strip() or None)
    row.save(force_insert=True)
    note("coverage.charged", row, by=by)
    return row


def fee_on(frames: list[Frame], day: date) -> Decimal | None:
    """The fee of the frame in force on a day, or None where none was agreed."""
    said = next((f.terms for f in reversed(frames) if f.from_date <= day), None) or {}
    try:
        value = Decimal(str(said.get("fee") or ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


@transaction.atomic
def charge_hours(*, client: Client, by: Person, until: date) -> tuple[int, int]:
    """Charge every held hour not charged yet at the frame's fee. Gives how many were, and how many had no fee.

    A missed hour is never charged by itself: what was agreed about it is a person's to apply.
    """
    waiting = Session.objects.filter(
        client=client, status=Session.Status.HELD, day__lte=until, charges__isnull=True
    )
    frames: dict[object, list[Frame]] = {}
    for frame in Frame.objects.filter(client=client).select_related("client").order_by("from_date"):
        frames.setdefault(frame.treatment_id, []).append(frame)
    made, without = [], 0
    for session in waiting.order_by("starts_at"):
        fee = fee_on(frames.get(session.treatment_id, []), session.day)
        if fee is None:
            without += 1
            continue
        made.append(
            Charge(client=client, session=session, on=session.day, kind=Charge.Kind.HOUR, amount=money(fee))
        )
    Charge.objects.bulk_create(made)
    if made:
        note("coverage.hours_charged", client, by=by)
    return len(made), without


@transaction.atomic
def add_payment(*, charge: Charge, by: Person, on: date, amount: Decimal, source: str = "client") -> Payment:
    """An amount received; never more than is still open of its charge."""
    amount = money(amount)
    if amount <= 0:
        raise CoverageError("a payment is above zero")
    # Two payments at once are taken one after the other.
    charge = Charge.objects.select_for_update().select_related("client__practice").get(pk=charge.pk)
    paid = Payment.objects.filter(charge=charge).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    still_open = charge.amount - paid
    if amount > still_open:
        raise CoverageError(f"of this charge {still_open:.2f} is open; put the rest to another charge")
    row = Payment(client=charge.client, charge=charge, on=on, amount=amount, source=source)
    row.save(force_insert=True)
    note("coverage.paid", row, by=by)
    return row
