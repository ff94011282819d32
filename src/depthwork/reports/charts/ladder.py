"""The defense ladder: the levels on which defenses were marked, hour by hour, and the overall level."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.wording import gettext as _
from depthwork.wording import ngettext

from . import svg
from .chart import Cell, Chart, Link
from .scales import Scale, say
from .words import count, opened


@dataclass(frozen=True, slots=True)
class LadderHour:
    """One hour: how many defenses on each level (lowest first), and the overall level or None."""

    label: str
    counts: tuple[int, ...]
    overall: float | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels by name, lowest first; level 1 is the first, and `overall` is on the same scale."""

    key: str
    title: str
    levels: tuple[str, ...]
    hours: tuple[LadderHour, ...]
    note: str = ""


def ladder_chart(ladder: Ladder) -> Chart:
    """Draw the levels of defenses over the hours.

    A rung holds a point for each hour in which a defense of that level was marked; its area is the number
    of marks. The line is the overall level where it is given; it shares the rungs' scale, so there is one
    axis.

    Raises
    ------
    ValueError
        If there are no levels, or an hour does not count each of them.

    Notes
    -----
    1. Only codes made or accepted by a person, in hours read whole.
    2. An hour with too few codes has points and no place on the line; the line breaks there.

    References
    ----------
    Perry (2014), doi:10.1521/bumc.2014.78.1.1 (anatomy of defense mechanisms); Di Giuseppe & Perry (2021),
    doi:10.3389/fpsyg.2021.718440
    """
    if not ladder.levels or any(len(h.counts) != len(ladder.levels) for h in ladder.hours):
        raise ValueError("each hour of a ladder needs a count for each level")
    sentence = _sentence(ladder)
    drawn = []
    for suffix, width in (("w", 880.0), ("n", 350.0)):
        body, hits, height = _draw(ladder, width)
        drawn.append(
            svg.drawing(
                key=f"{ladder.key}-{suffix}",
                width=width,
                height=height,
                title=ladder.title,
                desc=sentence,
                body=body,
                hits=hits,
            )
        )
    rows: list[tuple[Cell, ...]] = []
    for hour in ladder.hours:
        head: Cell = Link(hour.label, hour.href) if hour.href else hour.label
        overall = say(hour.overall, 2) if hour.overall is not None else _("not enough to say")
        rows.append((head, *(str(n) for n in hour.counts), overall))
    return Chart(
        drawn[0],
        drawn[1],
        ladder.title,
        sentence,
        (_("Hour"), *ladder.levels, _("Overall")),
        tuple(rows),
        ladder.note,
    )


def _draw(ladder: Ladder, width: float) -> tuple[list[str], list[str], float]:
    narrow = width < 500
    step = 46.0 if narrow else 30.0
    left = 14.0 if narrow else 190.0
    right = width - (14 if narrow else 110)
    top = 30.0 if narrow else 20.0
    bottom = top + step * (len(ladder.levels) - 1) + (10 if narrow else 16)
    y = Scale(1, len(ladder.levels), bottom - 12, top)
    x = Scale(0, max(len(ladder.hours) - 1, 1), left + 12, right - 12)
    most = max((n for h in ladder.hours for n in h.counts), default=1) or 1
    room = (right - left - 24) / max(len(ladder.hours) - 1, 1)
    largest = min(9.0, max(2.6, room * 0.46))
    body: list[str] = []
    hits: list[str] = []
    names: list[str] = []  # on a phone they lie over the drawing, so they are drawn last
    for index, name in enumerate(ladder.levels):
        at = y(index + 1)
        body.append(svg.line(left, at, right, at, "hair"))
        if narrow:
            names.append(svg.text(0, at - 14, f"{index + 1} {name}", "halo"))
        else:
            body.append(svg.text(left - 14, at + 4, f"{name}  {index + 1}", "end"))
    for place, hour in enumerate(ladder.hours):
        for index, n in enumerate(hour.counts):
            if n:
                r = max(1.4, largest * (n / most) ** 0.5)
                body.append(svg.circle(x(place), y(index + 1), r, "pale"))
    run: list[svg.Point] = []
    last: tuple[float, float, float] | None = None
    for place, hour in enumerate((*ladder.hours, LadderHour("", ()))):
        if hour.overall is None:
            body.append(svg.polyline(run, "one"))
            if len(run) == 1:
                body.append(svg.circle(*run[0], 2.4, "dot"))
            run = []
            continue
        run.append((x(place), y(hour.overall)))
        last = (*run[-1], hour.overall)
    if last:
        body.append(svg.circle(last[0], last[1], 3, "dot"))
        words = _("overall %(value)s") % {"value": say(last[2], 1)}
        if not narrow:
            body.append(svg.text(right + 8, last[1] + 4, words, "strong"))
    every = next((n for n in (1, 2, 5, 10, 20, 50) if room * n >= (30 if narrow else 24)), 100)
    for place, hour in enumerate(ladder.hours):
        if place % every == 0:
            body.append(svg.text(x(place), bottom + 16, hour.label, "mid"))
        hits.append(
            svg.hit(x(place), bottom + 12, 9, hour.href, _("Hour %(number)s") % {"number": hour.label})
        )
    body.append(svg.text(left, bottom + 32, _("hour")))
    body += names
    return body, hits, bottom + 38


def _sentence(ladder: Ladder) -> str:
    total = sum(sum(h.counts) for h in ladder.hours)
    given = [h for h in ladder.hours if h.overall is not None]
    hours = len(ladder.hours)
    words = _("%(defenses)s marked in %(hours)s.") % {
        "defenses": opened(count(total, ngettext("one defense", "%(n)s defenses", total))),
        "hours": count(hours, ngettext("one hour", "%(n)s hours", hours)),
    }
    if len(given) < 2:
        return words + " " + _("Overall level: not enough to say.")
    first, last = given[0], given[-1]
    if len({h.overall for h in given}) == 1:  # one stretch of hours, and so one level
        return _("%(words)s Overall level %(level)s from hour %(first)s to hour %(last)s.") % {
            "words": words,
            "level": say(first.overall, 1),
            "first": first.label,
            "last": last.label,
        }
    before, after = say(first.overall, 1), say(last.overall, 1)
    return _("%(words)s Overall level %(before)s in hour %(first)s, %(after)s in hour %(last)s.") % {
        "words": words,
        "before": before,
        "first": first.label,
        "after": after,
        "last": last.label,
    }
