"""Strain in the alliance as a coder marked it: which way it went, who moved, what was tried.

When not to use it: Not to conclude that hours without a mark were without strain, nor to compare therapists.
A fall of a form is no rupture; only what somebody marked is.

Source: the markers of the codebook (Eubanks, Muran & Safran 2015, 3RS manual); which strategy belongs to
which strain is a rule of this project.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codes_for

Kind = Literal["withdrawal", "confrontation"]
_KIND: Mapping[str, Kind] = {
    "rupture_withdrawal": "withdrawal",
    "rupture_confrontation": "confrontation",
}


@dataclass(frozen=True, slots=True)
class Strain:
    """One marked rupture with the repair strategies that followed it.

    `repaired` is what the coder said; an attempt alone is no repair, so it is never inferred.
    """

    mark: Mark
    kind: Kind
    family: str | None
    repaired: bool | None
    attempts: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class HourOfStrain:
    """The strains of one hour, and repair strategies that follow none."""

    strains: tuple[Strain, ...]
    loose_repairs: tuple[Mark, ...]

    def count(self, kind: Kind, speaker: str | None = None) -> int:
        """Ruptures of a kind, by anyone or by one speaker."""
        return sum(s.kind == kind and speaker in (None, s.mark.speaker) for s in self.strains)


@lru_cache(maxsize=1)
def _families() -> Mapping[str, str]:
    return {c.code: str(c.facts["family"]) for c in codes_for("rupture_withdrawal").values()}


def strains_of(marks: Iterable[Mark]) -> HourOfStrain:
    """The ruptures of an hour, each with the strategies between its beginning and the next rupture.

    Notes
    -----
    1. A resolution strategy belongs to the last rupture that began before it.
    2. Withdrawal and confrontation at one place are two strains; the strategies that follow
       belong to both.
    """
    ruptures: list[Mark] = []
    repairs: list[Mark] = []
    for mark in marks:
        if mark.construct in _KIND:
            ruptures.append(mark)
        elif mark.construct == "rupture_resolution":
            repairs.append(mark)
    ruptures.sort(key=lambda m: (m.span, m.id))
    attempts: dict[int, list[Mark]] = {at: [] for at in range(len(ruptures))}
    loose: list[Mark] = []
    for repair in sorted(repairs, key=lambda m: (m.span, m.id)):
        before = [at for at, m in enumerate(ruptures) if m.span.start <= repair.span.start]
        if not before:
            loose.append(repair)
            continue
        last = ruptures[before[-1]].span
        for at in before:
            if ruptures[at].span.overlap(last):
                attempts[at].append(repair)
    return HourOfStrain(
        tuple(
            Strain(
                mark=mark,
                kind=_KIND[mark.construct],
                family=_families().get(mark.code),
                repaired=_said(mark.attributes.get("repaired")),
                attempts=tuple(attempts[at]),
            )
            for at, mark in enumerate(ruptures)
        ),
        tuple(loose),
    )


def _said(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
