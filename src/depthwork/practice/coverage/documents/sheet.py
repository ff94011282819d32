"""What the papers share: head, sums, the notice under Part 2, and the foot that says what each was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.coverage.actions.plans import in_the_us, office_of
from depthwork.practice.coverage.manifest import Line, Taken
from depthwork.practice.coverage.manifest import in_words as manifest_in_words
from depthwork.practice.coverage.models import Letterhead, Plan
from depthwork.practice.coverage.part2 import Part2, part2_of
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import current_treatment
from depthwork.reports import blocks as b

READ = _("Fields and the number of rows read. No process note was open.")
NO_PROMISE = _("What a payer has said is not a guarantee of payment.")


def claims_on(taken: Taken, client: Client, first: date, last: date) -> dict[str, Any]:
    """What claims ask of the plan of these days; empty where there is none."""
    plan = plan_on(client, first, last)
    return (taken.of(plan, "claims") or {}) if plan is not None else {}


@dataclass(frozen=True, slots=True)
class Made:
    """A document with what it was made from and what it lacks. `data`: the same as plain data, where there is such."""

    document: b.Document
    manifest: tuple[Line, ...]
    lacks: tuple[str, ...]
    data: Any = None
    language: str = "en"


Paper = TypeVar("Paper", bound=Callable[..., Made])


def in_english(make: Paper) -> Paper:
    """A paper for a payer in the US: its forms and the law it quotes are in English, so all of it is."""

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Made:
        with translation.override("en"):
            return make(*args, **kwargs)

    return cast(Paper, made)


def in_the_practices_language(make: Paper) -> Paper:
    """A paper for a client speaks as the practice does, whatever language its maker reads in."""

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Made:
        client = next(one for one in (*args, *kwargs.values()) if isinstance(one, Client))
        with translation.override(client.practice.language or None):
            return make(*args, **kwargs)

    return cast(Paper, made)


def day_of(day: date) -> str:
    """A day in a column: by figures in English, which reads days in two orders, else as the language writes it."""
    return (
        f"{day:%Y-%m-%d}" if (translation.get_language() or "en").startswith("en") else in_words(day, "j M Y")
    )


def people(
    taken: Taken, client: Client, head: Letterhead | None, *, us: bool, claims: dict[str, Any]
) -> list[b.Block]:
    """Who treats, and who is treated."""
    contact = taken.of(client, "contact") or {}
    who = [
        (gettext("Client"), taken.of(client, "name") or ""),
        (gettext("Address"), str(contact.get("address") or gettext("not given"))),
    ]
    if us:
        born = claims.get("born") or (taken.of(client, "details") or {}).get("born")
        who.append((gettext("Born"), str(born or gettext("not given"))))
    if head is None:
        return [b.Definitions(tuple(who))]
    fields = [
        (gettext("Clinician"), "legal_name"),
        (gettext("Practice"), "practice_name"),
        (gettext("Address"), "address"),
        (gettext("Telephone"), "phone"),
    ]
    if us:
        fields += [(gettext("Licence"), "licence"), ("NPI", "npi"), (gettext("Tax number"), "tax_id")]
    own = [(label, str(taken.of(head, name) or gettext("not given"))) for label, name in fields]
    office = office_of(client.practice)
    if us and office.npi:
        own.append((gettext("NPI of the practice"), str(taken.of(office, "npi"))))
    return [b.Definitions(tuple(own)), b.Definitions(tuple(who))]


def plan_on(client: Client, first: date, last: date) -> Plan | None:
    """The plan year that these days lie in; of two, the later."""
    rows = Plan.objects.filter(client=client, from_date__lte=last, to_date__gte=first)
    return rows.select_related("client__practice").first() if in_the_us(client) else None


def of_plan(taken: Taken, plan: Plan | None) -> tuple[list[str], dict[str, Any], list[b.Block]]:
    """The plan's diagnosis codes, what its claims ask, and the lines that name it."""
    if plan is None:
        return [], {}, []
    codes = list(taken.of(plan, "diagnosis") or [])
    claims = taken.of(plan, "claims") or {}
    payer, member = taken.of(plan, "payer") or "", taken.of(plan, "member_id") or gettext("not given")
    return codes, claims, [b.Definitions(((gettext("Payer"), payer), (gettext("Member"), member)))]


def part2_behind(client: Client) -> Part2:
    """Whether 42 CFR Part 2 stands behind the record of this client: any plan of theirs, or the practice itself."""
    plans = list(Plan.objects.filter(client=client).order_by("from_date", "id"))
    codes = [str(code) for plan in plans for code in plan.diagnosis or []]
    claims = [plan.claims or {} for plan in plans]
    says = next((one for one in reversed(claims) if one.get("part2")), claims[-1] if claims else {})
    return part2_for(client, plans[-1] if plans else None, codes, says)


def part2_for(
    client: Client, plan: Plan | None, codes: list[str], claims: dict[str, Any], *, measures: bool = False
) -> Part2:
    """Whether 42 CFR Part 2 stands behind a paper of this client."""
    if not in_the_us(client):
        return Part2(False, "", "")
    return part2_of(
        is_programme=office_of(client.practice).is_part2,
        codes=codes,
        claims=claims,
        plan=plan,
        measures=measures,
    )


def head_of(person: Any, client: Client) -> Letterhead | None:
    """The maker's own letterhead, or that of the clinician for whom the office makes a paper."""
    treatment = current_treatment(client)
    own = Letterhead.objects.filter(person=person).first()
    if own is None and treatment is not None:
        return Letterhead.objects.filter(person=treatment.clinician_id).first()
    return own


def lacks_of_head(head: Letterhead | None, *, us: bool) -> list[str]:
    """What the head of a paper should say and does not."""
    if head is None:
        return [_("name and address of the clinician")]
    return [] if not us or (head.npi and head.licence) else [_("licence and NPI of the clinician")]


def finish(
    title: str, taken: Taken, client: Client, blocks: list[b.Block], lacks: list[str],
    *, contains: str, for_whom: str, made_on: date, record: bool = False, us: bool = True, data: Any = None,
) -> Made:  # fmt: skip
    """The foot: which rows and fields were read. Then the whole."""
    manifest = taken.manifest()
    blocks += [
        b.Heading(gettext("What this was made from"), 1),
        b.Table(
            (gettext("Of"), gettext("Fields"), gettext("Kept"), gettext("Rows")),
            manifest_in_words(manifest),
            str(READ),
        ),
    ]
    document = b.Document(
        title=title,
        compartment="record" if record else "administration",
        about=client.initials,
        contains=contains,
        for_whom=for_whom,
        made_on=made_on,
        blocks=tuple(blocks),
        paper="us-letter" if us else "a4",
    )
    return Made(document, manifest, tuple(dict.fromkeys(lacks)), data, translation.get_language() or "en")
