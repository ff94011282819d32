"""The line that the beads hang on: it sags between hours, hangs deep in a break, is knotted, is bound."""

from __future__ import annotations

from collections.abc import Callable

from .svg import Point, line, number, path

# The knot, about a centre on the line; x runs along the line, y away from it. Overlaps are drawn by
# painting the
# ground under the strand that lies above.
_KNOT: tuple[tuple[bool, tuple[tuple[Point, ...], ...]], ...] = (
    (
        False,
        (
            (
                (6.5, -30.8),
                (3.2, -36.5),
                (-2.4, -40.9),
                (-7.7, -42.2),
                (-13, -43.5),
                (-17.8, -41.8),
                (-19.8, -38.4),
            ),
            ((0, -19.4), (6.7, -19.4), (13.2, -22.1), (17, -26), (20.8, -29.9), (21.8, -35), (19.8, -38.4)),
            (
                (-6.5, -30.8),
                (-7.7, -28.8),
                (-8.6, -26.7),
                (-9.2, -24.6),
                (-9.8, -22.5),
                (-10, -20.3),
                (-10, -18.2),
            ),
        ),
    ),
    (
        True,
        (((10, -18.2), (10, -20.3), (9.7, -22.5), (9.1, -24.6), (8.5, -26.7), (7.7, -28.8), (6.5, -30.8)),),
    ),
    (
        True,
        (
            (
                (-19.8, -38.4),
                (-21.8, -35),
                (-20.8, -29.9),
                (-17, -26),
                (-13.2, -22.1),
                (-6.7, -19.4),
                (0, -19.4),
            ),
        ),
    ),
    (
        True,
        (
            (
                (19.8, -38.4),
                (17.8, -41.8),
                (12.9, -43.5),
                (7.6, -42.2),
                (2.3, -40.9),
                (-3.2, -36.5),
                (-6.5, -30.8),
            ),
        ),
    ),
)

Place = Callable[[float, float], Point]


def along(y: float) -> Place:
    """The line runs from left to right at height `y`; away from it is up."""
    return lambda s, away: (s, y + away)


def down(x: float) -> Place:
    """The line runs downwards at `x`; away from it is to the right."""
    return lambda s, away: (x - away, s)


def curve(place: Place, points: tuple[Point, ...], names: str) -> str:
    """A run of cubic curves: start, then three points for each."""
    placed = [place(*point) for point in points]
    words = [f"{number(x)} {number(y)}" for x, y in placed]
    d = f"M{words[0]}"
    for i in range(1, len(words), 3):
        d += f" C{words[i]} {words[i + 1]} {words[i + 2]}"
    return path(d, names)


def sag(place: Place, a: float, b: float, names: str, *, depth: float) -> str:
    """The line from `a` to `b`, hanging by about three quarters of `depth`."""
    third = (b - a) * 0.3
    return curve(place, ((a, 0), (a + third, depth), (b - third, depth), (b, 0)), names)


def under(place: Place, a: float, missed: float, b: float, names: str, *, depth: float) -> str:
    """The line from `a` to `b`, passing beneath the missed hour."""
    first, second = (missed - a) * 0.5, (b - missed) * 0.5
    points = (
        (a, 0),
        (a + first, depth * 0.9),
        (missed - first, depth),
        (missed, depth),
        (missed + second, depth),
        (b - second, depth * 0.9),
        (b, 0),
    )
    return curve(place, points, names)


def knot(place: Place, at: float, *, scale: float, names: str) -> str:
    """The knot itself, its two ends at `at` minus and plus ten pixels (times scale), off the line."""
    parts = []
    for covers, runs in _KNOT:
        scaled = [tuple((at + x * scale, y * scale) for x, y in run) for run in runs]
        if covers:
            parts += [curve(place, run, "under" if scale > 0.8 else "under fine") for run in scaled]
        parts += [curve(place, run, names) for run in scaled]
    return "".join(parts)


def knotted(
    place: Place, a: float, b: float, missed: float | None, *, scale: float, depth: float, names: str
) -> tuple[str, float]:
    """From `a` through a knot to `b`, beneath a missed hour between them. The drawing and its centre."""
    room = (missed if missed is not None else b) - a
    at = a + room / 2
    reach, height = 10 * scale, -18.2 * scale
    way_in = ((a, 0), (a + reach * 0.6, depth * 0.4), (at - reach, 8 * scale), (at - reach, height))
    if missed is None:
        way_out: tuple[Point, ...] = (
            (at + reach, height),
            (at + reach, 8 * scale),
            (b - reach * 0.6, depth * 0.4),
            (b, 0),
        )
    else:
        low = depth * 1.05
        far = missed + (b - missed) * 0.45
        way_out = (
            (at + reach, height),
            (at + reach, low * 0.6),
            (missed - reach * 0.8, low),
            (missed + reach * 0.4, low),
            (far, low),
            (far, depth * 0.1),
            (b, 0),
        )
    drawn = (
        curve(place, way_in, names) + curve(place, way_out, names) + knot(place, at, scale=scale, names=names)
    )
    return drawn, at


def binding(place: Place, before: float, *, scale: float) -> str:
    """The whipping of a repaired line: short strokes across it, just before the bead at `before`."""
    strokes = []
    for i in range(5 if scale > 0.8 else 3):
        s = before - (14 + 3.2 * i) * scale - 3
        strokes.append(line(*place(s - 1.5 * scale, -6 * scale), *place(s + 1.5 * scale, 6 * scale), "tick"))
    return "".join(strokes)
