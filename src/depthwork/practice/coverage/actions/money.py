"""Amounts asked and amounts received. Money is decimal, in the practice's currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from depthwork.practice.coverage.actions.plans import ELSEWHERE
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Charge, Payment
from depthwork.practice.coverage.queries.money import fee_on
from depthwork.practice.coverage.services import KINDS, MODIFIERS, TELEHEALTH
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Client, Frame, Session
from depthwork.wording import figure

CENT = Decimal("0.01")
MOST = Decimal("9999999.99")


WHOLE = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"})  # fmt: skip


def money(value: Decimal, currency: str = "") -> Decimal:
    """An amount of two places, or of none where the currency has no smaller coin. Nothing is rounded away."""
    if currency in WHOLE and value.is_finite() and value != value.to_integral_value():
        raise CoverageError(
            _("%(currency)s has no smaller coin; write a whole amount") % {"currency": currency}
        )
    if not value.is_finite() or value != value.quantize(CENT):
        raise CoverageError(_("an amount has two places after the point"))
    if value > MOST:
        raise CoverageError(_("the amount is longer than any fee; look at the point"))
    return value.quantize(CENT)


def _fee(amount: Decimal, client: Client) -> Decimal:
    amount = money(amount, client.practice.currency)
    if amount < 0:
        raise CoverageError(
            _("a fee cannot be below zero; to give money back, write it where it was received")
        )
    return amount


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
    amount = _fee(amount, client)
    if session is not None:
        if session.client_id != client.id:
            raise CoverageError(_("this hour is not one of this client's"))
        if Charge.objects.filter(session=session).exists():
            raise CoverageError(_("this hour is charged already"))
        if kind == Charge.Kind.MISSED and session.status in (Session.Status.HELD, Session.Status.PLANNED):
            raise CoverageError(_("this hour was not missed; held hours are charged from the page itself"))
    row = Charge(client=client, session=session, on=on, kind=kind, amount=amount, words=words.strip() or None)
    row.save(force_insert=True)
    note("coverage.charged", row, by=by)
    return row


@transaction.atomic
def change_charge(
    *,
    charge: Charge,
    by: Person,
    version: int,
    amount: Decimal,
    words: str = "",
    service: dict[str, Any] | None = None,
) -> Charge:
    """Another amount or other words of a charge, or how its hour is counted; a lost race writes nothing."""
    amount = _fee(amount, charge.client)
    said = {name: value for name, value in (service or {}).items() if value}
    if said and (charge.session is None or charge.kind != Charge.Kind.HOUR):
        raise CoverageError(_("only a held hour has a code; this charge has none"))
    if said.get("kind") and said["kind"] not in KINDS:
        raise CoverageError(_("the kind of an hour is one of: %(kinds)s") % {"kinds": ", ".join(KINDS)})
    if said.get("modifier") and said["modifier"] not in MODIFIERS:
        raise CoverageError(_("a modifier is one of: %(modifiers)s") % {"modifiers": ", ".join(MODIFIERS)})
    at_a_distance = charge.session is not None and charge.session.place != "office"
    if said.get("place") and (not at_a_distance or said["place"] not in TELEHEALTH):
        raise CoverageError(_("02 and 10 are for hours by video or telephone, and such an hour never has 11"))
    paid = Payment.objects.filter(charge=charge).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if amount < paid:
        raise CoverageError(
            _("%(paid)s were received for this charge; it cannot be less") % {"paid": figure(paid, ".2f")}
        )
    if not Charge.objects.filter(pk=charge.pk, version=version).update(version=version + 1):
        raise Changed(ELSEWHERE)
    charge.amount, charge.words, charge.service = amount, words.strip() or None, said or None
    charge.version = version + 1
    charge.save(update_fields=["amount", "words", "service"])
    note("coverage.charge_changed", charge, by=by)
    return charge


@transaction.atomic
def take_out_charge(*, charge: Charge, by: Person) -> None:
    """Take a charge out that should not stand; never one for which something was received."""
    if Payment.objects.filter(charge=charge).exists():
        raise CoverageError(
            _("something was received for this charge; it stays, and its amount can be changed")
        )
    note("coverage.charge_taken_out", charge, by=by)
    charge.delete()


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
            Charge(
                client=client,
                session=session,
                on=session.day,
                kind=Charge.Kind.HOUR,
                amount=money(fee, client.practice.currency),
            )
        )
    Charge.objects.bulk_create(made)
    if made:
        note("coverage.hours_charged", client, by=by)
    return len(made), without


@transaction.atomic
def add_payment(*, charge: Charge, by: Person, on: date, amount: Decimal, source: str = "client") -> Payment:
    """An amount received; never more than is still open of its charge."""
    amount = money(amount, charge.client.practice.currency)
    if amount <= 0:
        raise CoverageError(_("a payment is above zero"))
    # Two payments at once are taken one after the other.
    charge = Charge.objects.select_for_update().select_related("client__practice").get(pk=charge.pk)
    paid = Payment.objects.filter(charge=charge).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    still_open = charge.amount - paid
    if amount > still_open:
        raise CoverageError(
            _("of this charge %(still_open)s is open; put the rest to another charge")
            % {"still_open": figure(still_open, ".2f")}
        )
    row = Payment(client=charge.client, charge=charge, on=on, amount=amount, source=source)
    row.save(force_insert=True)
    note("coverage.paid", row, by=by)
    return row
