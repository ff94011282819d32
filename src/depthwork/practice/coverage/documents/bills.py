"""Superbill, invoice and statements: from attendance, charges and payments. Everything is read through `Taken`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.coverage.actions.plans import in_the_us
from depthwork.practice.coverage.documents.sheet import (
    NO_PROMISE,
    Made,
    claims_on,
    day_of,
    finish,
    head_of,
    in_english,
    in_the_practices_language,
    lacks_of_head,
    of_plan,
    part2_for,
    people,
    plan_on,
)
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import Taken
from depthwork.practice.coverage.models import Charge, Payment
from depthwork.practice.coverage.part2 import NEEDS
from depthwork.practice.coverage.queries import Account, Owed, account_of
from depthwork.practice.coverage.services import billed
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client
from depthwork.reports import blocks as b
from depthwork.wording import decimal

NOT_A_BILL = _("For reimbursement by a payer. This is not a bill, and no one has promised payment.")
POINTERS = "ABCDEFGHIJKL"
SERVICE_FIELDS = ("day", "started_at", "stopped_at", "length_minutes", "place")
FOR = {"hour": _("One hour"), "missed": _("A missed hour"), "other": _("Other")}


def account_between(client: Client, first: date, last: date) -> Account:
    """The charges of these days, or CoverageError where there is none."""
    if last < first:
        raise CoverageError(_("the last day lies before the first; look at the two dates"))
    account = account_of(client, first=first, last=last)
    if not account.lines:
        raise CoverageError(_("nothing was charged between these days; charge the hours first"))
    return account


def make(client: Client, *, by: Person, first: date, last: date, made_on: date) -> Made:
    """A superbill in the US, an invoice elsewhere.

    Raises CoverageError where the days are the wrong way round or nothing was charged between them.
    """
    account = account_between(client, first, last)
    taken = Taken()
    taken.each(Payment.objects.filter(charge__in=[one.row for one in account.lines]), "amount")
    build = _superbill if in_the_us(client) else _invoice
    return build(taken, client, account, by, first=first, last=last, made_on=made_on)


def _sum(amount: Decimal) -> str:
    return decimal(f"{amount:.2f}")


def _money(amount: Decimal, currency: str) -> str:
    return f"{_sum(amount)} {currency}"


def sums(account: Account, currency: str) -> b.Definitions:
    return b.Definitions(
        (
            (gettext("Charged"), _money(account.charged, currency)),
            (gettext("Paid"), _money(account.paid, currency)),
            (gettext("Open"), _money(account.balance, currency)),
        )
    )


def service_of(taken: Taken, one: Owed, claims: dict[str, Any]) -> tuple[Any, list[str]]:
    """How one charge is billed (None: it is no hour), with what a person should look at."""
    row = one.row
    taken.each([row], "on", "kind", "amount", "service")
    if row.kind != Charge.Kind.HOUR or row.session is None:
        return None, []
    taken.each([row.session], *SERVICE_FIELDS)
    found = billed(row.session, service=row.service, claims=claims)
    return found, [f"{day_of(row.on)}: {words}" for words in found.said]


def _service(
    taken: Taken, one: Owed, codes: list[str], claims: dict[str, Any]
) -> tuple[tuple[str, ...], list[str]]:
    """One row of a superbill, and what a person should look at in it."""
    found, said = service_of(taken, one, claims)
    place = code = modifiers = times = pointer = ""
    if found is None:
        code = "no code"
    else:
        place, modifiers = found.place, ", ".join(found.modifiers)
        code = ", ".join(f"{name} × {units}" for name, units in found.codes)
        times = "" if found.minutes is None else f"{found.minutes} min"
        pointer = POINTERS[: len(codes)] if code else ""
    cells = (
        day_of(one.row.on), place or "–", code or "none", modifiers or "–", times or "–", pointer or "–",
        f"{one.row.amount:.2f}", f"{one.paid:.2f}", f"{one.balance:.2f}",
    )  # fmt: skip
    return cells, said


@in_english
def _superbill(
    taken: Taken, client: Client, account: Account, by: Person, *, first: date, last: date, made_on: date
) -> Made:
    head = head_of(by, client)
    plan = plan_on(client, first, last)
    codes, claims, of_payer = of_plan(taken, plan)
    codes = codes[:12]
    lacks = [] if head is not None and head.npi and head.licence else [_("licence and NPI of the clinician")]
    if not codes:
        lacks.append(_("a diagnosis code of the plan"))
    elif all(code[0] in "ZR" for code in codes):
        lacks.append(_("codes of Z and R alone are often not reimbursed"))
    part2 = part2_for(client, plan, codes, claims)
    if not part2.is_allowed:
        lacks.append(NEEDS)
    rows = []
    for one in account.lines:
        cells, said = _service(taken, one, codes, claims)
        rows.append(cells)
        lacks += said
        if plan is not None and not plan.from_date <= one.row.on <= plan.to_date:
            lacks.append(_("%(day)s lies outside the plan year") % {"day": day_of(one.row.on)})
    blocks = [*people(taken, client, head, us=True, claims=claims), *of_payer, b.Heading("Diagnosis", 1)]
    blocks.append(
        b.Definitions(tuple(zip(POINTERS, codes, strict=False)))
        if codes
        else b.Paragraph("None given.", "quiet")
    )
    columns = ("Date", "Place", "Code", "Modifier", "Time", "Diagnosis", "Fee", "Paid", "Open")
    blocks += [
        b.Table(columns, tuple(rows), "Services"),
        sums(account, client.practice.currency),
        b.Notice("About this paper", f"{NOT_A_BILL} {NO_PROMISE}"),
        *part2.blocks(),
        b.Lines("Signature and date"),
    ]
    return finish(
        "Superbill", taken, client, blocks, lacks, made_on=made_on, for_whom="the client, for a payer",
        contains=f"Superbill, {day_of(first)} to {day_of(last)}",
    )  # fmt: skip


def _words(taken: Taken, row: Charge) -> str:
    taken.each([row], "on", "kind", "amount", "words")
    return row.words or str(FOR.get(row.kind, FOR["other"]))


@in_the_practices_language
def _invoice(
    taken: Taken, client: Client, account: Account, by: Person, *, first: date, last: date, made_on: date
) -> Made:
    head = head_of(by, client)
    rows = [
        (
            day_of(one.row.on),
            _words(taken, one.row),
            _sum(one.row.amount),
            _sum(one.paid),
            _sum(one.balance),
        )
        for one in account.lines
    ]
    blocks = [
        *people(taken, client, head, us=False, claims={}),
        b.Table(
            (gettext("Date"), gettext("For"), gettext("Fee"), gettext("Paid"), gettext("Open")),
            tuple(rows),
            gettext("Hours"),
        ),
        sums(account, client.practice.currency),
    ]
    return finish(
        gettext("Invoice"), taken, client, blocks, lacks_of_head(head, us=False), made_on=made_on, for_whom=gettext("the client"),
        contains=gettext("Invoice, %(first)s to %(last)s") % {"first": day_of(first), "last": day_of(last)}, us=False,
    )  # fmt: skip


@in_the_practices_language
def statement(client: Client, *, by: Person, first: date, last: date, made_on: date) -> Made:
    """What was asked and received between two days, in order, with the balance after each."""
    if last < first:
        raise CoverageError(_("the last day lies before the first; look at the two dates"))
    taken, head, currency = Taken(), head_of(by, client), client.practice.currency
    charges = list(Charge.objects.filter(client=client, on__lte=last).select_related("client"))
    payments = list(Payment.objects.filter(client=client, on__lte=last).select_related("client"))
    if not any(row.on >= first for row in (*charges, *payments)):
        raise CoverageError(_("nothing was charged or received between these days"))
    moves: list[tuple[date, int, str, Decimal, Decimal]] = []
    for charge in charges:
        words = _words(taken, charge) if charge.on >= first else ""
        moves.append((charge.on, 0, words, charge.amount, Decimal(0)))
    for row in payments:
        taken.each([row], "on", "amount", "source")
        moves.append(
            (
                row.on,
                1,
                gettext("Received from %(who)s") % {"who": row.get_source_display()},
                Decimal(0),
                row.amount,
            )
        )
    taken.each(charges, "on", "amount")
    moves.sort(key=lambda one: one[:2])
    before = sum((asked - got for on, _, _, asked, got in moves if on < first), Decimal("0.00"))
    balance, rows = before, [(day_of(first), gettext("Balance brought forward"), "", "", _sum(before))]
    for on, _order, words, asked, got in moves:
        if on < first:
            continue
        balance += asked - got
        rows.append(
            (
                day_of(on),
                words,
                _sum(asked) if asked else "",
                _sum(got) if got else "",
                _sum(balance),
            )
        )
    us = in_the_us(client)
    blocks = [
        *people(taken, client, head, us=us, claims=claims_on(taken, client, first, last)),
        b.Table(
            (gettext("Date"), gettext("For"), gettext("Asked"), gettext("Received"), gettext("Balance")),
            tuple(rows),
            gettext("Amounts in %(currency)s") % {"currency": currency},
        ),
        b.Definitions(((gettext("Open on %(day)s") % {"day": day_of(last)}, _money(balance, currency)),)),
    ]
    return finish(
        gettext("Statement of account"), taken, client, blocks, lacks_of_head(head, us=us), made_on=made_on, for_whom=gettext("the client"),
        contains=gettext("Statement of account, %(first)s to %(last)s") % {"first": day_of(first), "last": day_of(last)}, us=us,
    )  # fmt: skip


@in_the_practices_language
def year(client: Client, *, by: Person, of: int, made_on: date) -> Made:
    """What was asked and received in one calendar year, month by month: for the client's own papers."""
    taken, head, currency = Taken(), head_of(by, client), client.practice.currency
    first, last = date(of, 1, 1), date(of, 12, 31)
    charges = list(Charge.objects.filter(client=client, on__range=(first, last)).select_related("client"))
    payments = list(Payment.objects.filter(client=client, on__range=(first, last)).select_related("client"))
    if not charges and not payments:
        raise CoverageError(_("nothing was charged or received in %(year)s") % {"year": of})
    taken.each(charges, "on", "kind", "amount")
    taken.each(payments, "on", "amount", "source")
    rows, zero = [], Decimal("0.00")
    for month in range(1, 13):
        asked = [row for row in charges if row.on.month == month]
        got = [row for row in payments if row.on.month == month]
        if not asked and not got:
            continue
        rows.append((
            in_words(date(of, month, 1), "F"),
            str(sum(1 for row in asked if row.kind == Charge.Kind.HOUR)),
            _sum(sum((row.amount for row in asked), zero)),
            _sum(sum((row.amount for row in got if row.source == 'client'), zero)),
            _sum(sum((row.amount for row in got if row.source == 'payer'), zero)),
        ))  # fmt: skip
    total = {
        source: sum((row.amount for row in payments if row.source == source), zero)
        for source in ("client", "payer")
    }
    us = in_the_us(client)
    blocks = [
        *people(taken, client, head, us=us, claims=claims_on(taken, client, first, last)),
        b.Table(
            (
                gettext("Month"),
                gettext("Hours"),
                gettext("Asked"),
                gettext("From the client"),
                gettext("From the payer"),
            ),
            tuple(rows),
            gettext("Amounts in %(currency)s") % {"currency": currency},
        ),
        b.Definitions(
            (
                (gettext("Asked"), _money(sum((row.amount for row in charges), zero), currency)),
                (gettext("From the client"), _money(total["client"], currency)),
                (gettext("From the payer"), _money(total["payer"], currency)),
            )
        ),
        b.Paragraph(
            gettext("By the day on which an amount was received, not of the hour it was for."), "quiet"
        ),
        b.Lines(gettext("Signature and date")),
    ]
    return finish(
        gettext("Statement for %(year)s") % {"year": of}, taken, client, blocks, lacks_of_head(head, us=us), made_on=made_on,
        for_whom=gettext("the client"), contains=gettext("Yearly statement, %(year)s") % {"year": of}, us=us,
    )  # fmt: skip
