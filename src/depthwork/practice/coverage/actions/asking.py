"""Write a question about benefits as a file (270). Nothing is sent from here."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from depthwork.interchange.x12 import Inquiry, X12Error, write_270
from depthwork.practice.coverage.actions.plans import office_of
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Asking, Letterhead, Office, Plan
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Client


def plain(text: str) -> str:
    """Letters as this format takes them: accents left off, other signs as a space."""
    parts = unicodedata.normalize("NFKD", text).replace("’", "'")
    kept = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join(
        "".join(c if c.isascii() and (c.isalnum() or c in " '-.,&/()") else " " for c in kept).split()
    )


def names_of(client: Client) -> tuple[str, str]:
    """Family name and given names: the last word, and what stands before it."""
    words = (client.name or "").split()
    return (words[-1], " ".join(words[:-1])) if len(words) > 1 else (words[0] if words else "", "")


def born_of(client: Client, claims: dict[str, Any]) -> date | None:
    """The day of birth as it stands in the plan, or with the client; a bare year is none."""
    try:
        return date.fromisoformat(str(claims.get("born") or (client.details or {}).get("born") or ""))
    except ValueError:
        return None


def _whole_day(said: Any, whose: str) -> date:
    try:
        return date.fromisoformat(str(said or ""))
    except ValueError:
        raise CoverageError(
            _("the payer asks for the day of birth of %(whose)s; write day, month and year")
            % {"whose": whose}
        ) from None


def inquiry_for(plan: Plan, *, by: Person, services: Sequence[str], on: date, control: int) -> Inquiry:
    """What is asked, from the plan and the letterhead; CoverageError names what is missing."""
    claims, client = plan.claims or {}, plan.client
    head = Letterhead.objects.filter(person=by).first()
    office = office_of(client.practice)
    npi = office.npi or (head.npi if head else "")
    missing = [
        words
        for held, words in (
            (npi, _("the NPI, in your letterhead")),
            (plan.member_id, _("the member number, in the plan")),
            (claims.get("payer_id"), _("the payer’s own number, in the plan")),
        )
        if not held
    ]
    if missing:
        raise CoverageError(_("the question needs %(what)s") % {"what": _(", and ").join(missing)})
    family, given = names_of(client)
    born = born_of(client, claims) or _whole_day(None, _("the client"))
    holder = claims.get("insured") or {}
    is_self = (claims.get("relation") or "self") == "self"
    own = (plain(family), plain(given), born)
    return Inquiry(
        payer_name=plain(plan.payer or ""),
        payer_id=str(claims["payer_id"]),
        provider_name=plain((head.practice_name or head.legal_name) if head else client.practice.name),
        provider_npi=npi,
        member_id=plan.member_id or "",
        family=own[0] if is_self else plain(str(holder.get("family") or "")),
        given=own[1] if is_self else plain(str(holder.get("given") or "")),
        born=born if is_self else _whole_day(holder.get("born"), _("the person insured")),
        service_date=on,
        service_types=tuple(services),
        sender=office.sender or "SENDER",
        receiver=office.receiver or "RECEIVER",
        trace=f"{control:09d}",
        # The trace company is ten signs; an NPI is exactly that.
        trace_company=npi,
        dependent=None if is_self else own,
    )


@transaction.atomic
def ask_payer(
    *, plan: Plan, by: Person, services: Sequence[str], on: date, made_at: datetime
) -> tuple[Asking, str]:
    """A 270 as text, and that it was written. Control numbers of a practice never come twice."""
    practice = plan.client.practice
    Office.objects.get_or_create(practice=practice)
    Office.objects.filter(practice=practice).update(last_control=F("last_control") + 1)
    office = Office.objects.get(practice=practice)
    ask = inquiry_for(plan, by=by, services=services, on=on, control=office.last_control)
    try:
        text = write_270(
            ask, made_at=made_at, control=office.last_control, test=not (office.sender and office.receiver)
        )
    except X12Error as error:
        raise CoverageError(str(error)) from None
    row = Asking(
        client=plan.client, plan=plan, on=made_at.date(), by=by, control=office.last_control,
        words={"services": list(services), "day": on.isoformat()},
    )  # fmt: skip
    row.save(force_insert=True)
    note("coverage.asked", row, by=by)
    return row, text
