"""Dictionaries: a weight a word, or simply a set of words; our own, or a file the user holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from depthwork.language.lists import emotion_words, list_text
from depthwork.language.pieces import Vocabulary
from depthwork.language.tokens import tokens

LARGEST_FILE = 5_000_000


class DictionaryError(ValueError):
    """A dictionary file that cannot be used. The message says which line, and the mend."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Values for words.

    A weighted dictionary holds weights from -1 to 1 with 0 neutral; the value of a word is ``(weight + 1) / 2``
    and a word it does not list has 0.5. A plain one gives 1 to its words and 0 to all others.
    """

    name: str
    weights: Mapping[str, float]
    is_weighted: bool

    @property
    def neutral(self) -> float:
        """The value of a word that is not listed."""
        return 0.5 if self.is_weighted else 0.0

    def value(self, word: str) -> float:
        """The value of one word."""
        weight = self.weights.get(word)
        if weight is None:
            return self.neutral
        return 0.5 * (weight + 1) if self.is_weighted else weight

    def values(self, vocabulary: Vocabulary) -> NDArray[np.float64]:
        """The value of every word of a vocabulary, shape (n_words_known,)."""
        return np.array([self.value(word) for word in vocabulary.words], np.float64)

    def covers(self, word: str) -> bool:
        """Whether the dictionary lists the word."""
        return word in self.weights


def plain(name: str, words: Iterable[str]) -> Dictionary:
    """A plain dictionary of words as `tokens` gives them."""
    return Dictionary(name, MappingProxyType(dict.fromkeys(words, 1.0)), is_weighted=False)


def parse_dictionary(text: str, *, name: str) -> Dictionary:
    """Read ``word weight`` lines.

    Parameters
    ----------
    text : str
        One word a line, then a space or tab and its weight from -1 to 1. Lines that begin with ``#`` and
        empty lines are skipped. Where no line has a weight, the dictionary is a plain one.
    name : str
        Stands before the line number in an error.

    Returns
    -------
    Dictionary

    Raises
    ------
    DictionaryError
        If a line is not one word and at most one number, a weight is not from -1 to 1, a word stands
        twice, only some lines have weights, or nothing is listed.

    Examples
    --------
    >>> found = parse_dictionary("# mine\\nhouse 1\\nmean -0.5\\n", name="mine")
    >>> found.value("house"), found.value("mean"), found.value("other")
    (1.0, 0.25, 0.5)
    """
    weights: dict[str, float] = {}
    line_of: dict[str, int] = {}
    weighted: bool | None = None
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.partition("#")[0].split() if line.lstrip().startswith("#") else line.split()
        if not fields:
            continue
        where = f"{name}, line {number}"
        if len(fields) > 2:
            raise DictionaryError(f"{where}: {len(fields)} entries; write one word and its weight")
        found = tokens(fields[0])
        if len(found) != 1 or found[0].end - found[0].start != len(fields[0]) or found[0].broken:
            raise DictionaryError(f"{where}: not one word; write letters and digits without punctuation")
        if weighted is None:
            weighted = len(fields) == 2
        elif weighted != (len(fields) == 2):
            raise DictionaryError(f"{where}: some lines have a weight and some do not; give all or none")
        word = found[0].word
        if word in line_of:
            raise DictionaryError(
                f"{where}: the word stands already on line {line_of[word]}; keep one of them"
            )
        line_of[word] = number
        weights[word] = _weight(fields[1], where) if weighted else 1.0
    if not weights:
        raise DictionaryError(f"{name}: no words found; write one word and its weight a line")
    return Dictionary(name, MappingProxyType(weights), is_weighted=bool(weighted))


def _weight(field: str, where: str) -> float:
    try:
        weight = float(field)
    except ValueError:
        weight = math.nan
    if not -1 <= weight <= 1:
        raise DictionaryError(f"{where}: the weight is not a number from -1 to 1; use a decimal point")
    return weight


def read_dictionary(path: Path) -> Dictionary:
    """Read a dictionary file that the user holds; UTF-8, up to 5 MB.

    Raises
    ------
    DictionaryError
        As `parse_dictionary`, and if the file is missing, too large or not UTF-8 text.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DictionaryError(f"{path.name}: larger than 5 MB; a dictionary is a plain list of words")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DictionaryError(f"{path.name}: cannot be read ({error.strerror}); check the name") from None
    except UnicodeDecodeError:
        raise DictionaryError(f"{path.name}: not UTF-8 text; save it as plain text in UTF-8") from None
    return parse_dictionary(text, name=path.name)


@cache
def vividness() -> Dictionary:
    """Our own weighted list of words that picture against words that reflect; judged by us alone."""
    return parse_dictionary(list_text("vividness"), name="vividness")


@cache
def emotion() -> Dictionary:
    """Our own emotion words, plain."""
    return plain("emotion", emotion_words())
