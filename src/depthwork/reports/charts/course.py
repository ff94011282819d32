"""The course of one measure: its points, its cut-off, its bands, and what its unreliability leaves open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from depthwork.wording import gettext as _

from . import svg
from .chart import Chart
from .scales import Days, Scale, month_starts, nice_ticks, say, say_day, short_month
from .unfilled import Unfilled, sign

HEIGHT = 250.0


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the measure with a name, as published: "moderate", 10 to 14."""

    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Course:
    """One measure of one person over time, in the measure's own points.

    `low` and `high` are the ends of the measure; `cut` is (value, words); `reliable` is how many points a
    change must exceed before unreliability alone does not explain it (or reach, where the rule is `inclusive`),
    measured from `start` (the first value unless given). `usual` is a range by date that comparable courses keep to. `unfilled` says of a day without a value what became of the form; a day that was never
    asked is no point at all.
    """

    key: str
    name: str
    instrument: str
    points: tuple[tuple[dt.date, float | None], ...]
    low: float
    high: float
    cut: tuple[float, str] | None = None
    bands: tuple[Band, ...] = ()
    reliable: float | None = None
    inclusive: bool = False
    start: float | None = None
    ended_on: dt.date | None = None
    decimals: int = 0
    note: str = ""
    unfilled: tuple[tuple[dt.date, Unfilled], ...] = ()
    usual: tuple[tuple[dt.date, float, float], ...] = ()


def course_chart(course: Course) -> Chart:
    """Draw a measure over time.

    The wash is the range within reliable change of the start: a point inside it may stand there by the
    measure's own unreliability. Outside it says that the score changed, not why, nor whether the person
    is well.

    Raises
    ------
    ValueError
        If `high` is not above `low`, or no point has a date.

    Notes
    -----
    1. Points in order of date; None is a form not filled, and the line breaks there.
    2. After `ended_on` the points are follow-ups: open, and not joined to the treatment.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12
    """
    if not course.high > course.low:
        raise ValueError("a course needs a measure whose high is above its low")
    if not course.points:
        raise ValueError("a course needs at least one date")
    sentence = _sentence(course)
    title = _named(course)
    wide, narrow = (
        svg.drawing(
            key=f"{course.key}-{suffix}", width=width, height=HEIGHT, title=title, desc=sentence,
            body=_draw(course, width, left, right),
        )
        for suffix, width, left, right in (("w", 880.0, 40.0, 700.0), ("n", 350.0, 30.0, 340.0))
    )  # fmt: skip
    rows: tuple[tuple[str | None, ...], ...] = tuple(
        (
            say_day(day),
            say(value, course.decimals)
            if value is not None
            else _(dict(course.unfilled).get(day, "not filled")),
            _side(course, value),
        )
        for day, value in course.points
    )
    columns: tuple[str, ...] = (_("Date"), course.instrument, _("Against the start"))
    if course.bands:
        columns = (*columns, _("Severity, as published"))
        rows = tuple(
            (*row, _band(course, value)) for row, (_on, value) in zip(rows, course.points, strict=True)
        )
    if course.usual:
        ranges = {
            day: _("%(low)s to %(high)s") % {"low": say(low, 0), "high": say(high, 0)}
            for day, low, high in course.usual
        }
        columns = (*columns, _("Usual course"))
        rows = tuple(
            (*row, ranges.get(day, "")) for row, (day, _value) in zip(rows, course.points, strict=True)
        )
    return Chart(wide, narrow, title, sentence, columns, rows, course.note)


def _band(course: Course, value: float | None) -> str:
    held = () if value is None else [band for band in course.bands if band.low <= value]
    return max(held, key=lambda band: band.low).words if held else ""


def _start(course: Course) -> float | None:
    if course.start is not None:
        return course.start
    return next((v for _, v in course.points if v is not None), None)


def _draw(course: Course, width: float, left: float, right: float) -> list[str]:
    narrow = width < 500
    top, bottom = 18.0, HEIGHT - 34
    y = Scale(course.low, course.high, bottom, top)
    first, last = course.points[0][0], course.points[-1][0]
    x = Days(first, last, left + 14, right - 14)
    body: list[str] = []
    notes: list[tuple[float, str]] = []
    start = _start(course)
    if course.reliable is not None and start is not None:
        low, high = max(course.low, start - course.reliable), min(course.high, start + course.reliable)
        body.append(svg.rect(left, y(high), right - left, y(low) - y(high), "band"))
        notes.append(
            (
                y(high) + 8,
                _("within %(n)s of the start") % {"n": say(course.reliable, _places(course.reliable))},
            )
        )
    for band in course.bands:  # their names stand in the table: beside the drawing they would pile up
        if band.low > course.low:
            body.append(svg.line(left, y(band.low), right, y(band.low), "hair"))
    for tick in nice_ticks(course.low, course.high, about=4):
        body.append(svg.text(left - 8, y(tick) + 4, say(tick) or "", "end"))
    body.append(svg.line(left, bottom, right, bottom, "axis"))
    if course.cut:
        body.append(svg.line(left, y(course.cut[0]), right, y(course.cut[0]), "cut"))
        notes.append((y(course.cut[0]), course.cut[1]))
    if len(course.usual) > 1:
        body.append(svg.polyline([(x(day), y(low)) for day, low, _ in course.usual], "two w1"))
        body.append(svg.polyline([(x(day), y(high)) for day, _, high in course.usual], "two w1"))
        notes.append((y(course.usual[-1][2]), _("usual course")))
    if course.ended_on and first < course.ended_on <= last:
        ex = x(course.ended_on) + 6
        body += [svg.line(ex, top, ex, bottom, "tick"), svg.line(ex + 5, top, ex + 5, bottom, "one w3")]
    body.extend(_months(x, first, last, bottom, right))
    body.extend(sign(x(day), bottom - 9, what) for day, what in course.unfilled)
    body.extend(_run(course, x, y))
    if narrow:
        return body
    free = top - 16
    for at, words in sorted(notes):
        free = max(at + 4, free + 15)
        body.append(svg.text(right + 12, free, words))
    return body


def _places(value: float) -> int:
    return 0 if value == int(value) else 1


def _run(course: Course, x: Days, y: Scale) -> list[str]:
    parts: list[str] = []
    run: list[svg.Point] = []
    dots: list[tuple[float, float, float, bool]] = []
    for day, value in (*course.points, (course.points[-1][0], None)):
        after = course.ended_on is not None and day > course.ended_on
        if value is None or after:
            parts.append(svg.polyline(run, "one"))
            run = []
        if value is None:
            continue
        if not after:
            run.append((x(day), y(value)))
        dots.append((x(day), y(value), value, after))
    many = len(dots) > 40
    for px, py, _value, after in dots:
        parts.append(svg.circle(px, py, 4 if after else 1.8 if many else 3, "ring" if after else "dot"))
    told = [dots[0], dots[-1], max(dots, key=lambda d: d[2]), min(dots, key=lambda d: d[2])] if dots else []
    used: list[float] = []
    for px, py, value, _after in dict.fromkeys(told):
        if any(abs(px - other) < 22 for other in used):
            continue
        used.append(px)
        parts.append(
            svg.text(px, py - 9 if py > 40 else py + 18, say(value, course.decimals) or "", "mid strong")
        )
    return parts


def _months(x: Days, first: dt.date, last: dt.date, bottom: float, right: float) -> list[str]:
    months = list(month_starts(first, last))
    every = max(1, -(-len(months) * 46 // max(int(x.end - x.start), 1)))
    if every > 1:
        every = next((n for n in (2, 3, 6, 12) if n >= every), 12)
    parts = []
    for month in months:
        if (month.month - 1) % every:
            continue
        words = short_month(month) + (f" {month.year}" if month.month == 1 else "")
        at = x(month)
        parts.append(svg.line(at, bottom, at, bottom + 5, "axis"))
        if at + svg.width_of(words) / 2 < right + 20:
            parts.append(svg.text(at, bottom + 20, words, "mid"))
    if not months:
        parts.append(svg.text(x(first), bottom + 20, say_day(first)))
    return parts


def _is_reliable(course: Course, change: float) -> bool:
    """Whether a change is more than the measure's unreliability explains."""
    points = course.reliable or 0.0
    return abs(change) >= points if course.inclusive else abs(change) > points


def _side(course: Course, value: float | None) -> str:
    start = _start(course)
    if value is None or start is None or course.reliable is None:
        return ""
    if not _is_reliable(course, value - start):
        return _("within what unreliability explains")
    return _("above it") if value > start else _("below it")


def _named(course: Course) -> str:
    """What is measured and by what; a name that says both stands alone."""
    return course.name if course.name.endswith(")") else f"{course.name} ({course.instrument})"


def _sentence(course: Course) -> str:
    every = [(day, v) for day, v in course.points if v is not None]
    filled = [(day, v) for day, v in every if course.ended_on is None or day <= course.ended_on] or every
    head = _named(course)
    if not filled:
        return _("%(head)s: not measured yet.") % {"head": head}
    if len(filled) == 1:
        value, day = say(filled[0][1], course.decimals), say_day(filled[0][0])
        return _("%(head)s: once, %(value)s on %(day)s.") % {"head": head, "value": value, "day": day}
    start = _start(course)
    last = filled[-1][1]
    words = _("%(head)s went from %(before)s to %(after)s between %(first)s and %(last)s") % {
        "head": head,
        "before": say(filled[0][1], course.decimals),
        "after": say(last, course.decimals),
        "first": say_day(filled[0][0]),
        "last": say_day(filled[-1][0]),
    }
    if course.reliable is not None and start is not None:
        words += (
            _(", more than the measure’s unreliability explains")
            if _is_reliable(course, last - start)
            else _(", within what its unreliability explains")
        )
    if course.cut:
        stands = (
            _("; it stands at or above the %(cut)s")
            if last >= course.cut[0]
            else _("; it stands below the %(cut)s")
        )
        words += stands % {"cut": course.cut[1]}
    if len(every) > len(filled):
        after = _("; %(value)s at the follow-up on %(day)s")
        words += after % {"value": say(every[-1][1], course.decimals), "day": say_day(every[-1][0])}
    return _("%(words)s. %(n)s of %(all)s forms filled.") % {
        "words": words,
        "n": len(every),
        "all": len(course.points),
    }
