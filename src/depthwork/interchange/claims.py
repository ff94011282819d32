"""The data of a professional claim (CMS-1500), box by box. The form itself is not drawn here.

A claim takes six service lines, twelve diagnoses, and one authorisation number; what does not fit goes into a
further claim. A missed hour is no service and is never put into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

LINES = 6
DIAGNOSES = 12
POINTERS = "ABCDEFGHIJKL"
LONGEST_POINTER = 4
RELATIONS = ("self", "spouse", "child", "other")


class ClaimError(ValueError):
    """What keeps a claim from being made, and the mend."""


@dataclass(frozen=True, slots=True)
class Service:
    """One hour as a payer counts it."""

    on: date
    place: str
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: Decimal
    paid: Decimal
    authorisation: str = ""


@dataclass(frozen=True, slots=True)
class Someone:
    """The client, or the person who holds the policy."""

    family: str
    given: str
    born: date | None
    sex: str
    address: str


@dataclass(frozen=True, slots=True)
class Biller:
    """Who asks for payment, and who held the hours."""

    name: str
    npi: str
    tax_id: str
    address: str
    phone: str
    practice: str
    practice_npi: str
    account: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: the boxes in their order, as (box, what stands in it), and the service lines."""

    boxes: tuple[tuple[str, str], ...]
    lines: tuple[tuple[tuple[str, str], ...], ...]
    total: Decimal
    paid: Decimal

    def as_data(self) -> dict[str, Any]:
        """Plain data for a file."""
        return {"boxes": dict(self.boxes), "24": [dict(line) for line in self.lines]}


def _day(day: date | None) -> str:
    return f"{day:%m/%d/%Y}" if day else ""


def _name(who: Someone) -> str:
    return ", ".join(part for part in (who.family, who.given) if part)


def _line(service: Service, pointer: str, npi: str) -> tuple[tuple[str, str], ...]:
    return (
        ("24A", f"{_day(service.on)} {_day(service.on)}"),
        ("24B", service.place),
        ("24D", " ".join((service.code, *service.modifiers))),
        ("24E", pointer),
        ("24F", f"{service.charge:.2f}"),
        ("24G", str(service.units)),
        ("24J", npi),
    )


def claims_of(
    services: Iterable[Service],
    *,
    client: Someone,
    insured: Someone,
    relation: str,
    member_id: str,
    group: str,
    payer: str,
    diagnoses: Sequence[str],
    biller: Biller,
    referring: str = "",
    assignment: bool = True,
    made_on: date,
) -> tuple[Claim, ...]:
    """Claims for these services, by authorisation and six lines each.

    Parameters
    ----------
    services : iterable of Service
        Held hours with a code; those without one have no place in a claim.
    relation : {"self", "spouse", "child", "other"}
        Of the client to the insured.
    diagnoses : sequence of str
        ICD-10-CM codes, the first being the main one. The first four are pointed at.

    Raises
    ------
    ClaimError
        If there is no service or no diagnosis, more than twelve diagnoses, or an unknown relation.

    Notes
    -----
    1. Signatures (12, 13, 31) say where they are kept; nothing is signed by a program.
    2. Amounts stand with their point; a payer's own file format may ask for cents.
    """
    rows = list(services)
    if not rows:
        raise ClaimError("no hour of these days has a code; write start and stop into the hours first")
    if not diagnoses:
        raise ClaimError("a claim needs a diagnosis code; write it into the plan")
    if len(diagnoses) > DIAGNOSES:
        raise ClaimError("a claim holds twelve diagnosis codes; leave out what is not treated")
    if relation not in RELATIONS:
        raise ClaimError(f"the relation to the insured is one of: {', '.join(RELATIONS)}")
    pointer = POINTERS[: min(len(diagnoses), LONGEST_POINTER)]
    by_number: dict[str, list[Service]] = {}
    for row in sorted(rows, key=lambda one: one.on):
        by_number.setdefault(row.authorisation, []).append(row)
    found = []
    for number, group_rows in by_number.items():
        for at in range(0, len(group_rows), LINES):
            some = group_rows[at : at + LINES]
            total = sum((one.charge for one in some), Decimal("0.00"))
            paid = sum((one.paid for one in some), Decimal("0.00"))
            boxes = (
                ("1a", member_id),
                ("2", _name(client)),
                ("3", " ".join(filter(None, (_day(client.born), client.sex)))),
                ("4", _name(insured)),
                ("5", client.address),
                ("6", relation),
                ("7", insured.address),
                ("11", group),
                ("11a", " ".join(filter(None, (_day(insured.born), insured.sex)))),
                ("11c", payer),
                ("12", "signature of the client, as kept in the practice"),
                ("13", "signature of the insured, as kept in the practice"),
                ("17", referring),
                ("21", " ".join(("0", *(f"{p}. {d}" for p, d in zip(POINTERS, diagnoses, strict=False))))),
                ("22", ""),
                ("23", number),
                ("25", biller.tax_id),
                ("26", biller.account),
                ("27", "yes" if assignment else "no"),
                ("28", f"{total:.2f}"),
                ("29", f"{paid:.2f}"),
                ("31", f"{biller.name}, to be signed by hand; made {_day(made_on)}"),
                ("32", biller.address),
                (
                    "33",
                    " / ".join(filter(None, (biller.practice or biller.name, biller.address, biller.phone))),
                ),
                ("33a", biller.practice_npi or biller.npi),
            )
            lines = tuple(_line(one, pointer, biller.npi) for one in some)
            found.append(Claim(boxes, lines, total, paid))
    return tuple(found)


NEEDED = (
    ("1a", "the member number"), ("2", "the client's name"), ("3", "the client's date of birth"), ("5", "the client's address"),
    ("25", "the tax number"), ("33a", "the NPI"), ("33", "the address of the practice"),
)  # fmt: skip


def lacking(claim: Claim) -> tuple[str, ...]:
    """What a payer would send the claim back for."""
    boxes = dict(claim.boxes)
    return tuple(f"box {box}: {words}" for box, words in NEEDED if not boxes[box].strip())
