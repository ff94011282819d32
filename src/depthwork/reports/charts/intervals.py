"""Rows of a point with its interval on one axis: what a forest plot and an agreement chart have in common."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.wording import gettext as _

from . import svg
from .scales import Scale, nice_ticks, say

WIDE, NARROW = 880.0, 350.0


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One line: its name, a remark, the point and its interval (None: withheld, `remark` says why), the
    words of both.

    `weight` (0..1) is the size of the point's square; `pooled` draws a diamond over the interval instead.
    """

    name: str
    remark: str
    value: float | None
    low: float | None
    high: float | None
    words: str
    weight: float = 0.3
    pooled: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The ground of the rows: where nothing is (`null`), what lies to either side, what the axis counts."""

    label: str
    null: float | None = 0.0
    left: str = ""
    right: str = ""
    low: float | None = None
    high: float | None = None
    decimals: int = 1


def span(
    rows: list[IntervalRow], axis: Axis, prediction: tuple[float, float] | None = None
) -> tuple[float, float]:
    """The ends of the axis: those given, else what the rows reach, with the null inside."""
    values = [v for row in rows for v in (row.low, row.high, row.value) if v is not None]
    values += list(prediction or ())
    if axis.null is not None:
        values.append(axis.null)
    low = axis.low if axis.low is not None else min(values, default=0.0)
    high = axis.high if axis.high is not None else max(values, default=1.0)
    if high <= low:
        high = low + 1
    pad = (high - low) * 0.04
    return (low if axis.low is not None else low - pad, high if axis.high is not None else high + pad)


def draw(
    rows: list[IntervalRow], axis: Axis, *, narrow: bool, prediction: tuple[float, float] | None = None
) -> tuple[list[str], list[str], float]:
    """The parts, the links and the height of the drawing."""
    width = NARROW if narrow else WIDE
    left, right = (12.0, width - 12) if narrow else (250.0, width - 190)
    low, high = span(rows, axis, prediction)
    x = Scale(low, high, left, right)
    step, head = (50.0, 34.0) if narrow else (28.0, 26.0)
    bottom = head + step * len(rows)
    body: list[str] = []
    hits: list[str] = []
    if axis.null is not None and low <= axis.null <= high:
        over = 0.0
        if narrow and svg.width_of(axis.left) + svg.width_of(axis.right) + 48 > width:
            head, bottom, over = head + 18, bottom + 18, 18.0  # two lines: on one they would touch
        if not narrow:
            body.append(svg.line(x(axis.null), head - 10, x(axis.null), bottom, "axis"))
        if axis.left:
            body.append(
                svg.text(0, head - 18 - over, f"\N{LEFTWARDS ARROW} {axis.left}")
                if narrow
                else svg.text(x(axis.null) - 8, head - 14, axis.left, "end")
            )
        if axis.right:
            ends = (
                (width, head - 18, f"{axis.right} \N{RIGHTWARDS ARROW}", "end")
                if narrow
                else (x(axis.null) + 8, head - 14, axis.right, "")
            )
            body.append(svg.text(*ends))
    y = head
    for row in rows:
        if row.pooled:
            body.append(svg.line(0, y, width, y, "hair"))
        middle = y + (step - 14 if narrow else step / 2)
        words_y = y + 16 if narrow else middle + 4
        names = "name" if row.pooled else "strong"
        if narrow:
            room = width - svg.width_of(row.words) - 8
        else:
            room = left - 22 - (svg.width_of(row.remark) if row.remark else 0)
        body.append(svg.text(0, words_y, _fit(row.name, room), names))
        if row.remark and not narrow:
            body.append(svg.text(left - 14, words_y, row.remark, "end"))
        body.append(svg.text(width, words_y, row.words, "end strong" if row.pooled else "end"))
        if narrow and axis.null is not None and left <= x(axis.null) <= right:
            # Beside each mark alone, so that the line does not run through the names.
            body.append(svg.line(x(axis.null), middle - 10, x(axis.null), middle + 10, "axis"))
        body.extend(_mark(row, x, middle, left, right))
        hits.append(svg.hit((left + right) / 2, middle, 8, row.href, row.name))
        y += step
    if prediction is not None:
        reach = [min(max(x(v), left), right) for v in prediction]
        body.append(svg.line(reach[0], bottom + 10, reach[1], bottom + 10, "two"))
        body.append(
            svg.text(
                0 if not narrow else left,
                bottom + (14 if not narrow else 28),
                _("where a new trial may fall"),
            )
        )
        bottom += 20 if not narrow else 34
    body.append(svg.line(left, bottom + 6, right, bottom + 6, "axis"))
    for tick in nice_ticks(low, high, about=4 if narrow else 6):
        body.append(svg.line(x(tick), bottom + 6, x(tick), bottom + 11, "axis"))
        body.append(svg.text(x(tick), bottom + 26, say(tick, axis.decimals) or "", "mid"))
    body.append(svg.text((left + right) / 2, bottom + 44, axis.label, "mid"))
    return body, hits, bottom + 50


def _mark(row: IntervalRow, x: Scale, y: float, left: float, right: float) -> list[str]:
    if row.value is None:
        return []
    at = x(row.value)
    parts = []
    if row.low is not None and row.high is not None:
        a, b = x(row.low), x(row.high)
        n = svg.number
        if row.pooled:
            return [
                svg.path(
                    f"M{n(a)} {n(y)} L{n(at)} {n(y - 8)} L{n(b)} {n(y)} L{n(at)} {n(y + 8)} Z", "diamond"
                )
            ]
        parts.append(svg.line(max(a, left), y, min(b, right), y, "one"))
        # An interval that leaves the axis ends in an arrow, not in a lie.
        if a < left:
            parts.append(
                svg.path(f"M{n(left + 6)} {n(y - 4)} L{n(left)} {n(y)} L{n(left + 6)} {n(y + 4)}", "one")
            )
        if b > right:
            parts.append(
                svg.path(f"M{n(right - 6)} {n(y - 4)} L{n(right)} {n(y)} L{n(right - 6)} {n(y + 4)}", "one")
            )
    if left <= at <= right:
        side = 5 + 8 * max(0.0, min(row.weight, 1.0)) ** 0.5
        parts.append(svg.rect(at - side / 2, y - side / 2, side, side, "dot"))
    return parts


def _fit(words: str, room: float) -> str:
    """The words, cut only where the drawing has no room for them."""
    if svg.width_of(words) <= room:
        return words
    while words and svg.width_of(words + "…") > room:
        words = words[:-1]
    return words.rstrip(" ,;") + "…"
