"""From text to word numbers at speed: bytes are cut into pieces, and each new piece is read exactly once.

A *piece* is a run of bytes between spaces and ASCII punctuation. No word crosses such a border, so the
words of a text are the words of its pieces. The cutting is cheap and rough; what a piece means
is settled by `tokens`, the one definition of a word, the first time that piece is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from depthwork.language.tokens import tokens, without_comments

Engine = Literal["auto", "numpy", "compiled"]

END = 0x1E  # the record separator: stands between units, never inside one
_JOINS = frozenset(b"'-")


def _table() -> bytes:
    table = bytearray(b" " * 256)
    for byte in range(256):
        char = chr(byte)
        if byte >= 0x80 or char.isalnum() or byte in _JOINS:
            table[byte] = ord(char.lower()) if byte < 0x80 else byte
    table[END] = END
    return bytes(table)


TABLE = _table()
_SENTINEL = bytes([END])


class Vocabulary:
    """All distinct words met so far, numbered; shared by everything that is to be scored alike.

    Broken-off words have numbers too (their names end in a hyphen), so that disfluency can be
    counted; no dictionary lists them.
    """

    def __init__(self) -> None:
        self.words: list[str] = []
        self._ids: dict[str, int] = {}
        self._pieces: dict[bytes, int] = {_SENTINEL: 0}
        self._read: list[list[int]] = [[]]
        self._first = np.zeros(1, np.int32)
        self._count = np.zeros(1, np.int32)
        self._begins = np.zeros(1, np.int64)
        self._flat = np.zeros(0, np.int32)
        self._compiled: Any = None

    def __len__(self) -> int:
        return len(self.words)

    def id_of(self, word: str) -> int:
        """The number of a word, given on first sight."""
        number = self._ids.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        return number

    def _read_pieces(self, pieces: Sequence[bytes]) -> None:
        for piece in pieces:
            text = piece.decode("utf-8", "surrogatepass")
            # Nearly every piece is one plain word already.
            found = [text] if piece.isalnum() else [token.word for token in tokens(text)]
            self._read.append([self.id_of(word) for word in found])
        fresh = self._read[len(self._count) :]
        self._count = np.concatenate([self._count, np.array([len(ids) for ids in fresh], np.int32)])
        firsts = np.array([ids[0] if ids else -1 for ids in fresh], np.int32)
        self._first = np.concatenate([self._first, firsts])
        # What compiled code reads of a piece of several words: all of them in one row.
        begins = len(self._flat) + np.cumsum([0, *map(len, fresh)])
        self._begins = np.concatenate([self._begins, begins[:-1]])
        self._flat = np.concatenate([self._flat, np.array([i for ids in fresh for i in ids], np.int32)])

    def _cut(self, data: bytes) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Piece numbers and the number of pieces up to the end of each unit, without compiled code."""
        parts = data.replace(_SENTINEL, b" \x1e ").translate(TABLE).split()
        number_of = self._pieces
        numbers = np.fromiter(map(number_of.get, parts, repeat(-1)), np.int32, len(parts))
        missed = np.flatnonzero(numbers < 0).tolist()
        if missed:
            known = len(number_of)
            for at in missed:
                numbers[at] = number_of.setdefault(parts[at], len(number_of))
            self._read_pieces(list(islice(number_of, known, None)))
        ends = np.flatnonzero(numbers == 0)
        return numbers[numbers != 0], ends - np.arange(len(ends))

    def _cut_compiled(self, data: bytes) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        from depthwork.language import cutting

        if self._compiled is None:
            self._compiled = cutting.Cutter(TABLE, END)
        numbers, ends, fresh = self._compiled.cut(data)
        # The compiled cutter numbers its own pieces from 1 in order of sight, as the dictionary does.
        for piece in fresh:
            self._pieces[piece] = len(self._pieces)
        if fresh:
            self._read_pieces(fresh)
        return numbers, ends

    def resolve_compiled(
        self, numbers: NDArray[np.int32], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """As `resolve`, in one pass."""
        from depthwork.language import cutting

        most = int(self._count.max()) if len(numbers) else 0
        ids = np.empty(len(numbers) * most, np.int32)
        pointers = np.zeros(len(ends) + 1, np.int64)
        n = cutting.read_pieces(
            numbers, ends, self._first, self._count, self._begins, self._flat, ids, pointers
        )
        return ids[:n], pointers

    def resolve(
        self, numbers: NDArray[np.int32], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Piece numbers to word numbers; most pieces are exactly one word."""
        counts = self._count[numbers]
        if len(counts) == 0 or (counts.min() == 1 and counts.max() == 1):
            return self._first[numbers], np.concatenate([[0], ends])
        before = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        ids = np.repeat(self._first[numbers], counts)
        for at in np.flatnonzero(counts > 1):
            ids[before[at] : before[at + 1]] = self._read[numbers[at]]
        return ids, np.concatenate([[0], before[ends]])


@dataclass(frozen=True, slots=True)
class WordIds:
    """The words of many units (turns, sessions) as numbers.

    `ids`, shape (n_words,), are numbers of `vocabulary`; unit ``u`` holds
    ``ids[pointers[u]:pointers[u + 1]]``, so `pointers` has the shape (n_units + 1,).
    """

    vocabulary: Vocabulary
    ids: NDArray[np.int32]
    pointers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pointers) - 1

    def words_of(self, unit: int) -> list[str]:
        """The words of one unit, broken-off ones included."""
        return [self.vocabulary.words[i] for i in self.ids[self.pointers[unit] : self.pointers[unit + 1]]]


def is_compiled_available() -> bool:
    """True where the `[fast]` extra is installed."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


def word_ids(
    units: Iterable[str] | bytes, *, vocabulary: Vocabulary | None = None, engine: Engine = "auto"
) -> WordIds:
    """Number the words of many units of text.

    Parameters
    ----------
    units : iterable of str, or bytes
        One string a unit; or UTF-8 bytes with one unit a line (the canonical text of an hour, or a
        file read whole), which is quickest. A last line end starts no further unit.
    vocabulary : Vocabulary, optional
        Continues an earlier numbering; a new one when absent.
    engine : {"auto", "numpy", "compiled"}
        ``compiled`` needs the `[fast]` extra; ``auto`` takes it where it is installed. The numbers are equal.

    Returns
    -------
    WordIds

    Raises
    ------
    ModuleNotFoundError
        If `engine` is ``compiled`` and the extra is not installed.

    Notes
    -----
    1. Words are those of `tokens`; broken-off words are kept, under a name that ends in a hyphen.
    2. Comments are skipped within their unit; a comment that spans two units is none.

    Examples
    --------
    >>> found = word_ids(["It's fine.", "Fine (sighs) fi- fine"])
    >>> found.words_of(1)
    ['fine', 'fi-', 'fine']

    See also
    --------
    depthwork.language.tokens.tokens : the definition, and the oracle in tests/property/test_words.py.
    """
    vocabulary = vocabulary if vocabulary is not None else Vocabulary()
    fast = engine == "compiled" or (engine == "auto" and is_compiled_available())
    data = _joined(units)
    if fast:
        ids, pointers = vocabulary.resolve_compiled(*vocabulary._cut_compiled(data))
    else:
        ids, pointers = vocabulary.resolve(*vocabulary._cut(data))
    return WordIds(vocabulary, ids, pointers)


def _joined(units: Iterable[str] | bytes) -> bytes:
    """Every unit followed by one record separator."""
    if isinstance(units, bytes):
        if not units:
            return b""
        if b"(" in units or b"[" in units:
            text = units.decode("utf-8", "surrogatepass").removesuffix("\n")
            return _joined(text.split("\n"))
        if END in units:
            units = units.replace(_SENTINEL, b" ")
        return (units if units.endswith(b"\n") else units + b"\n").replace(b"\n", _SENTINEL)
    texts = list(units)
    if not texts:
        return b""
    clean = "\x1e".join(without_comments(text.replace("\x1e", " ")) for text in texts) + "\x1e"
    return clean.encode("utf-8", "surrogatepass")
