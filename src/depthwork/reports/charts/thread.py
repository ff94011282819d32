"""The thread of a treatment: hours as beads on one line, with what came from outside above it and what
recurred below.

It shows when things stood beside one another. It does not say that one brought the other about.
"""

from __future__ import annotations

import datetime as dt

from . import svg, thread_narrow, thread_signs, thread_wide
from .chart import Cell, Chart, Link
from .scales import say, say_day
from .thread_data import Hour, MeasureLine, Thread
from .words import count, listed, opened, spell


def thread_chart(thread: Thread) -> Chart:
    """Draw a treatment as a thread.

    Serves sixteen hours on one line and three years twice weekly on three: where the hours would stand
    closer than ten pixels, the line is broken into years, half years or quarters, as a text is broken
    into lines.

    Parameters
    ----------
    thread : Thread
        Hours in order of date. Points of a measure in order of date; None where a form was not filled.

    Returns
    -------
    Chart
        Wide and narrow drawing, the sentence, and one row for each hour and each happening.

    Raises
    ------
    ValueError
        If nothing has a date.

    Notes
    -----
    1. The scale is time; two things on one day stand on one another.
    2. A form not filled breaks the line of its measure; a break of the treatment does not.
    3. Links lie over the drawing for the pointer, and in the table for everyone.
    """
    sentence = thread.sentence or _sentence(thread)
    body, hits, height = thread_wide.draw(thread)
    wide = svg.drawing(
        key=f"{thread.key}-w",
        width=thread_signs.WIDTH,
        height=height,
        title=thread.title,
        desc=sentence,
        body=body,
        hits=hits,
    )
    body, hits, height = thread_narrow.draw(thread)
    narrow = svg.drawing(
        key=f"{thread.key}-n",
        width=thread_narrow.WIDTH,
        height=height,
        title=thread.title,
        desc=sentence,
        body=body,
        hits=hits,
    )
    columns = (
        "Hour",
        "Date",
        "What was",
        "Dream",
        "Told",
        *(f"{m.name} ({m.instrument})" for m in thread.lines),
    )
    return Chart(wide, narrow, thread.title, sentence, columns, _rows(thread), thread.note)


def _sentence(thread: Thread) -> str:
    hours = [h for h in thread.hours if not h.is_consultation]
    first, last = thread.days()
    states = {state: sum(h.state == state for h in hours) for state in ("held", "late", "missed", "planned")}
    parts = [f"{spell(states['held'] + states['late'])} held"]
    parts += [
        f"{spell(n)} {words}"
        for n, words in ((states["missed"], "missed"), (states["planned"], "to come"))
        if n
    ]
    said = [f"{opened(count(len(hours), 'hour'))} from {say_day(first)} to {say_day(last)}: {listed(parts)}."]
    numbers = {h.on: h.number for h in hours}
    for strain in thread.strains[:3]:
        where = f"Strain after hour {numbers.get(strain.on, '?')}" if strain.on in numbers else "Strain"
        after = (
            f", repaired in hour {numbers[strain.repaired_on]}"
            if strain.repaired_on in numbers
            else ", still open"
        )
        said.append(f"{where}{after}.")
    if len(thread.strains) > 3:
        said.append(f"{opened(count(len(thread.strains) - 3, 'further strain'))}.")
    if thread.dreams:
        said.append(f"{opened(count(len(thread.dreams), 'dream'))}.")
    for line in thread.lines:
        values = [v for _, v in line.points if v is not None]
        if values:
            said.append(
                f"{line.name} from {say(values[0], line.decimals)} to {say(values[-1], line.decimals)}."
            )
        said += [f"{opened(words)}." for _, _, words in line.steps]
        if line.after:
            later = [f"{say(value, line.decimals)} at {months} months" for months, value in line.after]
            said.append(f"{line.name} after the end: {listed(later)}.")
    return " ".join(said)


def _rows(thread: Thread) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[dt.date, int, tuple[Cell, ...]]] = []
    by_day: dict[dt.date, list[str]] = {}
    for strain in thread.strains:
        by_day.setdefault(strain.on, []).append(strain.words)
        if strain.repaired_on:
            by_day.setdefault(strain.repaired_on, []).append("repair")
    gap: tuple[Cell, ...] = tuple("" for _ in thread.lines)
    for hour in thread.hours:
        told = [
            f"{t.sphere}, {'as ever' if t.as_ever else 'another way'}" for t in thread.told if t.on == hour.on
        ]
        dreams = [d.words for d in thread.dreams if d.on == hour.on]
        values = tuple(_value(line, hour.on) for line in thread.lines)
        what = "; ".join([_state(hour), *by_day.get(hour.on, [])])
        name = thread_signs.name_of(hour)
        head: Cell = Link(name, hour.href) if hour.href else name
        rows.append((hour.on, 1, (head, say_day(hour.on), what, "; ".join(dreams), "; ".join(told), *values)))
    known = {hour.on for hour in thread.hours}
    kinds = {"life": "Life event", "medication": "Medication", "frame": "Frame", "adjunct": "Parallel work"}
    for item in thread.happenings:
        words = f"{item.words}, {item.more}" if item.more else item.words
        name = kinds[item.kind]
        rows.append(
            (
                item.on,
                0,
                (Link(name, item.href) if item.href else name, say_day(item.on), words, "", "", *gap),
            )
        )
    for away in thread.aways:
        rows.append(
            (
                away.first,
                2,
                ("Break", f"{say_day(away.first)} to {say_day(away.last)}", away.words, "", "", *gap),
            )
        )
    for line_index, line in enumerate(thread.lines):
        for day, value in line.points:
            if day not in known:
                what = "form filled" if value is not None else "form not filled"
                cells = [("" if i != line_index else _value(line, day)) for i in range(len(thread.lines))]
                rows.append((day, 3, ("Between hours", say_day(day), what, "", "", *cells)))
    return (*(row for _, _, row in sorted(rows, key=lambda r: (r[0], r[1]))), *_after(thread))


def _after(thread: Thread) -> list[tuple[Cell, ...]]:
    """A row for each follow-up."""
    states = {None: "to come", True: "answered", False: "left open"}
    rows: list[tuple[Cell, ...]] = []
    for follow in thread.follow_ups:
        name = f"{follow.months} months after"
        values = [dict(line.after).get(follow.months) for line in thread.lines]
        cells = [
            "" if value is None else say(value, line.decimals)
            for line, value in zip(thread.lines, values, strict=True)
        ]
        head: Cell = Link(name, follow.href) if follow.href else name
        rows.append((head, "", "declined" if follow.declined else states[follow.answered], "", "", *cells))
    return rows


def _state(hour: Hour) -> str:
    plain = {"held": "held", "late": "held in part", "missed": "missed", "planned": "to come"}[hour.state]
    if hour.words.startswith(plain):  # "missed, without notice" says it whole
        return hour.words
    return f"{plain}, {hour.words}" if hour.words else plain


def _value(line: MeasureLine, on: dt.date) -> Cell:
    for day, value in line.points:
        if day == on:
            return (
                say(value, line.decimals) if value is not None else dict(line.unfilled).get(day, "not filled")
            )
    return ""
