"""The signs of the thread: bead, happening, dream; and the row that they stand on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from depthwork.wording import gettext as _

from . import svg
from .scales import Days
from .thread_data import Hour

WIDTH = 1184.0
LEFT, RIGHT = 104.0, 1050.0
NOTES = 1062.0
TIER = 27.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the thread: its days, its hours, and how large its beads are."""

    first: dt.date
    last: dt.date
    name: str
    end: float
    r: float
    every: int

    def x(self, day: dt.date) -> float:
        return Days(self.first, self.last, LEFT + 18, self.end)(day)

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def glyph(kind: str, x: float, y: float) -> str:
    """The sign of a happening: triangle, capsule, square, diamond."""
    n = svg.number
    if kind == "life":
        return svg.path(f"M{n(x - 5)} {n(y - 4)} h10 l-5 9 Z", "dot")
    if kind == "medication":
        half = f"M{n(x - 3.5)} {n(y)} h7 v3.5 a3.5 3.5 0 0 1 -7 0 Z"
        return svg.rect(x - 3.5, y - 7, 7, 14, "ring", rx=3.5) + svg.path(half, "dot")
    if kind == "frame":
        return svg.rect(x - 4.5, y - 4.5, 9, 9, "ring")
    return svg.path(f"M{n(x)} {n(y - 6)} l6 6 l-6 6 l-6 -6 Z", "ring")


def moon(x: float, y: float) -> str:
    """The sign of a dream."""
    n = svg.number
    return svg.path(f"M{n(x + 2)} {n(y - 8)} a8.5 8.5 0 1 0 0 16 a6.8 6.8 0 1 1 0 -16 Z", "dot")


def bead(hour: Hour, x: float, y: float, r: float) -> str:
    """A bead, filled by as much of the hour as was held."""
    if hour.state == "planned":
        return svg.circle(x, y, r, "planned")
    if hour.state == "missed":
        return svg.circle(x, y, r, "ring")
    if hour.number is None:
        return svg.circle(x, y, min(r, 4.5), "ring")
    if hour.state == "late" and r >= 5:
        cut = r * (1 - 2 * max(0.0, min(hour.share, 1.0)))
        half = (max(r * r - cut * cut, 0)) ** 0.5
        large = 1 if hour.share > 0.5 else 0
        n = svg.number
        d = f"M{n(x + cut)} {n(y - half)} A{n(r)} {n(r)} 0 {large} 1 {n(x + cut)} {n(y + half)} Z"
        return svg.circle(x, y, r, "ring") + svg.path(d, "dot")
    return svg.circle(x, y, r, "dot")


def name_of(hour: Hour) -> str:
    if hour.number is not None:
        return _("Hour %(number)s") % {"number": hour.number}
    return {"missed": _("Missed hour"), "planned": _("Hour to come")}.get(hour.state, _("Consultation"))
