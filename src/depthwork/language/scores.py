"""Many dictionaries over many turns at once: one row a word, one column a dictionary, and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from depthwork.language.dictionaries import Dictionary
from depthwork.language.pieces import Engine, Vocabulary, WordIds, is_compiled_available

# Words gathered at once without compiled code: their rows stay within a second-level cache.
_AT_ONCE = 1024


class Scorer:
    """Dictionaries as one matrix over a vocabulary, which grows as new words are met.

    The matrix holds one row a word and, beside one column a dictionary, a last column that is 1 for a
    whole word and 0 for one broken off, so that sums and word counts come from one pass.
    """

    def __init__(self, dictionaries: Sequence[Dictionary], vocabulary: Vocabulary) -> None:
        self.dictionaries = tuple(dictionaries)
        self.vocabulary = vocabulary
        columns = len(self.dictionaries)
        width = -(-(columns + 1) // 16) * 16  # whole vector registers a row
        self._empty = np.zeros(width, np.float32)
        self._empty[:columns] = [dictionary.neutral for dictionary in self.dictionaries]
        self._empty[columns] = 1.0
        self._listed: dict[str, tuple[list[int], list[float]]] = {}
        for column, dictionary in enumerate(self.dictionaries):
            scale, shift = (0.5, 0.5) if dictionary.is_weighted else (1.0, 0.0)
            for word, weight in dictionary.weights.items():
                places, values = self._listed.setdefault(word, ([], []))
                places.append(column)
                values.append(scale * weight + shift)
        self._rows = np.zeros((0, width), np.float32)
        self._known = 0
        self._sparse: _Sparse | None = None
        self._columns: dict[int, NDArray[np.float64]] = {}

    def rows(self) -> NDArray[np.float32]:
        """The matrix for all words known now, shape (n_words_known or more, padded columns)."""
        words, known = self.vocabulary.words, self._known
        if known < len(words):
            if len(words) > len(self._rows):
                grown = np.zeros((2 * len(words), self._rows.shape[1]), np.float32)
                grown[:known] = self._rows[:known]
                self._rows = grown
            self._rows[known : len(words)] = self._empty
            places: list[int] = []
            values: list[float] = []
            width = self._rows.shape[1]
            for row, word in enumerate(words[known:], known):
                if word in self._listed:
                    columns, weights = self._listed[word]
                    places += [row * width + column for column in columns]
                    values += weights
                elif word.endswith("-"):
                    self._rows[row] = 0.0
            self._rows.reshape(-1)[places] = values
            self._known = len(words)
        return self._rows

    def series(self, found: WordIds, column: int) -> NDArray[np.float64]:
        """The value of every word in one dictionary, shape (n_words,); what the smoothing starts from."""
        held = self._columns.get(column, np.zeros(0))
        words = self.vocabulary.words
        if len(held) < len(words):
            dictionary = self.dictionaries[column]
            fresh = [0.0 if w.endswith("-") else dictionary.value(w) for w in words[len(held) :]]
            self._columns[column] = held = np.concatenate([held, fresh])
        return held.take(found.ids)

    def sums(
        self, found: WordIds, *, engine: Engine = "auto", out: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Sum of the values of each unit's words.

        Parameters
        ----------
        found : WordIds
            Words of the scorer's own vocabulary.
        engine : {"auto", "numpy", "compiled"}
            As in `word_ids`; equal to a relative 1e-6, and exactly where values are 0, 0.5 and 1.

        out : array, optional
            At least (n_units, n_dictionaries + 1); reused from file to file, it saves fresh memory.

        Returns
        -------
        array, shape (n_units, n_dictionaries + 1)
            The last column is the number of whole words, by which the others are divided for a mean.

        Raises
        ------
        ValueError
            If the words are numbered by another vocabulary.
        """
        if found.vocabulary is not self.vocabulary:
            raise ValueError("the words are numbered by another vocabulary; use the scorer's own")
        columns = len(self.dictionaries) + 1
        out = np.empty((len(found), columns)) if out is None else out[: len(found)]
        if engine == "compiled" or (engine == "auto" and is_compiled_available()):
            from depthwork.language import compiled

            self._sparse = self._sparse or _Sparse(self._listed, self._empty)
            held = self._sparse.of(self.vocabulary.words)
            compiled.sum_rows(*held, self._empty, found.ids, found.pointers, out)
            return out
        out[:] = 0.0
        self._sums(self.rows()[:, :columns], found, out)
        return out

    @staticmethod
    def _sums(rows: NDArray[np.float32], found: WordIds, out: NDArray[np.float64]) -> None:
        pointers = found.pointers
        filled = np.flatnonzero(np.diff(pointers))
        first = 0
        while first < len(filled):
            begin = pointers[filled[first]]
            last = max(first + 1, int(np.searchsorted(pointers[filled], begin + _AT_ONCE)))
            units = filled[first:last]
            gathered = rows[found.ids[begin : pointers[units[-1] + 1]]]
            if len(units) == 1:
                out[units[0]] = gathered.sum(axis=0, dtype=np.float64)
            else:
                out[units] = np.add.reduceat(gathered, pointers[units] - begin, axis=0)
            first = last


# From so many listed columns on, a whole row is quicker to add than its entries one by one.
_MANY = 8


class _Sparse:
    """Words as their distances from neutral, for compiled code: most words are in few dictionaries."""

    def __init__(
        self, listed: Mapping[str, tuple[list[int], list[float]]], neutral: NDArray[np.float32]
    ) -> None:
        self._listed = listed
        self._neutral = neutral
        self._kinds = np.zeros((0, 2), np.int32)
        self._places = np.zeros(0, np.uint32)
        self._deltas = np.zeros(0, np.float32)
        self._rows = np.zeros((0, len(neutral)), np.float32)

    def of(
        self, words: Sequence[str]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32]]:
        """Kinds, places, distances and whole rows for all words known now; see `compiled.sum_rows`."""
        known = len(self._kinds)
        if known == len(words):
            return self._kinds, self._places, self._deltas, self._rows
        kinds: list[tuple[int, int]] = []
        places: list[int] = []
        deltas: list[float] = []
        rows: list[NDArray[np.float32]] = []
        for word in words[known:]:
            columns, values = self._listed.get(word, ((), ()))
            distances = np.asarray(values, np.float32) - self._neutral[list(columns)]
            if word.endswith("-"):
                kinds.append((0, -2))
            elif len(columns) < _MANY:
                kinds.append((len(self._places) + len(places), len(columns)))
                places += columns
                deltas += distances.tolist()
            else:
                kinds.append((len(self._rows) + len(rows), -1))
                row = np.zeros(len(self._neutral), np.float32)
                row[list(columns)] = distances
                rows.append(row)
        self._kinds = np.concatenate([self._kinds, np.array(kinds, np.int32)])
        self._places = np.concatenate([self._places, np.array(places, np.uint32)])
        self._deltas = np.concatenate([self._deltas, np.array(deltas, np.float32)])
        if rows:
            self._rows = np.concatenate([self._rows, np.stack(rows)])
        return self._kinds, self._places, self._deltas, self._rows


def score_turns(
    found: WordIds, dictionaries: Sequence[Dictionary], *, engine: Engine = "auto"
) -> NDArray[np.float64]:
    """Mean value of each dictionary in each unit; for plain dictionaries, the share of words listed.

    Parameters
    ----------
    found : WordIds
        The words of n_units turns or sessions.
    dictionaries : sequence of Dictionary

    Returns
    -------
    array, shape (n_units, n_dictionaries)
        Without unit. A unit without words has the neutral value of each dictionary.

    Notes
    -----
    1. Broken-off words are neither counted nor scored.

    Examples
    --------
    >>> from depthwork.language.dictionaries import plain
    >>> from depthwork.language.pieces import word_ids
    >>> score_turns(word_ids(["a sad day", "a day"]), [plain("s", ["sad"])]).round(3).tolist()
    [[0.333], [0.0]]
    """
    sums = Scorer(dictionaries, found.vocabulary).sums(found, engine=engine)
    n = sums[:, -1:]
    neutral = np.array([dictionary.neutral for dictionary in dictionaries])
    return np.where(n > 0, sums[:, :-1] / np.maximum(n, 1), neutral)
