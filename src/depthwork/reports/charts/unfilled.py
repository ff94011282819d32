"""A form without a value: a dotted ring was left open, a bar was declined; what was never asked is not drawn."""

from __future__ import annotations

from typing import Literal

from depthwork.wording import gettext_noop

from . import svg

Unfilled = Literal["left open", "declined"]
WORDS = (gettext_noop("left open"), gettext_noop("declined"), gettext_noop("not filled"))


def sign(x: float, y: float, what: Unfilled, *, r: float = 4.0) -> str:
    """The sign that stands where a value would."""
    if what == "left open":
        return svg.circle(x, y, r, "unfilled")
    return svg.line(x, y - 1.25 * r, x, y + 1.25 * r, "tick")
