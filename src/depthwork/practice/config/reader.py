"""The pages' reader lent to the library: its sentences come in the language that is active where they are said."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext

from depthwork import wording
from depthwork.practice.config.dates import in_words

_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,4}")  # 250,000


class PagesReader:
    """Django's catalogue, decimal sign and days; which language it is, the request decides."""

    def gettext(self, words: str) -> str:
        return gettext(words) if words else ""  # the empty message is the catalogue's head

    def ngettext(self, one: str, many: str, n: int) -> str:
        return ngettext(one, many, n)

    def language(self) -> str:
        return (get_language() or "en")[:2]

    def decimal(self, text: str) -> str:
        if _GROUPED.fullmatch(text):
            return text.replace(",", str(get_format("THOUSAND_SEPARATOR")))
        return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))

    def day(self, day: dt.date, form: str) -> str:
        return in_words(day, form)


def lend_the_pages_reader() -> None:
    """Once, when the applications are ready."""
    wording.lend(PagesReader())
