"""The words of what the library says: English by itself, in the reader's language where somebody lends one.

Sentences are marked as gettext marks them, so that one catalogue holds those of the pages and those of the
library. The library knows no language and no framework: whoever sets its sentences on a page lends a `Reader`, once,
at the start. Nothing that is counted or compared goes through here, so no figure depends on the reader.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Reader(Protocol):
    """Who says the sentences: translates them, and writes decimals and days as the language does."""

    def gettext(self, words: str) -> str:
        """The sentence in the reader's language."""

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The sentence for one or for many."""

    def language(self) -> str:
        """The language's code, "en"."""

    def decimal(self, text: str) -> str:
        """A number written with a point, written with the language's sign."""

    def day(self, day: dt.date, form: str) -> str:
        """A day, from a form of "j F Y", "F", "M", "j M"."""


@dataclass(frozen=True, slots=True)
class English:
    """The sentences as they stand in the code."""

    def gettext(self, words: str) -> str:
        return words

    def ngettext(self, one: str, many: str, n: int) -> str:
        return one if n == 1 else many

    def language(self) -> str:
        return "en"

    def decimal(self, text: str) -> str:
        return text

    def day(self, day: dt.date, form: str) -> str:
        month = _MONTHS[day.month - 1]
        parts = {"j": str(day.day), "F": month, "M": month[:3], "Y": str(day.year)}
        return " ".join(parts[letter] for letter in form.split())


class Told(str):
    """An English sentence that knows what it was made of: the words that are translated, and the values put in.

    A value may be such a sentence itself. `many` are the words for more than one, where a count `n` stands among the
    values. Without words it is a chain: its values one after another, with a capital at the head and a stop.
    """

    words: str
    many: str
    values: dict[str, object]

    def __new__(cls, said: str, words: str, values: Mapping[str, object], many: str = "") -> Told:
        made = super().__new__(cls, said)
        made.words, made.values, made.many = words, dict(values), many
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, object], str]:  # type: ignore[override]
        return str(self), self.words, self.values, self.many

    def __mod__(self, values: Any) -> Told:
        return Told(str(self) % values, self.words, values, self.many)


@dataclass(frozen=True, slots=True)
class Remembering(English):
    """English that can be said again in another language: for a process that has no catalogue of its own."""

    def gettext(self, words: str) -> str:
        return Told(words, words, {})

    def ngettext(self, one: str, many: str, n: int) -> str:
        return Told(one if n == 1 else many, one, {}, many)


def remembered(words: str, /, **values: object) -> Told:
    """An English sentence that is kept, and said later in the language of whoever reads it."""
    return Told(words % values if values else words, words, values)


def chained(parts: Sequence[str]) -> Told:
    """Parts of a sentence one after another."""
    return Told(_chain(parts), "", {str(at): part for at, part in enumerate(parts)})


def _chain(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


class _Lent:
    """The one who reads; kept in an object so that lending is a plain assignment."""

    reader: Reader = English()


def lend(reader: Reader) -> None:
    """Let every sentence from now on be said by this reader, who knows which language is wanted at the moment."""
    _Lent.reader = reader


def gettext(words: str) -> str:
    """A sentence in the reader's language; values are put in afterwards with `%`."""
    return _Lent.reader.gettext(words)


def gettext_noop(words: str) -> str:
    """Mark words that are translated where they are said."""
    return words


def ngettext(one: str, many: str, n: int) -> str:
    """A sentence with a count, which stands in it as `%(n)s`."""
    return _Lent.reader.ngettext(one, many, n)


def language() -> str:
    """The code of the language that is read at the moment."""
    return _Lent.reader.language()


def decimal(text: str) -> str:
    """A written number with the decimal sign of the reader's language."""
    return _Lent.reader.decimal(text)


def day(on: dt.date, form: str = "j F Y") -> str:
    """A day as the reader's language writes it: "3 March 2026", "3. März 2026"."""
    return _Lent.reader.day(on, form)


_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,4}")


def said_again(words: str, values: Mapping[str, object], many: str = "") -> str:
    """A sentence that was made in English elsewhere, in the reader's language; raises where the two do not fit."""
    put = {name: said(value) if isinstance(value, str) else value for name, value in values.items()}
    if not words:
        return _chain([str(part) for part in put.values()])
    own = ngettext(words, many, int(str(values["n"]))) if many else gettext(words)
    return own % put if values else own


def said(text: str) -> str:
    """A sentence in the reader's language where it knows what it was made of; any other text as it stands."""
    if isinstance(text, Told):
        return said_again(text.words, text.values, text.many)
    return decimal(text) if _GROUPED.fullmatch(text) else text


def plain(text: str) -> Any:
    """A sentence as values that JSON holds: what it was made of, or the text alone."""
    if not isinstance(text, Told):
        return str(text)
    values = {name: plain(one) if isinstance(one, str) else one for name, one in text.values.items()}
    return {"words": text.words, "values": values, **({"many": text.many} if text.many else {})}


def from_plain(made: Any) -> str:
    """The English sentence of such values, which knows again what it was made of; raises where the two do not fit."""
    if not isinstance(made, Mapping):
        return str(made)
    words, many = str(made["words"]), str(made.get("many", ""))
    values = {
        name: from_plain(one) if isinstance(one, str | Mapping) else one
        for name, one in made["values"].items()
    }
    if not words:
        return chained([one for one in values.values() if isinstance(one, str)])
    own = many if many and values["n"] != 1 else words
    return Told(own % values if values else own, words, values, many)


_NUMBERS = (
    "no", gettext_noop("one"), gettext_noop("two"), gettext_noop("three"), gettext_noop("four"),
    gettext_noop("five"), gettext_noop("six"), gettext_noop("seven"), gettext_noop("eight"), gettext_noop("nine"),
    gettext_noop("ten"), gettext_noop("eleven"), gettext_noop("twelve"), gettext_noop("thirteen"),
    gettext_noop("fourteen"), gettext_noop("fifteen"), gettext_noop("sixteen"),
)  # fmt: skip


_LEFTWARDS = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff]"
)  # Hebrew, Arabic, Syriac, Thaana, N'Ko and their kin


# From one such letter to the last before a letter that runs the other way; what stands between belongs to the run.
_RUN = re.compile(f"{_LEFTWARDS.pattern}(?:[^A-Za-z\u00c0-\u058f\u2066-\u2069\\n]*{_LEFTWARDS.pattern})?")


def runs_leftwards(text: str) -> bool:
    """Whether letters of a script that is written from right to left stand in a text."""
    return not text.isascii() and _LEFTWARDS.search(text) is not None


def isolated(text: str) -> str:
    """A name inside a sentence: between two invisible signs where it would turn the line round, else as it is."""
    return f"\u2068{text}\u2069" if runs_leftwards(text) else text


def runs_isolated(text: str) -> str:
    """A line in which each run of words from right to left is isolated, for a page that no browser sets."""
    return _RUN.sub(lambda run: f"\u2068{run[0]}\u2069", text) if runs_leftwards(text) else text


def spelled(n: int) -> str:
    """A small number in letters, a larger one in figures; nought is "no", as before a noun."""
    if n == 0:  # other languages decline their "no" with the noun
        return _NUMBERS[0] if language() == "en" else "0"
    return gettext(_NUMBERS[n]) if 0 < n < len(_NUMBERS) else str(n)


def figure(value: float, form: str = "g") -> str:
    """A number by its format, with the decimal sign of the reader's language."""
    return decimal(format(value, form))
