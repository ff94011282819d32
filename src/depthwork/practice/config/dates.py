"""Days and times as each language writes them: "3 May 2026", "3. Mai 2026", "3 de mayo de 2026".

Pages are written with the English order of a day; here it becomes the reader's. Numbers follow Django's own formats.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

# The parts of a format, from the longest to the shortest, with how each language writes them.
_PARTS = {
    "de": (
        ("l j F", "l, j. F"),
        ("D j F", "D, j. F"),
        ("j F", "j. F"),
        ("j M", "j. M"),
        ("l, H:i", "l, H:i"),
    ),
    "es": (
        ("l j F Y", r"l j \d\e F \d\e Y"),
        ("D j F Y", r"D j \d\e F \d\e Y"),
        ("j F Y", r"j \d\e F \d\e Y"),
        ("F Y", r"F \d\e Y"),
        ("l j F", r"l j \d\e F"),
        ("D j F", r"D j \d\e F"),
        ("j F", r"j \d\e F"),
    ),
}


def in_words(moment: dt.date | dt.time | None, form: str = "j F Y") -> str:
    """A day or moment in the reader's language, from a format of Django in the English order."""
    if moment is None or moment == "":
        return ""
    language = (get_language() or "en")[:2]
    # The days of a page repeat, and writing one costs as much as all else in its cell.
    return (_day if type(moment) is dt.date else _moment)(language, moment, form)


def _moment(language: str, moment: dt.date | dt.time, form: str) -> str:
    for part, own in _PARTS.get(language, ()):
        if part in form:
            form = form.replace(part, own)
            break
    return date_format(moment, form)


_day = lru_cache(maxsize=4096)(_moment)  # within one language a day is always written alike
