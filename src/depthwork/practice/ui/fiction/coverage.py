"""Plans, authorisations, how they are known, and fees of the fiction. Units are counted from its hours, not copied."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from depthwork.practice.coverage import actions
from depthwork.practice.coverage.models import Charge, Payment, Plan
from depthwork.practice.treatments.models import Client
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
            actions.charge_hours(client=client, by=clinician, until=book.today)
            _paid(about, client, until=book.today)


def _letterheads(book: Book) -> None:
    practice = book.facts["practice"]
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
    return first, first + timedelta(weeks=52, days=-1)


def _plan(book: Book, slug: str, about: dict[str, Any], client: Client) -> Plan:
    first, last = _year(book, slug, about)
    deductible = about.get("deductible") or {}
    terms = {
        "copay": about.get("copay"),
        "deductible": deductible.get("individual"),
        "deductible_met": deductible.get("met"),
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
    Payment.objects.bulk_create(rows)
