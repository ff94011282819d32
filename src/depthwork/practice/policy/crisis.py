"""Numbers for the hours in which nobody of the practice reads: a local, dated table, never a web page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from depthwork.practice.policy.dated import later, read_yaml

FILE = Path(__file__).parent / "places" / "crisis.yaml"
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Line:
    """One number as a page shows it."""

    words: str
    number: str
    href: str
    hours: str
    region: str
    source: str
    checked_on: date | None


@cache
def _table() -> dict[str, tuple[Line, ...]]:
    raw = read_yaml(FILE)
    return {
        country: tuple(
            Line(
                words=later(one["words"]),
                number=str(one["number"]),
                href=f"{one.get('by', 'tel')}:{''.join(c for c in str(one['number']) if c.isdigit() or c == '+')}",
                hours=one.get("hours", ""),
                region=one.get("region", ""),
                source=one["source"],
                checked_on=one.get("checked_on"),
            )
            for one in lines
        )
        for country, lines in raw["countries"].items()
    }


def countries() -> tuple[str, ...]:
    """Countries with numbers of their own, as two letters."""
    return tuple(sorted(code for code in _table() if code != ELSEWHERE))


def crisis_lines(country: str) -> tuple[Line, ...]:
    """The numbers of a country, the emergency number last. Where none are known: none, and the page says where to go."""
    return _table().get(country.upper(), ())


def review_due() -> date:
    """The day by which every number is to be dialled or looked up again."""
    due: date = read_yaml(FILE)["review"]["review_due"]
    return due
