"""Plans, authorisations, how they are known, and fees of the fiction. Units are counted from its hours, not copied."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from depthwork.interchange.session_codes import npi_is_valid
from depthwork.practice.coverage import actions
from depthwork.practice.coverage.models import Charge, PayerPlan, Payment, Plan
from depthwork.practice.treatments.models import Client, Goal
from depthwork.practice.ui.fiction.book import Book

WAYS = {"telephone": "telephone", "letter": "letter", "website": "website"}


def fill(book: Book) -> None:
    _letterheads(book)
    for slug, facts in book.clients.items():
        about, client = facts.get("coverage") or {}, book.rows.get(slug)
        if client is None:
            continue
        with book.as_clinician(slug) as clinician:
            if about.get("payer"):
                plan = _plan(book, slug, about, client)
                _authorised(book, slug, about, plan)
                _known(book, slug, about, plan)
                _asked(book, slug, about, plan)
                if about.get("letter"):
                    _letter(book, slug, about["letter"], plan)
            for told in about.get("payer_plan") or []:
                _payer_plan(book, slug, told)
            if about.get("good_faith_estimate"):
                _estimates(book, slug, about["good_faith_estimate"], client)
            actions.charge_hours(client=client, by=clinician, until=book.today)
            _paid(about, client, until=book.today)


def _letterheads(book: Book) -> None:
    practice = book.facts["practice"]
    npi = str(practice.get("npi") or "")
    actions.set_office(
        practice=book.practice,
        by=book.people["fonoti"],
        npi=npi if npi_is_valid(npi) else "",
        sender="ROPEWALK",
    )
    for facts in book.facts["people"]:
        profile = facts.get("profile") or {}
        if not profile.get("licence"):
            continue
        name = facts["name"]
        actions.set_letterhead(
            by=book.people[facts["slug"]],
            legal_name=f"{name['given']} {name['family']}, {profile.get('credentials', '')}".rstrip(", "),
            licence=profile["licence"],
            npi=str(profile.get("npi") or ""),
            practice_name=practice["name"],
            address=practice["address"],
            phone=practice["phone"],
            tax_id=str(practice.get("ein") or ""),
        )


def _year(book: Book, slug: str, about: dict[str, Any]) -> tuple[date, date]:
    """The plan year as told; where nothing is told, the year from the first hour."""
    told = about.get("plan_year")
    if told:
        return book.day(slug, told["from_week"]), book.day(slug, told["to_week"])
    first = book.day(slug, 0)
    return first, first + timedelta(days=364)


def _plan(book: Book, slug: str, about: dict[str, Any], client: Client) -> Plan:
    first, last = _year(book, slug, about)
    deductible = about.get("deductible") or {}
    terms = {
        "copay": about.get("copay"),
        "deductible": deductible.get("individual"),
        "deductible_met": deductible.get("met"),
    }
    part2 = about.get("substance_use") or {}
    claims = {
        "payer_id": about.get("payer_id"),
        "group": about.get("group"),
        "born": str(about.get("born_on") or ""),
        "sex": about.get("sex"),
        "part2": bool(part2),
        "part2_consent_on": book.day(slug, part2["consent_week"]).isoformat() if part2 else "",
        "part2_scope": part2.get("scope"),
    }
    return actions.add_plan(
        client=client,
        by=book.clinician(slug),
        payer=about["payer"],
        from_date=first,
        to_date=last,
        network=about.get("network") or "unknown",
        member_id=about.get("member_id") or "",
        diagnosis=about.get("diagnosis") or (),
        visit_limit=about.get("visit_limit"),
        terms={name: Decimal(str(value)) for name, value in terms.items() if value is not None},
        claims=claims,
    )


def _authorised(book: Book, slug: str, about: dict[str, Any], plan: Plan) -> None:
    for one in about.get("authorisations") or []:
        actions.add_authorisation(
            plan=plan,
            by=book.clinician(slug),
            number=one["number"],
            codes=one["codes"],
            units=one["units"],
            from_date=book.day(slug, one["from_week"]),
            to_date=book.day(slug, one["to_week"]),
        )


def _known(book: Book, slug: str, about: dict[str, Any], plan: Plan) -> None:
    told = about.get("verification")
    if not told:
        return
    actions.add_verification(
        plan=plan,
        by=book.people.get(told.get("by", "")) or book.clinician(slug),
        on=book.day(slug, told["week"]),
        how=WAYS.get(told["how"], "letter"),
        words={
            "with": told.get("with") or "not named",
            "reference": told["reference"],
            "time": str(told.get("time") or ""),
            "note": told.get("note") or told.get("words") or "",
        },
    )


def _asked(book: Book, slug: str, about: dict[str, Any], plan: Plan) -> None:
    """A question that was written as a file, and the answer that came back, segment by segment."""
    by, zone = book.clinician(slug), ZoneInfo(book.practice.time_zone)
    if asked := about.get("asked"):
        day = book.day(slug, asked["week"])
        at = datetime.combine(day, time(9, 40), zone)
        actions.ask_payer(plan=plan, by=by, services=asked["services"], on=day, made_at=at)
    if told := about.get("answer"):
        body = ["ST*271*0001*005010X279A1", *told["segments"]]
        body += [f"SE*{len(body) + 1}*0001", "GE*1*1", "IEA*1*000000001"]
        day = book.day(slug, told["week"])
        head = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'NORTHLIGHT':15}*ZZ*{'ROPEWALK':15}*{day:%y%m%d}*0941*^*00501*000000001*0*P*:"
        group = f"GS*HB*NORTHLIGHT*ROPEWALK*{day:%Y%m%d}*0941*1*X*005010X279A1"
        actions.keep_answer(plan=plan, by=by, on=day, raw=("~".join([head, group, *body]) + "~").encode())


def _payer_plan(book: Book, slug: str, told: dict[str, Any]) -> None:
    """One version of the plan in the payer's words; a goal names the aim it translates by the aim's words."""
    treatment = book.treatments[slug]
    aims = {
        goal.words: str(goal.id) for goal in Goal.objects.filter(treatment=treatment).select_related("client")
    }
    actions.keep_payer_plan(
        treatment=treatment,
        by=book.clinician(slug),
        from_date=book.day(slug, told["week"]),
        review_on=book.day(slug, told["review_week"]),
        words={part: told[part] for part in PayerPlan.PARTS if told.get(part)},
        goals=[{**goal, "aim": aims.get(goal.get("aim"), "")} for goal in told["goals"]],
        number=PayerPlan.objects.filter(treatment=treatment).count(),
    )


def _letter(book: Book, slug: str, told: dict[str, Any], plan: Plan) -> None:
    words = {name: value for name, value in told.items() if name != "week"}
    actions.write_letter(plan=plan, by=book.clinician(slug), on=book.day(slug, told["week"]), words=words)


def _estimates(book: Book, slug: str, told: dict[str, Any], client: Client) -> None:
    """The first estimate and each that took its place; given on the day by which it was due."""
    for week in (told["given_week"], *(told.get("renewed_weeks") or ())):
        first = book.day(slug, week)
        row = actions.estimate(
            client=client,
            by=book.clinician(slug),
            booked_on=first - timedelta(weeks=3),
            first_day=first,
            last_day=first + timedelta(weeks=52, days=-1),
            lines=[("90834", told["sessions"], Decimal(str(told["fee"])))],
        )
        if row.due_on and row.due_on <= book.today:
            actions.estimate_given(row=row, by=book.clinician(slug), on=row.due_on)


def _paid(about: dict[str, Any], client: Client, *, until: date) -> None:
    """What is due from the client was paid up to last month: the co-payment, or the fee of those who pay directly."""
    share = about.get("copay") if about.get("payer") else None
    if about.get("payer") and share is None:
        return
    rows = []
    for charge in Charge.objects.filter(client=client, on__lt=until.replace(day=1)):
        amount = charge.amount if share is None else min(charge.amount, Decimal(share))
        if amount > 0:
            rows.append(Payment(client=client, charge=charge, on=charge.on, amount=amount))
        rest = charge.amount - amount
        paid_on = charge.on + timedelta(weeks=5)
        if about.get("paid_by_payer") and rest > 0 and paid_on < until:
            rows.append(
                Payment(client=client, charge=charge, on=paid_on, amount=rest, source=Payment.Source.PAYER)
            )
    Payment.objects.bulk_create(rows)
