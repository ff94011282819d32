"""What stands beneath the line of hours: dreams, what was told then, now and here, and the measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from depthwork import wording
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

from . import svg
from .scales import Scale, say
from .thread_data import MeasureLine, Thread
from .thread_signs import LEFT, NOTES, RIGHT, Row, moon
from .unfilled import sign

# Said small, as everywhere else: a column head "Then" is also what is done next, and German has two words for the two.
SPHERES = (("then", gettext_noop("then")), ("now", gettext_noop("now")), ("here", gettext_noop("here")))


def below(
    thread: Thread,
    row: Row,
    y: float,
    body: list[str],
    hits: list[str],
    *,
    only: bool,
    after: Mapping[int, float] | None = None,
) -> float:
    """Dreams, what was told, and the measures, beneath the line; `after`: where each follow-up stands. The bottom."""
    small = row.r < 6
    front: list[str] = []
    if thread.dreams:
        y += 20
        body.append(svg.text(0, y + 5, _("Dreams"), "name"))
        dreams = [d for d in thread.dreams if row.holds(d.on)]
        for index, dream in enumerate(dreams):
            x = row.x(dream.on)
            ahead = row.x(dreams[index + 1].on) - 12 if index + 1 < len(dreams) else NOTES + 60
            said = svg.width_of(dream.words, px=13.5) * 0.86
            front.append(moon(x, y))
            if x + 9 + said < ahead:
                front.append(
                    svg.rect(x + 6, y - 9, said, 18, "paper") + svg.text(x + 9, y + 5, dream.words, "said")
                )
            hits.append(svg.hit(x, y, 9, dream.href, dream.words))
        y += 14
    if thread.own_notes:
        y += 20
        body.append(svg.text(0, y + 5, _("Own notes"), "name"))
        for own in thread.own_notes:
            if row.holds(own.on):
                x = row.x(own.on)
                front.append(svg.rect(x - 3.5, y - 3.5, 7, 7, "ring"))
                hits.append(svg.hit(x, y, 8, own.href, _("own note, %(day)s") % {"day": wording.day(own.on)}))
        y += 14
    if thread.told:
        y += 22
        step = 20.0 if small else 26.0
        for sphere, name in SPHERES:
            words = _(name).capitalize()
            body.append(svg.text(0, y + 5, words, "name"))
            body.append(svg.line(LEFT - 12, y, RIGHT, y, "hair"))
            seen: dict[dt.date, float] = {}
            for told in thread.told:
                if told.sphere != sphere or not row.holds(told.on):
                    continue
                r = 5.5 if not small else 3.4
                x = seen.get(told.on, row.x(told.on))
                seen[told.on] = x + 2 * r + 1
                front.append(svg.circle(x, y, r, "dot" if told.as_ever else "ring"))
                hits.append(
                    svg.hit(
                        x,
                        y,
                        r + 2,
                        told.href,
                        _("%(words)s, told %(day)s") % {"words": words, "day": wording.day(told.on)},
                    )
                )
            y += step
        if only:
            body.append(svg.text(NOTES, y - 2.5 * step + 4, _("filled: as ever")))
            body.append(svg.text(NOTES, y - 1.5 * step, _("open: another way")))
    if thread.themes:
        y = _themes(thread, row, y + (6 if thread.told else 22), body, front, step=20.0 if small else 26.0)
    for measure in thread.lines:
        y = _measure(
            measure,
            row,
            y + (24 if small else 46),
            front,
            only=only,
            height=44.0 if small else 62.0,
            after=after or {},
        )
    body.extend(front)
    return y + 14


def _themes(thread: Thread, row: Row, y: float, body: list[str], front: list[str], *, step: float) -> float:
    """A line of small squares for each theme: the hours in which it was marked."""
    for theme in thread.themes:
        name = broken(theme.words, 14)[:2]
        for index, part in enumerate(name):
            body.append(svg.text(0, y + 5 + 15 * index, part, "name"))
        body.append(svg.line(LEFT - 12, y, RIGHT, y, "hair"))
        front.extend(svg.rect(row.x(day) - 3, y - 3, 6, 6, "dot") for day in theme.on if row.holds(day))
        y += max(step, 15.0 * len(name) + 8)
    return y


def _measure(
    measure: MeasureLine,
    row: Row,
    top: float,
    body: list[str],
    *,
    only: bool,
    height: float,
    after: Mapping[int, float],
) -> float:
    values = [v for _, v in measure.points if v is not None]
    later = [(after[months], value) for months, value in measure.after if months in after]
    extent = [*values, *(value for _, value in later)]
    if measure.band:
        extent += measure.band[:2]
    if measure.cut:
        extent.append(measure.cut[0])
    if not values:
        return top
    name = broken(measure.name, 14)  # the column of names is as wide as "Between us" and a little
    height = max(height, 16.0 * (len(name) + 1) - 30)  # a goal stands in full
    bottom = top + height
    scale = Scale(min(extent), max(extent), bottom, top)
    middle = top + height / 2 - 8 * (len(name) - 1)
    for index, part in enumerate(name):
        body.append(svg.text(0, middle + 16 * index, part, "name"))
    body.append(svg.text(0, middle + 16 * len(name), measure.instrument))
    notes: list[tuple[float, str]] = []
    if measure.band:
        low, high, words = measure.band
        body.append(svg.rect(LEFT - 12, scale(high), RIGHT - LEFT + 12, scale(low) - scale(high), "band"))
        notes.append(((scale(low) + scale(high)) / 2, words))
    if measure.cut:
        body.append(svg.line(LEFT - 12, scale(measure.cut[0]), RIGHT, scale(measure.cut[0]), "cut"))
        if not later:  # the follow-ups stand where its words would; the line's own end says the cut-off
            notes.append((scale(measure.cut[0]), measure.cut[1]))
        else:
            line = scale(measure.cut[0])
            begins = (scale(v) for day, v in measure.points if v is not None and row.x(day) < LEFT + 50)
            under = any(line - 28 < y < line + 6 for y in begins)  # a first value has its number above
            body.append(svg.text(LEFT - 12, line + (16 if under else -5), measure.cut[1]))
    if only or row.holds(measure.points[0][0]):
        _right(notes, body)
    run: list[svg.Point] = []
    dots: list[tuple[float, float, float]] = []
    for day, value in measure.points:
        if value is None or not row.holds(day):
            body.append(svg.polyline(run, "one"))
            run = []
            continue
        point = (row.x(day), scale(value))
        run.append(point)
        dots.append((*point, value))
    body.append(svg.polyline(run, "one"))
    body.extend(sign(row.x(day), bottom - 4, what, r=3.5) for day, what in measure.unfilled if row.holds(day))
    at = dict(measure.points)
    for start, stop, words in measure.steps:
        if at.get(start) is None or at.get(stop) is None or not (row.holds(start) and row.holds(stop)):
            continue
        x1, y1, x2, y2 = row.x(start), scale(at[start] or 0), row.x(stop), scale(at[stop] or 0)
        body.append(svg.line(x1, y1, x2, y2, "one w3"))
        body.append(svg.text((x1 + x2) / 2, bottom + 14, words, "mid said"))
    r = 2.6 if row.r > 4 else 1.9
    body.extend(svg.circle(x, y, r, "dot") for x, y, _ in dots)
    if dots:
        told = {dots[0], dots[-1]}
        if only:
            told |= {max(dots, key=lambda d: d[1]), min(dots, key=lambda d: d[1])}
        for x, y, value in sorted(told):
            above = y < top + height * 0.55
            words = say(value, measure.decimals) or ""
            body.append(svg.text(x, y - 8 if above else y + 17, words, "mid strong"))
    for x, value in later:
        y = scale(value)
        body.append(svg.circle(x, y, r + 0.6, "ring"))
        above = y > top + height * 0.5
        body.append(svg.text(x, y - 8 if above else y + 17, say(value, measure.decimals) or "", "mid strong"))
    return bottom


def _right(notes: list[tuple[float, str]], body: list[str]) -> None:
    """Words at the right of a band and a cut-off, kept a line apart, and broken where they are long."""
    lines: list[tuple[float, str]] = []
    for y, words in sorted(notes):
        parts = broken(words, 16)
        lines += [(y + 15 * (i - (len(parts) - 1) / 2), part) for i, part in enumerate(parts)]
    last = -1e9
    for y, part in lines:
        last = max(y, last + 15)
        body.append(svg.text(NOTES, last + 4, part))


def broken(words: str, most: int) -> list[str]:
    """Words in lines of at most so many letters; a longer word keeps a line of its own."""
    parts = [""]
    for word in words.split():
        if len(parts[-1]) + len(word) >= most and parts[-1]:
            parts.append("")
        parts[-1] = f"{parts[-1]} {word}".strip()
    return parts
