"""Times of day in files: text to seconds and back, exact to the millisecond."""

from __future__ import annotations

import math

# No hour of therapy lasts a week: beyond it a number is damage, and would print as a time of absurd length.
LONGEST_S = 7 * 24 * 3600.0


def seconds(stamp: str) -> float | None:
    """Seconds of ``h:mm:ss.mmm``, ``mm:ss,mmm`` or ``mm:ss``; None where it is no such time."""
    stamp = stamp.strip().replace(",", ".")
    if not 4 <= len(stamp) <= 16:
        return None
    clock, _, fraction = stamp.partition(".")
    parts = clock.split(":")
    if len(parts) not in (2, 3) or not all(_digits(part, 4) for part in parts):
        return None
    if fraction and not _digits(fraction, 9):
        return None
    if any(int(part) > 59 for part in parts[1:]) or stamp.endswith("."):
        return None
    whole = 0
    for part in parts:
        whole = whole * 60 + int(part)
    milliseconds = int((fraction + "000")[:3])
    return (whole * 1000 + milliseconds) / 1000


def stamp(time_s: float, point: str = ".") -> str:
    """Seconds as ``hh:mm:ss.mmm``; `point` is a comma in SubRip."""
    whole, milliseconds = divmod(round(time_s * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{point}{milliseconds:03}"


def possible(time_s: float) -> bool:
    """A time that an hour can hold: finite, not negative, under a week."""
    return math.isfinite(time_s) and 0 <= time_s <= LONGEST_S


def _digits(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest
