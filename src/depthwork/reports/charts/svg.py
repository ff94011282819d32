"""SVG by hand: elements as text, every word escaped, no inline style, numbers to a tenth of a pixel.

Colours and strokes are classes of the page's sheet, so that one drawing serves light, dark, print and
forced colours. Attributes are presentation attributes at most, because the page's policy refuses inline
style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# A character of 12 px sans is about this wide, measured generously: DejaVu Sans is the widest face of
# the stack.
CHARACTER_PX = 7.0
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
# What XML 1.0 cannot hold, even as a reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_ID = re.compile("[^a-z0-9-]")

Point = tuple[float, float]


def escape(words: str) -> str:
    """Words as XML character data or attribute value; characters that XML cannot hold are left out."""
    return _FORBIDDEN.sub("", words).translate(_ESCAPES)


def number(value: float) -> str:
    """A coordinate: one decimal at most, never "-0"."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def width_of(words: str, *, px: float = 12) -> float:
    """About how wide words stand, in pixels. An upper estimate, for keeping labels apart."""
    return len(words) * CHARACTER_PX * px / 12


def _class(names: str) -> str:
    return f' class="{escape(names)}"' if names else ""


def text(x: float, y: float, words: str, names: str = "") -> str:
    return f'<text{_class(names)} x="{number(x)}" y="{number(y)}">{escape(words)}</text>'


def circle(x: float, y: float, r: float, names: str) -> str:
    return f'<circle{_class(names)} cx="{number(x)}" cy="{number(y)}" r="{number(r)}"/>'


def rect(x: float, y: float, width: float, height: float, names: str, *, rx: float = 0) -> str:
    round_ = f' rx="{number(rx)}"' if rx else ""
    return (
        f'<rect{_class(names)} x="{number(x)}" y="{number(y)}" '
        f'width="{number(max(width, 0))}" height="{number(max(height, 0))}"{round_}/>'
    )


def path(d: str, names: str) -> str:
    return f'<path{_class(names)} d="{d}"/>'


def line(x1: float, y1: float, x2: float, y2: float, names: str) -> str:
    return path(f"M{number(x1)} {number(y1)} L{number(x2)} {number(y2)}", names)


def polyline(points: Sequence[Point], names: str) -> str:
    """A line through points; a single point draws nothing."""
    if len(points) < 2:
        return ""
    return path("M" + " L".join(f"{number(x)} {number(y)}" for x, y in points), names)


def hit(x: float, y: float, r: float, href: str, words: str) -> str:
    """A place for the pointer over a drawn thing. The keyboard finds the same link in the chart's table."""
    if not href:
        return ""
    place = circle(x, y, max(r, 4), "hit")
    return f'<a href="{escape(href)}" tabindex="-1"><title>{escape(words)}</title>{place}</a>'


def slug(key: str) -> str:
    """A key as an element's id."""
    return _NOT_ID.sub("-", key.lower()) or "chart"


def drawing(
    *,
    key: str,
    width: float,
    height: float,
    title: str,
    desc: str,
    body: Iterable[str],
    hits: Iterable[str] = (),
) -> str:
    """A whole drawing with title and description.

    The picture is one image to a screen reader. Links lie over it in a layer of their own, outside that
    image: an image may hold no links, and a reader of the page finds them in the table.
    """
    name = slug(key)
    head = f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(desc)}</desc>'
    label = f'role="img" aria-labelledby="{name}-t {name}-d"'
    inside = "".join(body)
    over = "".join(hits)
    w, h = number(width), number(height)
    # Its own size, so that type stays 12 px; the sheet lets it shrink, never grow.
    box = f'viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
    if not over:
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {label}>{head}{inside}</svg>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}><g {label}>{head}{inside}</g>'
        f'<g class="hits" aria-hidden="true">{over}</g></svg>'
    )
