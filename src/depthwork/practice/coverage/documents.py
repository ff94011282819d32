"""Superbill and invoice: from attendance, charges and payments. Everything is read through `Taken`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from depthwork.interchange.session_codes import CodeError
from depthwork.practice.coverage.actions.plans import in_the_us
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import Line, Taken, in_words
from depthwork.practice.coverage.models import Charge, Letterhead, Payment, Plan
from depthwork.practice.coverage.queries import Account, Owed, account_of, coded
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client
from depthwork.reports import blocks as b

PLACES = {"office": "11", "video": "10", "phone": "10"}  # telehealth at home; never 11
NOT_A_BILL = "For reimbursement by a payer. This is not a bill, and no one has promised payment."


@dataclass(frozen=True, slots=True)
class Made:
    """A document with what it was made from and what it lacks."""

    document: b.Document
    manifest: tuple[Line, ...]
    lacks: tuple[str, ...]


def make(client: Client, *, by: Person, first: date, last: date, made_on: date) -> Made:
    """A superbill in the US, an invoice elsewhere.

    Raises CoverageError where the days are the wrong way round or nothing was charged between them.
    """
    if last < first:
        raise CoverageError("the last day lies before the first; look at the two dates")
    account = account_of(client, first=first, last=last)
    if not account.lines:
        raise CoverageError("nothing was charged between these days; charge the hours first")
    head = Letterhead.objects.filter(person=by).first()
    taken = Taken()
    taken.each(Payment.objects.filter(charge__in=[one.row for one in account.lines]), "amount")
    build = _superbill if in_the_us(client) else _invoice
    return build(taken, client, account, head, first=first, last=last, made_on=made_on)


def _people(taken: Taken, client: Client, head: Letterhead | None, *, us: bool) -> list[b.Block]:
    contact = taken.of(client, "contact") or {}
    born = (taken.of(client, "details") or {}).get("born") if us else None
    who = [
        ("Client", taken.of(client, "name") or ""),
        ("Address", str(contact.get("address") or "not given")),
    ]
    if us:
        who.append(("Born", str(born or "not given")))
    own: list[tuple[str, str]] = []
    if head is not None:
        fields = [
            ("Clinician", "legal_name"),
            ("Practice", "practice_name"),
            ("Address", "address"),
            ("Telephone", "phone"),
        ]
        if us:
            fields += [("Licence", "licence"), ("NPI", "npi"), ("Tax number", "tax_id")]
        own = [(label, str(taken.of(head, name) or "not given")) for label, name in fields]
    return [b.Definitions(tuple(own)), b.Definitions(tuple(who))] if own else [b.Definitions(tuple(who))]


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _sums(account: Account, currency: str) -> b.Definitions:
    return b.Definitions(
        (
            ("Charged", f"{account.charged:.2f} {currency}"),
            ("Paid", f"{account.paid:.2f} {currency}"),
            ("Open", f"{account.balance:.2f} {currency}"),
        )
    )


def _service(taken: Taken, one: Owed, codes: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """One row of a superbill, and what a person should look at in it."""
    row, said = one.row, []
    taken.each([row], "on", "kind", "amount")
    place = code = times = ""
    if row.kind == Charge.Kind.HOUR and row.session is not None:
        session = row.session
        taken.each([session], "day", "started_at", "stopped_at", "length_minutes", "place")
        place = PLACES.get(session.place, "")
        try:
            found = coded(session, frame_minutes=session.length_minutes)
        except CodeError:
            said.append(f"{_day(row.on)}: no code without start and stop; write them into the hour")
        else:
            code = ", ".join(f"{name} × {units}" for name, units in found.codes)
            times = f"{found.minutes} min"
            said += [f"{_day(row.on)}: {words}" for words in found.warnings]
    else:
        code = "no code"
    pointer = "".join("ABCDEFGHIJKL"[: len(codes)]) if code and code != "no code" else ""
    cells = (
        _day(row.on), place or "–", code or "none", times or "–", pointer or "–",
        f"{row.amount:.2f}", f"{one.paid:.2f}", f"{one.balance:.2f}",
    )  # fmt: skip
    return cells, said


def _superbill(
    taken: Taken,
    client: Client,
    account: Account,
    head: Letterhead | None,
    *,
    first: date,
    last: date,
    made_on: date,
) -> Made:
    plan = (
        Plan.objects.filter(client=client, from_date__lte=last, to_date__gte=first)
        .select_related("client")
        .first()
    )
    codes = list((taken.of(plan, "diagnosis") or []) if plan else [])[:12]
    lacks: list[str] = []
    if head is None or not (head.npi and head.licence):
        lacks.append("licence and NPI of the clinician")
    if not codes:
        lacks.append("a diagnosis code of the plan")
    if any(code[:2] == "F1" for code in codes):
        lacks.append(
            "a diagnosis of substance use may stand under 42 CFR Part 2: it goes to a payer only with the client's written yes"
        )
    rows = []
    for one in account.lines:
        cells, said = _service(taken, one, codes)
        rows.append(cells)
        lacks += said
        if plan is not None and not plan.from_date <= one.row.on <= plan.to_date:
            lacks.append(f"{_day(one.row.on)} lies outside the plan year")
    blocks = _people(taken, client, head, us=True)
    if plan is not None:
        payer, member = taken.of(plan, "payer") or "", taken.of(plan, "member_id") or "not given"
        blocks.append(b.Definitions((("Payer", payer), ("Member", member))))
    blocks.append(b.Heading("Diagnosis", 1))
    blocks.append(
        b.Definitions(tuple(zip("ABCDEFGHIJKL", codes, strict=False)))
        if codes
        else b.Paragraph("None given.", "quiet")
    )
    blocks.append(
        b.Table(
            ("Date", "Place", "Code", "Time", "Diagnosis", "Fee", "Paid", "Open"), tuple(rows), "Services"
        )
    )
    blocks += [
        _sums(account, client.practice.currency),
        b.Notice("About this paper", NOT_A_BILL),
        b.Lines("Signature and date"),
    ]
    return _finish(
        "Superbill",
        taken,
        client,
        blocks,
        lacks,
        first=first,
        last=last,
        made_on=made_on,
        for_whom="the client, for a payer",
    )


def _invoice(
    taken: Taken,
    client: Client,
    account: Account,
    head: Letterhead | None,
    *,
    first: date,
    last: date,
    made_on: date,
) -> Made:
    rows = []
    for one in account.lines:
        taken.each([one.row], "on", "kind", "amount", "words")
        what = one.row.words or {"hour": "One hour", "missed": "A missed hour"}.get(one.row.kind, "Other")
        rows.append(
            (_day(one.row.on), what, f"{one.row.amount:.2f}", f"{one.paid:.2f}", f"{one.balance:.2f}")
        )
    blocks = _people(taken, client, head, us=False)
    blocks.append(b.Table(("Date", "For", "Fee", "Paid", "Open"), tuple(rows), "Hours"))
    blocks.append(_sums(account, client.practice.currency))
    lacks = [] if head is not None else ["name and address of the clinician"]
    return _finish(
        "Invoice",
        taken,
        client,
        blocks,
        lacks,
        first=first,
        last=last,
        made_on=made_on,
        for_whom="the client",
    )


def _finish(
    title: str, taken: Taken, client: Client, blocks: list[b.Block], lacks: list[str],
    *, first: date, last: date, made_on: date, for_whom: str,
) -> Made:  # fmt: skip
    manifest = taken.manifest()
    blocks += [
        b.Heading("What this was made from", 1),
        b.Paragraph("Fields and the number of rows read. No process note was open.", "quiet"),
        b.Table(("Of", "Fields", "Kept", "Rows"), in_words(manifest)),
    ]
    document = b.Document(
        title=title,
        compartment="administration",
        about=client.initials,
        contains=f"{title}, {_day(first)} to {_day(last)}",
        for_whom=for_whom,
        made_on=made_on,
        blocks=tuple(blocks),
        paper="us-letter" if title == "Superbill" else "a4",
    )
    return Made(document, manifest, tuple(dict.fromkeys(lacks)))
