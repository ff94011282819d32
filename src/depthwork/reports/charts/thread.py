"""The thread of a treatment: hours as beads on one line, with what came from outside above it and what
recurred below.

It shows when things stood beside one another. It does not say that one brought the other about.
"""

from __future__ import annotations

import datetime as dt

from depthwork.wording import gettext as _
from depthwork.wording import ngettext

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
        _("Hour"),
        _("Date"),
        _("What was"),
        _("Dream"),
        _("Told"),
        *(f"{m.name} ({m.instrument})" for m in thread.lines),
    )
    return Chart(wide, narrow, thread.title, sentence, columns, _rows(thread), thread.note)


def _sentence(thread: Thread) -> str:
    hours = [h for h in thread.hours if not h.is_consultation]
    first, last = thread.days()
    states = {state: sum(h.state == state for h in hours) for state in ("held", "late", "missed", "planned")}
    parts = [_("%(n)s held") % {"n": spell(states["held"] + states["late"])}]
    parts += [
        f"{spell(n)} {words}"
        for n, words in ((states["missed"], _("missed")), (states["planned"], _("to come")))
        if n
    ]
    said = [
        _("%(hours)s from %(first)s to %(last)s: %(parts)s.")
        % {
            "hours": opened(count(len(hours), ngettext("one hour", "%(n)s hours", len(hours)))),
            "first": say_day(first),
            "last": say_day(last),
            "parts": listed(parts),
        }
    ]
    numbers = {h.on: h.number for h in hours}
    for strain in thread.strains[:3]:
        where = (
            _("Strain after hour %(n)s") % {"n": numbers.get(strain.on, "?")}
            if strain.on in numbers
            else _("Strain")
        )
        after = (
            _(", repaired in hour %(n)s") % {"n": numbers[strain.repaired_on]}
            if strain.repaired_on in numbers
            else _(", still open")
        )
        said.append(f"{where}{after}.")
    if len(thread.strains) > 3:
        more = len(thread.strains) - 3
        said.append(opened(count(more, ngettext("one further strain.", "%(n)s further strains.", more))))
    if thread.dreams:
        dreams = len(thread.dreams)
        said.append(opened(count(dreams, ngettext("one dream.", "%(n)s dreams.", dreams))))
    for theme in thread.themes:
        marked = len(theme.on)
        said.append(
            ngettext(
                "The theme “%(words)s” is marked in one hour.",
                "The theme “%(words)s” is marked in %(n)s hours.",
                marked,
            )
            % {"words": theme.words, "n": spell(marked)}
        )
    for line in thread.lines:
        values = [v for _, v in line.points if v is not None]
        if values:
            said.append(
                _("%(name)s from %(before)s to %(after)s.")
                % {
                    "name": line.name,
                    "before": say(values[0], line.decimals),
                    "after": say(values[-1], line.decimals),
                }
            )
        said += [f"{opened(words)}." for _, _, words in line.steps]
        if line.after:
            later = [
                _("%(value)s at %(months)s months") % {"value": say(value, line.decimals), "months": months}
                for months, value in line.after
            ]
            said.append(_("%(name)s after the end: %(later)s.") % {"name": line.name, "later": listed(later)})
    return " ".join(said)


def _rows(thread: Thread) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[dt.date, int, tuple[Cell, ...]]] = []
    by_day: dict[dt.date, list[str]] = {}
    for strain in thread.strains:
        by_day.setdefault(strain.on, []).append(_(strain.words))
        if strain.repaired_on:
            by_day.setdefault(strain.repaired_on, []).append(_("repair"))
    for theme in thread.themes:
        for day in theme.on:
            by_day.setdefault(day, []).append(_("theme: %(words)s") % {"words": theme.words})
    gap: tuple[Cell, ...] = tuple("" for _ in thread.lines)
    for hour in thread.hours:
        told = [
            (_("%(sphere)s, as ever") if t.as_ever else _("%(sphere)s, another way"))
            % {"sphere": _(t.sphere)}
            for t in thread.told
            if t.on == hour.on
        ]
        dreams = [d.words for d in thread.dreams if d.on == hour.on]
        values = tuple(_value(line, hour.on) for line in thread.lines)
        what = "; ".join([_state(hour), *by_day.get(hour.on, [])])
        name = thread_signs.name_of(hour)
        head: Cell = Link(name, hour.href) if hour.href else name
        rows.append((hour.on, 1, (head, say_day(hour.on), what, "; ".join(dreams), "; ".join(told), *values)))
    known = {hour.on for hour in thread.hours}
    kinds = {
        "life": _("Life event"),
        "medication": _("Medication"),
        "frame": _("Frame"),
        "adjunct": _("Parallel work"),
    }
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
                (
                    _("Break"),
                    _("%(first)s to %(last)s") % {"first": say_day(away.first), "last": say_day(away.last)},
                    away.words,
                    "",
                    "",
                    *gap,
                ),
            )
        )
    for line_index, line in enumerate(thread.lines):
        for day, value in line.points:
            if day not in known:
                what = _("form filled") if value is not None else _("form not filled")
                cells = [("" if i != line_index else _value(line, day)) for i in range(len(thread.lines))]
                rows.append((day, 3, (_("Between hours"), say_day(day), what, "", "", *cells)))
    return (
        *_together([row for _, _, row in sorted(rows, key=lambda r: (r[0], r[1]))], thread),
        *_after(thread),
    )


def _together(rows: list[tuple[Cell, ...]], thread: Thread) -> list[tuple[Cell, ...]]:
    """Hours of which nothing is said but that they were held stand in one row: first to last."""
    plain = {say_day(h.on): h.number for h in thread.hours if h.state == "held" and h.number and not h.words}
    found: list[tuple[Cell, ...]] = []
    run: list[tuple[Cell, ...]] = []

    def close() -> None:
        if len(run) < 3:
            found.extend(run)
        else:
            head = _("Hours %(first)s to %(last)s") % {
                "first": plain[str(run[0][1])],
                "last": plain[str(run[-1][1])],
            }
            days = _("%(first)s to %(last)s") % {"first": run[0][1], "last": run[-1][1]}
            found.append((head, days, *run[0][2:]))
        run.clear()

    for row in rows:
        if row[2] == _("held") and row[1] in plain and not any(row[3:]):
            run.append(row)
        else:
            close()
            found.append(row)
    close()
    return found


def _after(thread: Thread) -> list[tuple[Cell, ...]]:
    """A row for each follow-up."""
    states = {None: _("to come"), True: _("answered"), False: _("left open")}
    rows: list[tuple[Cell, ...]] = []
    for follow in thread.follow_ups:
        name = _("%(months)s months after") % {"months": follow.months}
        values = [dict(line.after).get(follow.months) for line in thread.lines]
        cells = [
            "" if value is None else say(value, line.decimals)
            for line, value in zip(thread.lines, values, strict=True)
        ]
        head: Cell = Link(name, follow.href) if follow.href else name
        rows.append((head, "", _("declined") if follow.declined else states[follow.answered], "", "", *cells))
    return rows


def _state(hour: Hour) -> str:
    plain = {"held": _("held"), "late": _("held in part"), "missed": _("missed"), "planned": _("to come")}[
        hour.state
    ]
    if hour.words.startswith(str(plain)):  # "missed, without notice" says it whole
        return hour.words
    return f"{plain}, {hour.words}" if hour.words else plain


def _value(line: MeasureLine, on: dt.date) -> Cell:
    for day, value in line.points:
        if day == on:
            return (
                say(value, line.decimals)
                if value is not None
                else _(dict(line.unfilled).get(day, "not filled"))
            )
    return ""
