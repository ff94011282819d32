"""Reads of coverage, always of one client (or of a named few), each in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from depthwork.interchange.session_codes import Coded, CodeError, code_for, minutes_between
from depthwork.practice.coverage.models import Authorisation, Charge, Payment, Plan, Verification
from depthwork.practice.treatments.models import Client, Session

WARN_AT = Decimal("0.75")  # of the units
WARN_DAYS = 21  # before the end


@dataclass(frozen=True, slots=True)
class Hour:
    """A held hour as a payer counts it. Nothing of what was said in it is read here."""

    day: date
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorisationLine:
    """One authorisation, how many hours it has seen, and what is to be looked at."""

    row: Authorisation
    used: int
    left: int
    is_current: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan year with its hours counted."""

    row: Plan
    is_current: bool
    used: int
    lines: tuple[AuthorisationLine, ...]
    verifications: tuple[Verification, ...]
    warnings: tuple[str, ...]


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


def plan_named(plan_id: UUID) -> Plan | None:
    """A plan by id, for the policy to judge."""
    return Plan.objects.select_related("client", "client__practice").filter(id=plan_id).first()


def charge_named(charge_id: UUID) -> Charge | None:
    """A charge by id, for the policy to judge."""
    return Charge.objects.select_related("client", "client__practice").filter(id=charge_id).first()


def coded(session: Session, *, frame_minutes: int | None = None) -> Coded:
    """The code of an hour by its start and stop; raises CodeError where one of them is missing."""
    return code_for(minutes_between(session.started_at, session.stopped_at), frame_minutes=frame_minutes)


def _hour(session: Session) -> Hour:
    try:
        return Hour(session.day, tuple(code for code, _ in coded(session).codes))
    except CodeError:
        return Hour(session.day, ())


def held_hours(clients: Iterable[UUID], *, since: date) -> dict[UUID, list[Hour]]:
    """Held hours by client, one query; of a session only its times are fetched."""
    found: dict[UUID, list[Hour]] = {}
    rows = Session.objects.filter(client_id__in=list(clients), day__gte=since, status=Session.Status.HELD)
    for session in rows.only("id", "client_id", "day", "started_at", "stopped_at").order_by("starts_at"):
        found.setdefault(session.client_id, []).append(_hour(session))
    return found


def units_used(one: Authorisation, others: Sequence[Authorisation], hours: Sequence[Hour]) -> int:
    """Held hours between the dates, both days included.

    An hour whose code another authorisation of that day names is that one's. An hour of a code that no
    authorisation names still counts: the payer may take a unit for it.
    """
    own = set(one.codes or ())
    used = 0
    for hour in hours:
        if not one.from_date <= hour.day <= one.to_date:
            continue
        if not own & set(hour.codes) and any(
            other.pk != one.pk
            and other.from_date <= hour.day <= other.to_date
            and set(other.codes or ()) & set(hour.codes)
            for other in others
        ):
            continue
        used += 1
    return used


def warnings_of(one: Authorisation, used: int, *, today: date) -> tuple[str, ...]:
    """At 75 percent of the units, and 21 days before the end; silent before the first and after the last day."""
    if not one.from_date <= today <= one.to_date:
        return ()
    said = []
    if used >= one.units:
        said.append(f"All {one.units} authorised hours are used; the next one is not authorised.")
    elif Decimal(used) >= WARN_AT * one.units:
        left = one.units - used
        said.append(
            f"{used} of {one.units} authorised hours are used; {left} {'is' if left == 1 else 'are'} left."
        )
    days = (one.to_date - today).days
    if days <= WARN_DAYS:
        end = f"{one.to_date.day} {one.to_date:%B %Y}"
        said.append(
            f"The authorisation ends on {end}, {'today' if days == 0 else f'in {days} days' if days > 1 else 'tomorrow'}."
        )
    return tuple(said)


def _line(
    one: Authorisation, others: Sequence[Authorisation], hours: Sequence[Hour], today: date
) -> AuthorisationLine:
    used = units_used(one, others, hours)
    odd = sum(
        1
        for hour in hours
        if one.from_date <= hour.day <= one.to_date
        and hour.codes
        and not set(hour.codes) & set(one.codes or ())
    )
    said = list(warnings_of(one, used, today=today))
    if odd:
        said.append(
            f"{odd} of these hours {'has' if odd == 1 else 'have'} a code that this authorisation does not name."
        )
    return AuthorisationLine(
        one, used, max(0, one.units - used), one.from_date <= today <= one.to_date, tuple(said)
    )


def _page(
    plan: Plan,
    hours: Sequence[Hour],
    today: date,
    lines: Sequence[Authorisation],
    seen: Sequence[Verification],
) -> PlanPage:
    used = plan.used_elsewhere + sum(1 for hour in hours if plan.from_date <= hour.day <= plan.to_date)
    said: list[str] = []
    is_current = plan.from_date <= today <= plan.to_date
    if is_current and plan.visit_limit:
        if used >= plan.visit_limit:
            said.append(f"All {plan.visit_limit} visits of the plan year are used.")
        elif Decimal(used) >= WARN_AT * plan.visit_limit:
            said.append(f"{used} of {plan.visit_limit} visits of the plan year are used.")
    if is_current and lines and not any(one.from_date <= today <= one.to_date for one in lines):
        said.append("No authorisation stands for today.")
    return PlanPage(
        plan,
        is_current,
        used,
        tuple(_line(one, lines, hours, today) for one in lines),
        tuple(seen),
        tuple(said),
    )


def plan_pages(client: Client, *, today: date) -> list[PlanPage]:
    """The plan years of a client, the newest first; four queries."""
    plans = list(Plan.objects.filter(client=client).select_related("client"))
    if not plans:
        return []
    hours = held_hours([client.id], since=min(plan.from_date for plan in plans)).get(client.id, [])
    lines: dict[UUID, list[Authorisation]] = {}
    for row in Authorisation.objects.filter(plan__in=plans).select_related("client"):
        lines.setdefault(row.plan_id, []).append(row)
    seen: dict[UUID, list[Verification]] = {}
    for one in Verification.objects.filter(plan__in=plans).select_related("client", "by"):
        seen.setdefault(one.plan_id, []).append(one)
    return [_page(plan, hours, today, lines.get(plan.id, []), seen.get(plan.id, [])) for plan in plans]


def warnings_for(clients: Sequence[UUID], *, today: date) -> dict[UUID, tuple[str, ...]]:
    """What a caseload or a thread says of coverage, by client; three queries for all of them."""
    plans = list(
        Plan.objects.filter(client_id__in=clients, from_date__lte=today, to_date__gte=today).select_related(
            "client"
        )
    )
    if not plans:
        return {}
    hours = held_hours({p.client_id for p in plans}, since=min(p.from_date for p in plans))
    lines: dict[UUID, list[Authorisation]] = {}
    for row in Authorisation.objects.filter(plan__in=plans).select_related("client"):
        lines.setdefault(row.plan_id, []).append(row)
    found = {}
    for plan in plans:
        page = _page(plan, hours.get(plan.client_id, []), today, lines.get(plan.id, []), ())
        said = page.warnings + tuple(w for line in page.lines if line.is_current for w in line.warnings)
        if said:
            found[plan.client_id] = said
    return found


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
