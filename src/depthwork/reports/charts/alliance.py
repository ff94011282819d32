"""The alliance as a control chart: each hour against this pair's own usual range, with its falls and returns."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop, ngettext

from . import svg
from .chart import Cell, Chart, Link
from .scales import Scale, nice_ticks, say
from .unfilled import Unfilled, sign
from .words import count, opened, spell

HEIGHT = 250.0
FEW = 3  # as many falls are told one by one


@dataclass(frozen=True, slots=True)
class AlliancePoint:
    """One hour: its number, the value, whether it counts toward the usual range; `unfilled` instead of a value."""

    hour: int
    value: float | None
    in_baseline: bool = False
    href: str = ""
    unfilled: Unfilled | None = None


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall of the form in `from_hour`; back in `to_hour`, or not. A strain is what somebody marked in the hour."""

    from_hour: int
    to_hour: int | None = None
    is_whole: bool = True  # back where it had been; else only above this pair's own middle again
    words: str = gettext_noop("fall")


@dataclass(frozen=True, slots=True)
class Alliance:
    """A control chart's numbers, computed elsewhere; `limits` is (lower, mean, upper) or None."""

    key: str
    name: str
    instrument: str
    points: tuple[AlliancePoint, ...]
    low: float
    high: float
    limits: tuple[float, float, float] | None
    limits_words: str = ""
    falls: tuple[Fall, ...] = ()
    prompt: tuple[float, str] | None = None
    decimals: int = 1
    note: str = ""


def alliance_chart(alliance: Alliance) -> Chart:
    """Draw the alliance hour by hour against its own usual range.

    A point outside the range is unusual for these two people. It is neither good nor bad, and does not
    say who or why.

    Raises
    ------
    ValueError
        If there is no hour, or `high` is not above `low`.

    Notes
    -----
    1. The limits are those of an individuals chart over the baseline hours: mean and three sigma of the
       moving range.
    2. A value outside is marked by a ring around its point, as well as by its place.

    References
    ----------
    Shewhart (1931), Economic Control of Quality of Manufactured Product.
    """
    if not alliance.points:
        raise ValueError("an alliance chart needs at least one hour")
    if not alliance.high > alliance.low:
        raise ValueError("an alliance chart needs a measure whose high is above its low")
    sentence = _sentence(alliance)
    title = f"{alliance.name} ({alliance.instrument})"
    drawn = []
    for suffix, width, left, right in (("w", 880.0, 40.0, 700.0), ("n", 350.0, 30.0, 340.0)):
        body, hits = _draw(alliance, width, left, right)
        drawn.append(
            svg.drawing(
                key=f"{alliance.key}-{suffix}",
                width=width,
                height=HEIGHT,
                title=title,
                desc=sentence,
                body=body,
                hits=hits,
            )
        )
    rows = tuple(_row(alliance, point) for point in alliance.points)
    return Chart(
        drawn[0],
        drawn[1],
        title,
        sentence,
        (_("Hour"), alliance.instrument, _("Range"), _("Between us")),
        rows,
        alliance.note,
    )


def is_outside(alliance: Alliance, value: float | None) -> bool:
    """Whether a value lies beyond the limits."""
    if value is None or alliance.limits is None:
        return False
    return not alliance.limits[0] <= value <= alliance.limits[2]


def _draw(alliance: Alliance, width: float, left: float, right: float) -> tuple[list[str], list[str]]:
    narrow = width < 500
    top, bottom = 40.0, HEIGHT - 36
    y = Scale(alliance.low, alliance.high, bottom, top)
    x = Scale(alliance.points[0].hour, alliance.points[-1].hour, left + 16, right - 16)
    body: list[str] = []
    hits: list[str] = []
    notes: list[tuple[float, str]] = []
    if alliance.limits:
        low, mean, high = alliance.limits
        # Limits may lie beyond what the form can hold; the wash stops at the form's end.
        upper, lower = min(high, alliance.high), max(low, alliance.low)
        body.append(svg.rect(left, y(upper), right - left, y(lower) - y(upper), "band"))
        body.append(svg.line(left, y(mean), right, y(mean), "hair"))
        notes.append((y(mean), alliance.limits_words or _("usual range")))
    if alliance.prompt:
        body.append(svg.line(left, y(alliance.prompt[0]), right, y(alliance.prompt[0]), "cut"))
        notes.append((y(alliance.prompt[0]), alliance.prompt[1]))
    for tick in nice_ticks(alliance.low, alliance.high, about=4):
        body.append(svg.text(left - 8, y(tick) + 4, say(tick) or "", "end"))
    body.append(svg.line(left, bottom, right, bottom, "axis"))
    last_end = -1e9
    for episode in alliance.falls:
        a = x(episode.from_hour)
        b = x(episode.to_hour) if episode.to_hour is not None else right
        body.append(svg.line(a, top - 14, b, top - 14, "strand" if episode.to_hour else "slack"))
        body.append(svg.line(a, top - 20, a, top - 8, "tick"))
        if episode.to_hour is not None:
            for i in range(3):
                body.append(svg.line(b - 4 * i - 1, top - 20, b - 4 * i + 1, top - 8, "tick"))
        words = _(episode.words)
        if not narrow:
            words = _back(words, episode)
        if a > last_end:
            start = min(a, width - svg.width_of(words))
            body.append(svg.text(start, top - 25, words, "strong"))
            last_end = start + svg.width_of(words) + 6
    run: list[svg.Point] = []
    for point in (*alliance.points, AlliancePoint(0, None)):
        if point.value is None:
            body.append(svg.polyline(run, "one"))
            run = []
            continue
        run.append((x(point.hour), y(point.value)))
    many = len(alliance.points) > 40
    for point in alliance.points:
        if point.value is None:
            if point.unfilled is not None:
                body.append(sign(x(point.hour), bottom - 9, point.unfilled))
            continue
        px, py = x(point.hour), y(point.value)
        if is_outside(alliance, point.value):
            body.append(svg.circle(px, py, 7, "tick"))
            body.append(
                svg.text(
                    px,
                    py + 22 if py < bottom - 30 else py - 12,
                    say(point.value, alliance.decimals) or "",
                    "mid strong",
                )
            )
        body.append(svg.circle(px, py, 1.8 if many else 3, "dot"))
        hits.append(svg.hit(px, py, 9, point.href, _("Hour %(number)s") % {"number": point.hour}))
    every = next(
        (
            n
            for n in (1, 2, 5, 10, 20, 50)
            if len(alliance.points) / n * (26 if narrow else 22) <= right - left
        ),
        100,
    )
    last = left - 24.0
    for point in alliance.points:
        far = x(point.hour) - last >= 24  # two hours of one week stand closer than their numbers are wide
        if far and (point.hour == alliance.points[0].hour or point.hour % every == 0):
            last = x(point.hour)
            body.append(svg.text(x(point.hour), bottom + 18, str(point.hour), "mid"))
    body.append(svg.text(left, bottom + 34, _("hour")))
    if not narrow:
        free = top - 16
        for at, words in sorted(notes):
            free = max(at + 4, free + 15)
            body.append(svg.text(right + 12, free, words))
    return body, hits


def _back(words: str, fall: Fall) -> str:
    if fall.to_hour is None:
        return _("%(words)s, not back so far") % {"words": words}
    said = (
        _("%(words)s, back in hour %(hour)s")
        if fall.is_whole
        else _("%(words)s, above its middle again in hour %(hour)s")
    )
    return said % {"words": words, "hour": fall.to_hour}


def _row(alliance: Alliance, point: AlliancePoint) -> tuple[Cell, ...]:
    name = _("Hour %(number)s") % {"number": point.hour}
    between = [_(e.words) for e in alliance.falls if e.from_hour == point.hour]
    between += [_("back") for e in alliance.falls if e.to_hour == point.hour]
    value = (
        say(point.value, alliance.decimals) if point.value is not None else _(point.unfilled or "not filled")
    )
    where = (
        ""
        if point.value is None or alliance.limits is None
        else _("outside")
        if is_outside(alliance, point.value)
        else _("within")
    )
    return (Link(name, point.href) if point.href else name, value, where, "; ".join(between))


def _sentence(alliance: Alliance) -> str:
    filled = [p for p in alliance.points if p.value is not None]
    if not filled:
        return _("%(name)s: not filled yet.") % {"name": alliance.name}
    if alliance.limits is None:
        hours = count(len(filled), ngettext("one hour", "%(n)s hours", len(filled)))
        words = _("%(name)s: %(hours)s filled, not enough to say what is usual.") % {
            "name": alliance.name,
            "hours": hours,
        }
    else:
        outside = [p for p in filled if is_outside(alliance, p.value)]
        if outside:
            hours = ", ".join(str(p.hour) for p in outside[:6])
            if len(outside) > 6:
                hours = _("%(hours)s and others") % {"hours": hours}
            words = ngettext(
                "%(name)s left its usual range in hour %(hours)s.",
                "%(name)s left its usual range in hours %(hours)s.",
                len(outside),
            ) % {"name": alliance.name, "hours": hours}
        else:
            words = _("%(name)s: of %(n)s hours filled no single one left the usual range.") % {
                "name": alliance.name,
                "n": len(filled),
            }
    return f"{words} {_falls(alliance.falls)}" if alliance.falls else words


def _falls(falls: tuple[Fall, ...]) -> str:
    n = len(falls)
    said = opened(count(n, ngettext("one fall", "%(n)s falls", n)))
    if n > FEW:
        back = spell(sum(fall.to_hour is not None for fall in falls))
        return _("%(falls)s, %(n)s of them made good.") % {"falls": said, "n": back}
    each = [_back(_("in hour %(hour)s") % {"hour": fall.from_hour}, fall) for fall in falls]
    return _("%(falls)s: %(each)s.") % {"falls": said, "each": "; ".join(each)}
