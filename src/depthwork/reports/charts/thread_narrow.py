"""The thread on a narrow page: it runs downwards, words to its right; the measures stand beneath."""

from __future__ import annotations

import datetime as dt
from statistics import median

from depthwork import wording
from depthwork.wording import gettext as _

from . import svg
from .scales import Days, Scale, month_starts, say
from .strand import binding, down, knotted, sag, under
from .thread_below import broken
from .thread_data import MeasureLine, Thread
from .thread_signs import bead, glyph, moon, name_of
from .unfilled import sign

WIDTH = 350.0
X = 58.0
WORDS = 92.0


def draw(thread: Thread) -> tuple[list[str], list[str], float]:
    """The drawing's parts, its links, and its height."""
    body: list[str] = []
    hits: list[str] = []
    first, last = thread.days()
    gaps = [(b.on - a.on).days for a, b in zip(thread.hours, thread.hours[1:], strict=False) if b.on > a.on]
    usual = median(gaps) if gaps else 7
    step = 46.0 if len(thread.hours) <= 30 else 20.0 if len(thread.hours) <= 90 else 10.0
    r = 10.0 if step > 40 else 6.0 if step > 15 else 3.8
    length = (last - first).days * step / usual
    y = Days(first, last, 20, 20 + max(length, 1))
    _strand(thread, y, r, body)
    for hour in thread.hours:
        body.append(bead(hour, X, y(hour.on), r))
        hits.append(svg.hit(X, y(hour.on), max(r, 5), hour.href, name_of(hour)))
    _numbers(thread, y, step, body)
    bottom = _words(thread, y, r, body, hits)
    foot = max(y(last) + 24, bottom)
    if thread.ends_on:
        e = max(y(thread.ends_on) + r + 10, foot - 20)
        body += [svg.line(X - 16, e, X + 16, e, "tick"), svg.line(X - 16, e + 6, X + 16, e + 6, "one w4")]
        body.append(
            svg.text(
                WORDS,
                e + 8,
                (_("ended %(day)s") if thread.is_over else _("ends %(day)s"))
                % {"day": wording.day(thread.ends_on, "j F")},
                "strong",
            )
        )
        foot = e + 34
    if thread.follow_ups:
        for i, follow in enumerate(thread.follow_ups):
            place = X + i * 32
            body.append(
                sign(place, foot, "declined")
                if follow.declined
                else svg.circle(
                    place, foot, 5, {None: "planned", True: "dot", False: "ring"}[follow.answered]
                )
            )
            body.append(svg.text(place, foot + 20, str(follow.months), "mid"))
            hits.append(
                svg.hit(
                    place, foot, 10, follow.href, _("%(months)s months after") % {"months": follow.months}
                )
            )
        body.append(svg.text(X + len(thread.follow_ups) * 32, foot + 4, _("months after")))
        foot += 40
    for measure in thread.lines:
        foot = _measure(measure, first, last, foot + 14, body)
    return body, hits, foot


def _strand(thread: Thread, y: Days, r: float, body: list[str]) -> None:
    place = down(X)
    fine = "" if r > 6 else " fine"
    scale = 1.0 if r > 6 else 0.45
    hours = thread.hours
    if thread.first_call and hours:
        body.append(sag(place, y(thread.first_call), y(hours[0].on), "strand" + fine, depth=0))
        body.append(svg.circle(X, y(thread.first_call), 2.5, "dot"))
    index = 0
    while index < len(hours) - 1:
        before, ahead, missed = hours[index], index + 1, None
        if hours[ahead].state == "missed" and ahead + 1 < len(hours):
            missed, ahead = hours[ahead], ahead + 1
        after = hours[ahead]
        index = ahead
        a, b = y(before.on), y(after.on)
        strained = {before.on, missed.on if missed is not None else before.on}
        strain = next((s for s in thread.strains if s.on in strained), None)
        away = thread.away_between(before.on, after.on)
        at = y(missed.on) if missed else None
        if strain is not None and away is not None:
            tied = min(a + 46 * scale, b)
            drawn, _ = knotted(place, a, tied, None, scale=scale, depth=r, names="strand" + fine)
            body += [drawn, sag(place, tied, b, "slack" + fine, depth=0)]
        elif away is not None or "planned" in (before.state, after.state):
            body.append(sag(place, a, b, "slack" + fine, depth=0))
        elif strain is not None:
            drawn, _ = knotted(place, a, b, at, scale=scale, depth=r + 12, names="strand" + fine)
            body.append(drawn)
        elif at is not None:
            body.append(under(place, a, at, b, "strand" + fine, depth=r + 6))
        else:
            body.append(sag(place, a, b, "strand" + fine, depth=0))
    for strain in thread.strains:
        if strain.repaired_on:
            body.append(binding(place, y(strain.repaired_on) - r + 10 * scale, scale=scale))


def _numbers(thread: Thread, y: Days, step: float, body: list[str]) -> None:
    every = 1 if step > 15 else 10
    first = True
    above = -100.0
    for hour in thread.hours:
        if hour.number is None:
            continue
        if (first or hour.number % every == 0) and y(
            hour.on
        ) - above >= 11:  # two in three days would overlap
            above = y(hour.on)
            names = "end" if hour.state == "planned" else "end strong"
            # The line swings out to the left beneath a missed hour: its number stands further out.
            out = 34 if hour.state == "missed" and step > 40 else 20
            body.append(svg.text(X - out, y(hour.on) + 4, str(hour.number), names))
        first = False


def _words(thread: Thread, y: Days, r: float, body: list[str], hits: list[str]) -> float:
    """What happened, to the right of the line, a line apart; where there is no room the table has it."""
    first, last = thread.days()
    items: list[tuple[float, int, str, str, str, str]] = []
    if thread.first_call:
        items.append(
            (
                y(thread.first_call),
                0,
                "",
                _("First call, %(first_call)s") % {"first_call": _short(thread.first_call)},
                "strong",
                "",
            )
        )
    for strain in thread.strains:
        items.append((y(strain.on) + (22 if r > 6 else 6), 0, "", _(strain.words), "strong", ""))
        if strain.repaired_on:
            items.append((y(strain.repaired_on), 0, "", _("repair"), "strong", ""))
    for away in thread.aways:
        middle = away.first + (away.last - away.first) / 2
        if first <= middle <= last:
            items.append((y(middle), 1, "", away.words, "", ""))
    for happening in thread.happenings:
        words = f"{happening.words}, {_short(happening.on)}"
        items.append((y(happening.on), 1, happening.kind, words, "strong", happening.href))
    for dream in thread.dreams:
        items.append((y(dream.on), 2, "dream", dream.words, "said", dream.href))
    for hour in thread.hours:
        words = hour.words or (_("missed") if hour.state == "missed" and r > 6 else "")
        if words:
            items.append((y(hour.on), 3, "", words, "", ""))
    if r < 6:
        items += [(y(day), 4, "", _month(day), "", "") for day in month_starts(first, last)]
    bottom = 0.0
    taken: list[float] = []
    reach = 16.0
    tied = [y(strain.on) for strain in thread.strains] if r > 6 else []
    for wanted, _rank, kind, words, names, href in sorted(items, key=lambda item: (item[1], item[0])):
        spots = (wanted, wanted + reach, wanted - reach, wanted + 2 * reach, wanted - 2 * reach)
        place = next((s for s in spots if s > 8 and all(abs(s - t) >= 15.5 for t in taken)), None)
        if place is None:
            continue
        taken.append(place)
        bottom = max(bottom, place + 16)
        # Beside a knot the line swings out: words and signs stand clear of it.
        clear = 26 if any(-20 <= place - knot <= 44 for knot in tied) else 0
        left = WORDS + clear
        room = left + (14 if kind else 0)
        size = 0.86 if names == "said" else 1.0
        kept = int((WIDTH - room) / (svg.CHARACTER_PX * size))
        shown = words if len(words) <= kept else words[: kept - 1].rstrip() + "…"
        if kind:
            body.append(moon(left + 3, place) if kind == "dream" else glyph(kind, left + 3, place))
            hits.append(svg.hit(left + 3, place, 10, href, words))
        body.append(svg.text(room, place + 4, shown, names))
    return bottom


def _short(day: dt.date) -> str:
    return wording.day(day, "j M")


def _month(day: dt.date) -> str:
    return wording.day(day, "F Y" if day.month == 1 else "F")


def _measure(measure: MeasureLine, first: dt.date, last: dt.date, top: float, body: list[str]) -> float:
    values = [v for _, v in measure.points if v is not None]
    if not values:
        return top
    extent = (
        list(values)
        + list(measure.band[:2] if measure.band else ())
        + ([measure.cut[0]] if measure.cut else [])
    )
    name = broken(measure.name, 44)
    top += 17 * (len(name) - 1)
    plot = top + 56
    scale = Scale(min(extent), max(extent), plot + 56, plot)
    x = Days(first, last, 14, WIDTH - 14)
    for index, part in enumerate(name):
        body.append(svg.text(0, top + 12 - 17 * (len(name) - 1 - index), part, "name"))
    told = [measure.instrument, *(part[-1] for part in (measure.cut, measure.band) if part)]
    body.append(svg.text(0, top + 29, "; ".join(told)[:50]))
    if measure.band:
        low, high, _said = measure.band
        body.append(svg.rect(0, scale(high), WIDTH, scale(low) - scale(high), "band"))
    if measure.cut:
        body.append(svg.line(0, scale(measure.cut[0]), WIDTH, scale(measure.cut[0]), "cut"))
    run: list[svg.Point] = []
    dots: list[tuple[float, float, float]] = []
    for day, value in (*measure.points, (last, None)):
        if value is None:
            body.append(svg.polyline(run, "one"))
            run = []
            continue
        run.append((x(day), scale(value)))
        dots.append((x(day), scale(value), value))
    body.extend(sign(x(day), plot + 52, what, r=3.5) for day, what in measure.unfilled)
    at = dict(measure.points)
    for start, stop, words in measure.steps:
        if at.get(start) is None or at.get(stop) is None:
            continue
        x1, x2 = x(start), x(stop)
        body.append(svg.line(x1, scale(at[start] or 0), x2, scale(at[stop] or 0), "one w3"))
        middle = min(max((x1 + x2) / 2, 7 * len(words) / 2), WIDTH - 7 * len(words) / 2)
        body.append(svg.text(middle, plot + 76, words, "mid said"))
    r = 2.6 if len(dots) < 60 else 1.6
    body.extend(svg.circle(px, py, r, "dot") for px, py, _ in dots)
    for px, py, value in sorted(
        {dots[0], dots[-1], max(dots, key=lambda d: d[1]), min(dots, key=lambda d: d[1])}
    ):
        words = say(value, measure.decimals) or ""
        body.append(svg.text(px, py - 8 if py < plot + 34 else py + 17, words, "mid strong"))
    if measure.after:
        later = ", ".join(f"{say(value, measure.decimals)} ({months})" for months, value in measure.after)
        body.append(svg.text(0, plot + 96, _("months after: %(later)s") % {"later": later}))
        return plot + 104
    return plot + 84
