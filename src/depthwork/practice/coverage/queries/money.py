"""What is asked, received, missed and expected: always of one client, in a handful of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from depthwork.interchange.estimates import DISPUTE_ABOVE
from depthwork.practice.config.dates import in_words
from depthwork.practice.coverage.models import Charge, Estimate, Letter, Payment
from depthwork.practice.treatments.models import Client, Frame, Session


@dataclass(frozen=True, slots=True)
class Owed:
    """One charge with what was paid of it."""

    row: Charge
    paid: Decimal
    balance: Decimal


@dataclass(slots=True)
class Account:
    """Charges in order, and their sums."""

    lines: list[Owed] = field(default_factory=list)
    charged: Decimal = Decimal("0.00")
    paid: Decimal = Decimal("0.00")

    @property
    def balance(self) -> Decimal:
        return self.charged - self.paid


def charge_named(charge_id: UUID) -> Charge | None:
    """A charge by id, for the policy to judge."""
    return Charge.objects.select_related("client", "client__practice").filter(id=charge_id).first()


def account_of(client: Client, *, first: date | None = None, last: date | None = None) -> Account:
    """Charges with payments and balances; two queries."""
    rows = Charge.objects.filter(client=client).select_related("client", "session")
    if first:
        rows = rows.filter(on__gte=first)
    if last:
        rows = rows.filter(on__lte=last)
    rows = rows.defer("session__kept_line", "session__first_words", "session__last_words", "session__after")
    paid = dict(
        Payment.objects.filter(client=client).values_list("charge_id").annotate(sum=Sum("amount")).order_by()
    )
    account = Account()
    for row in rows.order_by("on", "created_at"):
        got = paid.get(row.id) or Decimal("0.00")
        account.lines.append(Owed(row, got, row.amount - got))
        account.charged += row.amount
        account.paid += got
    return account


def paid_of(charge: Charge) -> Decimal:
    """What was received for a charge."""
    return Payment.objects.filter(charge=charge).aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Missed:
    """A missed hour that is not charged, the fee of that day, and what was agreed about missing."""

    session: Session
    fee: Decimal | None
    agreed: str


def missed_not_charged(client: Client, *, until: date) -> list[Missed]:
    """Hours missed or called off by the client in the last half year without a charge, the latest first; two queries."""
    statuses = (
        Session.Status.MISSED_NOTICE, Session.Status.MISSED_NO_NOTICE, Session.Status.CANCELLED_BY_CLIENT,
    )  # fmt: skip
    rows = list(
        Session.objects.filter(
            client=client,
            status__in=statuses,
            day__range=(until - timedelta(days=183), until),
            charges__isnull=True,
        )
        .defer("kept_line", "first_words", "last_words", "after")
        .order_by("-starts_at")
    )
    frames: dict[UUID, list[Frame]] = {}
    for frame in Frame.objects.filter(client=client).select_related("client").order_by("from_date"):
        frames.setdefault(frame.treatment_id, []).append(frame)
    found = []
    for row in rows:
        own = frames.get(row.treatment_id, [])
        terms = next((f.terms for f in reversed(own) if f.from_date <= row.day), None) or {}
        found.append(Missed(row, fee_on(own, row.day), str(terms.get("missed_session") or "")))
    return found


def fee_on(frames: list[Frame], day: date) -> Decimal | None:
    """The fee of the frame in force on a day, or None where none was agreed."""
    said = next((f.terms for f in reversed(frames) if f.from_date <= day), None) or {}
    try:
        value = Decimal(str(said.get("fee") or ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def estimate_named(estimate_id: UUID) -> Estimate | None:
    """An estimate by id, for the policy to judge."""
    return Estimate.objects.select_related("client", "client__practice").filter(id=estimate_id).first()


def letter_named(letter_id: UUID) -> Letter | None:
    """A letter by id, for the policy to judge."""
    return Letter.objects.select_related("plan", "client", "client__practice").filter(id=letter_id).first()


@dataclass(frozen=True, slots=True)
class Expected:
    """An estimate with what was charged in its days, and what is to be looked at."""

    row: Estimate
    charged: Decimal
    warnings: tuple[str, ...]


def estimates_of(client: Client, *, today: date) -> list[Expected]:
    """A client's estimates, the newest first, each against what was charged; three queries."""
    rows = list(Estimate.objects.filter(client=client).select_related("client"))
    charges = list(Charge.objects.filter(client=client).values_list("on", "amount"))
    frames = list(Frame.objects.filter(client=client).select_related("client").order_by("from_date"))
    fee, found = fee_on(frames, today), []
    for n, row in enumerate(rows):
        charged = sum(
            (amount for on, amount in charges if row.first_day <= on <= row.last_day), Decimal("0.00")
        )
        said = []
        if row.given_on is None and row.due_on is not None:
            said.append(
                (
                    _("It is due on %(day)s, which is past.")
                    if row.due_on < today
                    else _("It is due on %(day)s.")
                )
                % {"day": in_words(row.due_on)}
            )
        if charged >= row.expected + DISPUTE_ABOVE:
            said.append(
                _("What was charged is %(amount)s or more above it: the client may dispute the bill.")
                % {"amount": DISPUTE_ABOVE}
            )
        fees = {Decimal(one[2]) for one in (row.body or {}).get("lines") or []}
        if n == 0 and fee is not None and fees and fee not in fees and row.last_day >= today:
            said.append(_("The fee of the frame is another one now: make a new estimate."))
        found.append(Expected(row, charged, tuple(said)))
    return found
