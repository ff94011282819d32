"""Which form is due at which hour: pure functions over the lines the two of them agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from depthwork.measures import MeasureError, measure

WHEN: Final = ("intake", "every_hour", "every_4", "every_12", "end", "follow_up")
EVERY: Final = {"every_hour": 1, "every_4": 4, "every_12": 12}
INTAKE: Final = ("phq9", "gad7", "pc_ptsd_5", "audit_c", "rses", "b_ipf", "ipip_ipc", "rfq8")
INSTEAD: Final = {"phq9": "phq8"}
"""What goes out between the hours where a risk question may not: the same form without it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One form and when it is asked."""

    measure: str
    when: str


def default_lines() -> tuple[Line, ...]:
    """The default schedule: what has its text at hand, so that nothing is sent that cannot be read."""
    lines = [Line(name, when) for when in ("intake", "end", "follow_up") for name in INTAKE]
    lines += [Line("dw_session_checkin", "every_hour"), Line("core10", "every_hour")]
    lines += [Line("phq9", "every_4"), Line("gad7", "every_4")]
    lines += [Line(name, "every_12") for name in ("rses", "b_ipf", "dmrs_sr30")]
    return tuple(line for line in lines if measure(line.measure).has_text)


def lines_of(rows: Iterable[dict[str, str]] | None) -> tuple[Line, ...]:
    """Lines as a schedule keeps them; the default where none were agreed."""
    if rows is None:
        return default_lines()
    return tuple(Line(row["measure"], row["when"]) for row in rows)


def checked_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, each once and possible, or ValueError with the mend."""
    found: dict[Line, None] = {}
    for line in lines:
        if line.when not in WHEN:
            raise ValueError(f"a form is asked at one of: {', '.join(WHEN)}")
        try:
            measure(line.measure)
        except MeasureError as error:
            raise ValueError(str(error)) from None
        found[line] = None
    return tuple(found)


def counts_as(measure: str) -> tuple[str, ...]:
    """The forms an asked form stands for: itself, and the one in whose place it goes out between the hours."""
    return (measure, *(meant for meant, sent in INSTEAD.items() if sent == measure))


def due_at_hour(lines: Iterable[Line], *, hour: int, is_last: bool = False) -> tuple[str, ...]:
    """Forms due with hour `hour` (counted from 1), each once, in the order agreed.

    Intake forms come with the first hour, the end's with the last; "every four" means hours 4, 8, 12, and leaves
    out the first hour, which has the intake set.
    """
    found: dict[str, None] = {}
    for line in lines:
        step = EVERY.get(line.when)
        if (
            (line.when == "intake" and hour == 1)
            or (line.when == "end" and is_last)
            or (step is not None and hour > 0 and hour % step == 0)
        ):
            found[line.measure] = None
    return tuple(found)


def due_afterwards(lines: Iterable[Line]) -> tuple[str, ...]:
    """Forms of a follow-up."""
    return tuple(dict.fromkeys(line.measure for line in lines if line.when == "follow_up"))
