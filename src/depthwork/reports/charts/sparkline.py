"""A small line for a table's cell: the run of one measure, its last value as a point, its cut-off dotted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from depthwork.wording import gettext as _

from . import svg
from .chart import Chart
from .scales import Scale, say
from .unfilled import Unfilled, sign

WIDTH, HEIGHT = 120.0, 36.0


def sparkline(
    values: Sequence[float | None],
    *,
    key: str,
    name: str,
    low: float,
    high: float,
    cut: float | None = None,
    decimals: int = 0,
    slots: int = 0,
    unfilled: Mapping[int, Unfilled] | None = None,
) -> Chart:
    """Draw one measure over time, small enough for a line of a table.

    Parameters
    ----------
    values : sequence of float or None
        In order of time, in the measure's points; None is a form not filled, and the line breaks there.
    low, high : float
        The scale, the same for all rows of a table: the measure's own range, or that of the table.
    slots : int
        Places along the line, so that rows begin together and a short run stays short; 0 spreads the values.
    unfilled : mapping of int to "left open" or "declined", optional
        What became of the form, by the place of a None in `values`.

    Returns
    -------
    Chart
        `wide` serves both widths. The sentence names the first, the last, and how many.

    Raises
    ------
    ValueError
        If `high` is not above `low`.
    """
    if not high > low:
        raise ValueError("the scale of a sparkline needs a high above its low")
    x = Scale(0, max(slots, len(values), 2) - 1, 3, WIDTH - 3)
    y = Scale(low, high, HEIGHT - 4, 4)
    body: list[str] = []
    if cut is not None and low <= cut <= high:
        body.append(svg.line(0, y(cut), WIDTH, y(cut), "cut"))
    run: list[svg.Point] = []
    for index, value in enumerate([*values, None]):
        if value is not None:
            run.append((x(index), min(max(y(value), 2), HEIGHT - 2)))
            continue
        body.append(svg.polyline(run, "one"))
        if len(run) == 1:
            body.append(svg.circle(*run[0], 1.5, "dot"))
        run = []
    missing = unfilled or {}
    body += [sign(x(index), HEIGHT - 6, what, r=3) for index, what in missing.items()]
    filled = [(index, value) for index, value in enumerate(values) if value is not None]
    if filled:
        index, value = filled[-1]
        body.append(svg.circle(x(index), y(value), 2.8, "dot"))
    sentence = _sentence(name, [value for _, value in filled], len(values), decimals)
    drawn = svg.drawing(key=key, width=WIDTH, height=HEIGHT, title=name, desc=sentence, body=body)
    drawn = drawn.replace("<svg ", '<svg class="spark" ', 1)
    rows = tuple(
        (str(i + 1), _(missing[i]) if value is None and i in missing else say(value, decimals))
        for i, value in enumerate(values)
    )
    return Chart(drawn, None, name, sentence, (_("Time"), name), rows)


def _sentence(name: str, filled: list[float], asked: int, decimals: int) -> str:
    if not filled:
        return _("%(name)s: not measured.") % {"name": name}
    if len(filled) == 1:
        return _("%(name)s: once, %(value)s.") % {"name": name, "value": say(filled[0], decimals)}
    return _("%(name)s: from %(before)s to %(after)s, %(n)s of %(asked)s filled.") % {
        "name": name,
        "before": say(filled[0], decimals),
        "after": say(filled[-1], decimals),
        "n": len(filled),
        "asked": asked,
    }
