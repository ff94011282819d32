"""The thread on a wide page: one long line, or one a year where the hours are many, like lines of a text."""

from __future__ import annotations

import datetime as dt
from statistics import median

from depthwork import wording
from depthwork.wording import gettext as _

from . import svg
from .scales import month_name, month_starts, short_month
from .strand import along, binding, knotted, sag, under
from .thread_below import below
from .thread_data import Happening, Thread
from .thread_signs import LEFT, NOTES, RIGHT, TIER, WIDTH, Row, bead, glyph, name_of
from .unfilled import sign


def rows_of(thread: Thread) -> list[Row]:
    """As few rows as leave each hour room: the whole, then years, half years, quarters."""
    first, last = thread.days()
    gaps = [(b.on - a.on).days for a, b in zip(thread.hours, thread.hours[1:], strict=False) if b.on > a.on]
    usual = median(gaps) if gaps else 7
    closing = thread.ends_on is not None or bool(thread.follow_ups)
    end = 1038.0 if closing else RIGHT - 10
    whole = max((last - first).days, 1)
    spacing = usual / whole * (end - LEFT - 18)
    if spacing >= 10:
        return [Row(first, last, "", end, *_size(spacing))]
    months = next((m for m in (12, 6, 3) if usual / (m * 30.5) * (RIGHT - LEFT) >= 6.5), 3)
    rows: list[Row] = []
    start = first
    while start <= last:
        stop = _months_on(start, months) - dt.timedelta(days=1)
        if (last - stop).days < 31 * months // 6:
            stop = max(stop, last)  # a line of a few days is not worth a line of its own
        spacing = usual / (stop - start).days * (end - LEFT - 18)
        words = (
            _("Year %(x)s") % {"x": len(rows) + 1} if months == 12 else f"{short_month(start)} {start.year}"
        )
        rows.append(Row(start, stop, words, end, *_size(spacing)))
        start = stop + dt.timedelta(days=1)
    return rows


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the first of the month after where there is no such day."""
    later = day.month - 1 + months
    try:
        return day.replace(year=day.year + later // 12, month=later % 12 + 1)
    except ValueError:
        return dt.date(day.year + (later + 1) // 12, (later + 1) % 12 + 1, 1)


def _size(spacing: float) -> tuple[float, int]:
    r = next((r for least, r in ((24, 10.0), (17, 7.0), (11, 5.0), (7.5, 3.6)) if spacing >= least), 3.0)
    every = next((n for least, n in ((22, 1), (9, 5)) if spacing >= least), 10)
    return r, every


def draw(thread: Thread) -> tuple[list[str], list[str], float]:
    """The drawing's parts, its links, and its height."""
    rows = rows_of(thread)
    body: list[str] = []
    hits: list[str] = []
    y = 0.0
    for index, row in enumerate(rows):
        y = _row(thread, row, y, body, hits, only=len(rows) == 1, ending=index == len(rows) - 1)
        y += 34
    return body, hits, y - 8


def _row(
    thread: Thread, row: Row, top: float, body: list[str], hits: list[str], *, only: bool, ending: bool
) -> float:
    happenings = [h for h in thread.happenings if row.holds(h.on)]
    tiers = _tiers(happenings, row)
    depth = max([tier for _, tier in tiers if tier is not None], default=-1) + 1
    knots = any(row.holds(s.on) for s in thread.strains)
    tier_height = 38.0 if any(h.more for h in happenings) else TIER
    y = top + 22 + depth * tier_height + (66 if knots and row.r > 6 else 44 if knots else 34)
    low = y + (76 if only else 52)
    under_line: list[str] = []
    after = (
        dict(zip((f.months for f in thread.follow_ups), _places(thread, row), strict=True)) if ending else {}
    )
    bottom = below(thread, row, low, under_line, hits, only=only, after=after)
    _months(row, bottom, body, lead=low - 12)
    body.extend(under_line)
    if row.name:
        body.append(svg.text(0, y + 5, row.name, "name"))
    above = y - (72 if row.r > 6 else 51) if knots else None  # over a knot and its word
    _events(tiers, row, (top + 18, y), above, tier_height, body, hits)
    _strand(thread, row, y, body)
    _beads(thread, row, y, body, hits)
    _labels(thread, row, y, body)
    if ending:
        _ending(thread, row, y, body, hits)
    return bottom + 20


def _months(row: Row, bottom: float, body: list[str], *, lead: float) -> None:
    wide = (row.end - LEFT) / max((row.last - row.first).days / 30.5, 1)
    names = [(day, row.x(day)) for day in month_starts(row.first, row.last)]
    for day, x in names:
        body.append(svg.line(x, lead, x, bottom, "hair"))
        year = f" {day.year}" if day.month == 1 else ""
        if wide > 74 and svg.width_of(month_name(day) + year) < wide - 6:
            words = month_name(day) + year
        elif wide > 34:
            words = short_month(day) + (year if wide > 64 else "")
        else:
            words = short_month(day) if day.month % 3 == 1 else ""
        if x + svg.width_of(words) < NOTES + 40:
            body.append(svg.text(x + 5, bottom + 16, words))
    if names and names[0][1] - row.x(row.first) > 40 and wide > 74:
        body.append(svg.text(row.x(row.first), bottom + 16, month_name(row.first)))


def _tiers(happenings: list[Happening], row: Row) -> list[tuple[Happening, int | None]]:
    """A tier for each label, the first with room from the top down; None where none of five has room."""
    taken: list[float] = []
    placed: list[tuple[Happening, int | None]] = []
    # From the right, so that a lead line never crosses a label that stands to the right of it on a
    # lower tier.
    for happening in sorted(happenings, key=lambda h: h.on, reverse=True):
        x = row.x(happening.on)
        end = x + 12 + max(svg.width_of(happening.words), svg.width_of(happening.more))
        tier = next((i for i, start in enumerate(taken) if end + 14 < start), None)
        if tier is None and len(taken) < 5:
            taken.append(x)
            tier = len(taken) - 1
        if tier is not None:
            # Everything below this tier would be crossed by the lead line of this label.
            taken = [min(start, x - 6) if i <= tier else start for i, start in enumerate(taken)]
        placed.append((happening, tier))
    return placed


def _events(
    tiers: list[tuple[Happening, int | None]],
    row: Row,
    between: tuple[float, float],
    clear: float | None,
    height: float,
    body: list[str],
    hits: list[str],
) -> None:
    top, y = between
    depth = max([tier for _, tier in tiers if tier is not None], default=-1) + 1
    over = y - row.r - 12 if clear is None else clear
    bare: list[float] = []
    for happening, tier in reversed(tiers):  # from the left
        x = row.x(happening.on)
        if tier is None:  # beside the sign of the same day, not upon it
            x = max(x, bare[-1] + 15) if bare else x
            bare.append(x)
        level = over if tier is None else top + (depth - 1 - tier) * height
        if tier is not None:
            body.append(svg.line(x, level + 7, x, y - 3, "lead-line"))
            body.append(svg.text(x + 11, level + 4, happening.words, "strong"))
            if happening.more:
                body.append(svg.text(x + 11, level + 20, happening.more))
        body.append(glyph(happening.kind, x, level))
        hits.append(svg.hit(x, level, 9, happening.href, happening.words))
    # No tier has room for the words of these: their signs stand alone, and after the last of a group how many it is.
    count = 0
    for x, after in zip(bare, [*bare, float("inf")][1:], strict=True):
        count += 1
        if after - x > 40:
            body.append(svg.text(x + 9, over + 4, f"+{count}"))
            count = 0


def _strand(thread: Thread, row: Row, y: float, body: list[str]) -> None:
    place = along(y)
    fine = "" if row.r > 6 else " fine"
    hours = list(thread.hours)
    scale = 1.0 if row.r > 6 else 0.5
    drop = row.r + (14 if row.r > 6 else 4)
    index = 0
    if thread.first_call and row.holds(thread.first_call) and hours:
        a, b = row.x(thread.first_call), row.x(hours[0].on)
        body.append(sag(place, a, b, "strand" + fine, depth=min(8, (b - a) * 0.2)))
        body.append(svg.circle(a, y, 2.5, "dot"))
        body.append(svg.text(a, y - 40, _("First call"), "strong"))
        body.append(svg.line(a, y - 36, a, y - 4, "lead-line"))
    while index < len(hours) - 1:
        before = hours[index]
        ahead = index + 1
        missed = None
        if hours[ahead].state == "missed" and ahead + 1 < len(hours):
            missed, ahead = hours[ahead], ahead + 1
        after = hours[ahead]
        index = ahead
        if not (row.holds(before.on) or row.holds(after.on)):
            continue
        a = row.x(before.on) if row.holds(before.on) else LEFT
        b = row.x(after.on) if row.holds(after.on) else RIGHT
        away = thread.away_between(before.on, after.on)
        strained = {before.on, missed.on if missed is not None else before.on}
        strain = next((s for s in thread.strains if s.on in strained), None)
        loose = away is not None or "planned" in (before.state, after.state)
        inside = row.holds(before.on) and row.holds(after.on)
        at_missed = row.x(missed.on) if missed is not None and row.holds(missed.on) else None
        if strain is not None and inside:
            # Before a break the knot is tied at once, and the line hangs loose from there.
            tied = min(a + 46 * scale, b) if loose else b
            under_bead = at_missed if at_missed is not None and at_missed < tied - 2 else None
            drawn, at = knotted(place, a, tied, under_bead, scale=scale, depth=drop, names="strand" + fine)
            body.append(drawn)
            if tied < b:
                body.append(sag(place, tied, b, "slack" + fine, depth=min(52, (b - tied) * 0.48)))
            body.append(svg.text(at, y - 42 * scale - 11, _(strain.words), "mid strong"))
        elif away is not None and inside:
            body.append(sag(place, a, b, "slack" + fine, depth=min(52, (b - a) * 0.48)))
        elif loose:
            body.append(sag(place, a, b, "slack" + fine, depth=min(9, (b - a) * 0.2)))
        elif at_missed is not None:
            body.append(under(place, a, at_missed, b, "strand" + fine, depth=drop))
        else:
            body.append(sag(place, a, b, "strand" + fine, depth=min(9, (b - a) * 0.2)))
    for strain in thread.strains:
        if strain.repaired_on and row.holds(strain.repaired_on):
            x = row.x(strain.repaired_on)
            body.append(binding(place, x - row.r + 10 * scale, scale=scale))
            if (
                row.r > 4
            ):  # above a sign that stands on this hour, and before the line of one that hangs over it
                body.append(svg.rect(x - 18, y - row.r - 40, 40, 15, "paper"))
                body.append(svg.text(x + 2, y - row.r - 28, _("repair"), "mid strong"))
            else:
                body.append(svg.text(x + 2, y - row.r - 12, _("repair"), "strong"))


def _beads(thread: Thread, row: Row, y: float, body: list[str], hits: list[str]) -> None:
    for hour in thread.hours:
        if row.holds(hour.on):
            x = row.x(hour.on)
            body.append(bead(hour, x, y, row.r))
            hits.append(svg.hit(x, y, max(row.r, 4), hour.href, name_of(hour)))


def _labels(thread: Thread, row: Row, y: float, body: list[str]) -> None:
    n = row.r + 22
    free = -1e9
    shown = [hour for hour in thread.hours if row.holds(hour.on)]
    first_shown = True
    for hour in shown:
        x = row.x(hour.on)
        if hour.number is not None:
            wanted = row.every == 1 or first_shown or hour.number % row.every == 0
            first_shown = False
            words = str(hour.number)
            if wanted and x - svg.width_of(words) / 2 > free:
                drop = 14 if hour.state == "missed" and row.every == 1 else 0
                body.append(
                    svg.text(x, y + n + drop, words, "mid" if hour.state == "planned" else "mid strong")
                )
                free = x + svg.width_of(words) / 2 + 3
        words = hour.words or (_("missed") if hour.state == "missed" else "")
        if words and row.every == 1:
            body.append(svg.text(x, y + n + (34 if hour.state == "missed" else 16), words, "mid"))
    consultations = [row.x(h.on) for h in shown if h.is_consultation]
    if consultations and row.every == 1:
        body.append(svg.text(sum(consultations) / len(consultations), y + n, _("consultation"), "mid"))
    planned = [row.x(h.on) for h in shown if h.state == "planned"]
    if planned and row.every == 1:
        middle = sum(planned) / len(planned)
        body.append(svg.text(middle, y - 22, _("%(n)s to come") % {"n": len(planned)}, "mid"))
    end = -1e9
    for away in thread.aways:
        centre = away.first + (away.last - away.first) / 2
        if row.holds(centre):
            x, half = row.x(centre), svg.width_of(away.words) / 2
            if x - half > end and row.r >= 3.6:
                body.append(svg.text(x, y + (62 if row.every == 1 else n + 15), away.words, "mid"))
                end = x + half + 8


def _end_at(thread: Thread, row: Row) -> float:
    """Where the last day stands."""
    if thread.ends_on is None:
        return RIGHT
    return (row.x(thread.ends_on) if row.holds(thread.ends_on) else row.end) + row.r + 14


def _places(thread: Thread, row: Row) -> list[float]:
    """Where the follow-ups stand, after the end."""
    x = _end_at(thread, row)
    room = min(30.0, (WIDTH - x - 24) / max(1, len(thread.follow_ups)))
    return [x + 12 + room * (i + 0.6) for i in range(len(thread.follow_ups))]


def _ending(thread: Thread, row: Row, y: float, body: list[str], hits: list[str]) -> None:
    if thread.ends_on is not None:
        x = _end_at(thread, row)
        body.append(svg.line(x, y - 15, x, y + 15, "tick"))
        body.append(svg.line(x + 6, y - 15, x + 6, y + 15, "one w4"))
        words = (_("ended %(day)s") if thread.is_over else _("ends %(day)s")) % {
            "day": wording.day(thread.ends_on, "j M")
        }
        body.append(svg.text(x + 3, y - 24, words, "mid strong"))
    if not thread.follow_ups:
        return
    places = _places(thread, row)
    for place, follow in zip(places, thread.follow_ups, strict=True):
        names = {None: "planned", True: "dot", False: "ring"}[follow.answered]
        body.append(sign(place, y, "declined") if follow.declined else svg.circle(place, y, 5, names))
        body.append(svg.text(place, y + 32, str(follow.months), "mid"))
        hits.append(
            svg.hit(place, y, 8, follow.href, _("%(months)s months after") % {"months": follow.months})
        )
    body.append(svg.text(places[len(places) // 2], y + 48, _("months after"), "mid"))
