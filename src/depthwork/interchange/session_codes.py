"""Minutes to code: which billing code a session of so many minutes stands for, by dated rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from depthwork.wording import gettext

FURTHER_BLOCK = 30


@dataclass(frozen=True, slots=True)
class Coded:
    """Codes of one session with units, and what a person should look at before using them."""

    codes: tuple[tuple[str, int], ...]
    minutes: int
    warnings: tuple[str, ...] = ()


class CodeError(ValueError):
    """Times or kinds that give no code: what, and the mend."""


@cache
def rules() -> dict[str, Any]:
    """The rules as data, with their source and review dates."""
    text = (Path(__file__).parent / "rules" / "session_codes_us.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def minutes_between(start: datetime | None, stop: datetime | None) -> int:
    """Whole minutes face to face; both times are required, also across midnight.

    Raises
    ------
    CodeError
        If a time is missing, the stop lies before the start, or the two are more than 12 hours apart.
    """
    if start is None or stop is None:
        raise CodeError(gettext("start and stop time are both required for a code; write them into the hour"))
    minutes = int((stop - start).total_seconds() // 60)
    if minutes < 0:
        raise CodeError(
            gettext("the stop lies before the start; for an hour across midnight give the stop its own day")
        )
    if minutes > 12 * 60:
        raise CodeError(gettext("start and stop are more than twelve hours apart; look at the two days"))
    return minutes


def code_for(
    minutes: int,
    *,
    kind: str = "individual",
    frame_minutes: int | None = None,
    further_crisis: str = "beyond_74",
) -> Coded:
    """The code of a session.

    Parameters
    ----------
    minutes : int
        Face to face, whole minutes, 0 or more.
    kind : str
        One of the kinds of the rules file.
    frame_minutes : int, optional
        The agreed length; a routine code longer than it is warned of.
    further_crisis : {"beyond_74", "half_of_next_block"}
        How the payer counts further half hours of crisis.

    Returns
    -------
    Coded
        No code where the session was too short for one.

    Raises
    ------
    CodeError
        If the minutes are negative, or the kind or payer setting is unknown.

    Notes
    -----
    1. One code for a session: longer sessions stay one of the longest code.
    2. Whether a payer pays for a code is not said here.

    Examples
    --------
    >>> code_for(45).codes
    (('90834', 1),)
    >>> code_for(15).codes
    ()
    """
    book = rules()
    if minutes < 0:
        raise CodeError("minutes cannot be negative; look at start and stop")
    if kind not in book["kinds"]:
        raise CodeError(f"“{kind}” is no kind of session here; kinds are: {', '.join(book['kinds'])}")
    warnings: list[str] = []
    found = _range(book["kinds"][kind], minutes)
    if found is None and kind == "crisis":
        warnings.append(gettext("under 30 minutes is no crisis code; the ordinary range holds"))
        found = _range(book["kinds"]["individual"], minutes)
    codes = [(code, 1) for code in (found or {}).get("codes", [])]
    if found is not None and "further" in found:
        units = further_units(minutes, rule=further_crisis)
        if units:
            codes.append((found["further"], units))
        warnings.append(
            gettext("payers count further half hours of crisis differently; this follows the payer setting")
        )
    if not codes:
        warnings.append(gettext("%(n)s minutes are too short for a code of this kind") % {"n": minutes})
    limit = book["longer_than_frame"]
    low, high = limit["frame_minutes"]
    if (
        frame_minutes is not None
        and low <= frame_minutes <= high
        and any(code == limit["code"] for code, _ in codes)
    ):
        warnings.append(
            gettext("the frame is %(n)s minutes; %(code)s as a routine will be asked about")
            % {"n": frame_minutes, "code": limit["code"]}
        )
    return Coded(tuple(codes), minutes, tuple(warnings))


def further_units(minutes: int, *, rule: str) -> int:
    """Further half hours of crisis beyond 74 minutes, by the payer's rule."""
    least = rules()["further_crisis_rules"].get(rule)
    if least is None:
        raise CodeError(
            f"“{rule}” is no payer setting; settings are: {', '.join(rules()['further_crisis_rules'])}"
        )
    beyond = minutes - 74
    if beyond <= 0:
        return 0
    whole, rest = divmod(beyond, FURTHER_BLOCK)
    return int(whole + (1 if rest >= least else 0))


def _range(ranges: list[dict[str, Any]], minutes: int) -> dict[str, Any] | None:
    for one in ranges:
        if one["from"] <= minutes <= one.get("to", 10**9):
            return one
    return None


def may_add_complexity(code: str) -> bool:
    """Whether the interactive-complexity add-on goes with a code."""
    return code in rules()["interactive_complexity"]["with"]


def npi_is_valid(npi: str) -> bool:
    """Luhn over 80840 and the ten digits.

    Examples
    --------
    >>> npi_is_valid("1234567893"), npi_is_valid("1234567890")
    (True, False)
    """
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
