"""What payers agreed to and what is used of it: always of one client or of a named few, in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.interchange.session_codes import CodeError
from depthwork.practice.config.at_once import Look, look, rows_at_once
from depthwork.practice.config.dates import in_words
from depthwork.practice.coverage.models import Asking, Authorisation, Charge, Plan, Verification
from depthwork.practice.coverage.services import code_of, routine_of
from depthwork.practice.treatments.models import Client, Session

WARN_AT = Decimal("0.75")  # of the units
WARN_DAYS = 21  # before the end


@dataclass(frozen=True, slots=True)
class Hour:
    """A held hour as a payer counts it. Nothing of what was said in it is read here."""

    day: date
    codes: tuple[str, ...]
    length_minutes: int = 50


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
    askings: tuple[Asking, ...] = ()


def plan_named(plan_id: UUID) -> Plan | None:
    """A plan by id, for the policy to judge."""
    return Plan.objects.select_related("client", "client__practice").filter(id=plan_id).first()


def verification_named(verification_id: UUID) -> Verification | None:
    """How something is known, by id, for the policy to judge."""
    return (
        Verification.objects.select_related("client", "client__practice").filter(id=verification_id).first()
    )


def authorisation_named(authorisation_id: UUID) -> Authorisation | None:
    """An authorisation by id, for the policy to judge."""
    rows = Authorisation.objects.select_related("plan", "client", "client__practice")
    return rows.filter(id=authorisation_id).first()


def held_hours(clients: Iterable[UUID], *, since: date) -> dict[UUID, list[Hour]]:
    """Held hours by client, one query; of a session only its times are fetched, and how it is charged."""
    found: dict[UUID, list[Hour]] = {}
    service = Charge._meta.get_field("service")
    rows = Session.objects.filter(client_id__in=list(clients), day__gte=since, status=Session.Status.HELD)
    for client, day, length, started, stopped, charge, cell in rows.order_by("starts_at").values_list(
        "client_id", "day", "length_minutes", "started_at", "stopped_at", "charges__id", "charges__service"
    ):
        told = service.open_value(cell, owner=client, row=charge) if cell is not None else None
        try:
            codes = tuple(code for code, _ in code_of(started, stopped, service=told).codes)
        except CodeError:
            codes = ()
        found.setdefault(client, []).append(Hour(day, codes, length))
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
        said.append(
            _("All %(n)s authorised hours are used; the next one is not authorised.") % {"n": one.units}
        )
    elif Decimal(used) >= WARN_AT * one.units:
        left = one.units - used
        said.append(
            ngettext(
                "%(used)s of %(all)s authorised hours are used; %(n)s is left.",
                "%(used)s of %(all)s authorised hours are used; %(n)s are left.",
                left,
            )
            % {"used": used, "all": one.units, "n": left}
        )
    return (*said, *end_of(one, today=today))


def end_of(one: Authorisation, *, today: date) -> tuple[str, ...]:
    """That an authorisation ends, from 21 days before."""
    days = (one.to_date - today).days
    if not one.from_date <= today <= one.to_date or days > WARN_DAYS:
        return ()
    end = in_words(one.to_date)
    in_days = _("today") if days == 0 else _("in %(n)s days") % {"n": days} if days > 1 else _("tomorrow")
    return (_("The authorisation ends on %(end)s, %(when)s.") % {"end": end, "when": in_days},)


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
            ngettext(
                "%(n)s of these hours has a code that this authorisation does not name.",
                "%(n)s of these hours have a code that this authorisation does not name.",
                odd,
            )
            % {"n": odd}
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
    asked: Sequence[Asking] = (),
) -> PlanPage:
    used = plan.used_elsewhere + sum(1 for hour in hours if plan.from_date <= hour.day <= plan.to_date)
    said: list[str] = []
    is_current = plan.from_date <= today <= plan.to_date
    if is_current and plan.visit_limit:
        if used >= plan.visit_limit:
            said.append(_("All %(n)s visits of the plan year are used.") % {"n": plan.visit_limit})
        elif Decimal(used) >= WARN_AT * plan.visit_limit:
            said.append(
                _("%(used)s of %(all)s visits of the plan year are used.")
                % {"used": used, "all": plan.visit_limit}
            )
    if is_current and lines and not any(one.from_date <= today <= one.to_date for one in lines):
        said.append(_("No authorisation stands for today."))
    routine = routine_of([(hour.length_minutes, hour.codes) for hour in hours]) if is_current else None
    if routine:
        said.append(routine)
    return PlanPage(
        plan,
        is_current,
        used,
        tuple(_line(one, lines, hours, today) for one in lines),
        tuple(seen),
        tuple(said),
        tuple(asked),
    )


def plan_pages(client: Client, *, today: date) -> list[PlanPage]:
    """The plan years of a client, the newest first; two queries."""
    plans, authorised, known, asked = rows_at_once(
        Plan.objects.filter(client=client).select_related("client"),
        Authorisation.objects.filter(plan__client=client).select_related("client"),
        Verification.objects.filter(plan__client=client).select_related("client", "by"),
        Asking.objects.filter(plan__client=client).select_related("client", "by"),
    )
    if not plans:
        return []
    hours = held_hours([client.id], since=min(plan.from_date for plan in plans)).get(client.id, [])
    lines = _by_plan(sorted(authorised, key=attrgetter("from_date")))
    newest = partial(sorted, key=attrgetter("on", "created_at"), reverse=True)
    seen, asks = _by_plan(newest(known)), _by_plan(newest(asked))
    return [
        _page(plan, hours, today, lines.get(plan.id, []), seen.get(plan.id, []), asks.get(plan.id, []))
        for plan in sorted(plans, key=attrgetter("from_date"), reverse=True)
    ]


def _by_plan(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.plan_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What one client's coverage says today: hours left of those authorised, and what is warned of."""

    left: int | None
    units: int | None
    warnings: tuple[str, ...]


_COUNTED = (
    "id",
    "from_date",
    "to_date",
    "units",
    "codes",
)  # of an authorisation, beside what is fetched of its plan


def _current_plans(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, tuple[Plan, list[Authorisation]]]:
    """By client the plan that stands with its authorisations, the first one first."""
    found: dict[UUID, tuple[Plan, list[Authorisation]]] = {}
    for row in sorted(rows, key=lambda row: row[7] or date.min):
        plan = Plan(
            id=row[0], client_id=row[1], from_date=row[2], to_date=row[3], visit_limit=row[4], used_elsewhere=row[5]
        )  # fmt: skip
        _, lines = found.setdefault(row[1], (plan, []))
        if row[6] is not None:
            lines.append(
                Authorisation(client_id=row[1], plan_id=row[0], **dict(zip(_COUNTED, row[6:], strict=True)))
            )
    return found


def look_at_standings(clients: Sequence[UUID], *, today: date) -> Look[dict[UUID, Standing]]:
    """What a caseload, a day or a thread says of coverage, by client.

    One query for the plans that stand today, of which only what is counted is fetched; where there are any, one for
    their hours.
    """
    rows = Plan.objects.filter(client_id__in=clients, from_date__lte=today, to_date__gte=today).exclude(
        Q(client__practice__coverage_office__us_parts=False)
        | Q(client__practice__coverage_office__us_parts=None) & ~Q(client__practice__country="US")
    )

    @look(
        rows.values_list(
            "id", "client_id", "from_date", "to_date", "visit_limit", "used_elsewhere",
            *(f"authorisations__{name}" for name in _COUNTED),
        )
    )  # fmt: skip
    def read(told: list[tuple[Any, ...]]) -> dict[UUID, Standing]:
        plans = _current_plans(told)
        if not plans:
            return {}
        hours = held_hours(plans, since=min(plan.from_date for plan, _ in plans.values()))
        return {
            client: _standing(_page(plan, hours.get(client, []), today, lines, ()))
            for client, (plan, lines) in plans.items()
        }

    return read


def _standing(page: PlanPage) -> Standing:
    current = [line for line in page.lines if line.is_current]
    return Standing(
        sum(line.left for line in current) if current else None,
        sum(line.row.units for line in current) if current else None,
        tuple(w for line in current for w in line.warnings) + page.warnings,
    )


def standings(clients: Sequence[UUID], *, today: date) -> dict[UUID, Standing]:
    """The same, asked by itself."""
    return look_at_standings(clients, today=today).now()


def look_at_warnings(clients: Sequence[UUID], *, today: date) -> Look[dict[UUID, tuple[str, ...]]]:
    """What is warned of, by client; to be asked together with what else a page wants to know."""
    return look_at_standings(clients, today=today).then(
        lambda found: {client: one.warnings for client, one in found.items() if one.warnings}
    )


def warnings_for(clients: Sequence[UUID], *, today: date) -> dict[UUID, tuple[str, ...]]:
    """The same, asked by itself."""
    return look_at_warnings(clients, today=today).now()
