"""Where was something like this said? Passages of a treatment that resemble a given line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from depthwork.cues.words import families, plain, read_turn, word_set
from depthwork.transcripts.model import Transcript

# Words that carry no subject of their own.
_COMMON = word_set(
    "the a an and or but of to in on at for with from by as is are was were be been am it its it's this that these those i you he "
    "she we they me him her us them my your his our their mine what which who when where why how not no yes so if then than there "
    "here do does did done have has had i'm i've i'd i'll you're you've he's she's they're we're that's there's don't didn't can't "
    "couldn't wouldn't isn't wasn't just like said says go went going come came got get know think about all up out one would "
    "could can will well oh right really very now some any more only over into because too also back them"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that resembles the question: which text and turn, how much, and by which words."""

    source: int
    turn: int
    likeness: float
    shared: tuple[str, ...]
    quote: str


def _terms(text: str) -> Counter[str]:
    reading = read_turn(text)
    terms: Counter[str] = Counter()
    for word in reading.words:
        bare = word.removesuffix("'s")
        if bare in _COMMON or len(bare) < 3:
            continue
        terms[f"w:{bare}"] += 1
        # Four letters at a time carry over endings: garden, gardening, gardener.
        edged = f" {bare} "
        for i in range(len(edged) - 3):
            terms[f"c:{edged[i : i + 4]}"] += 1
    for name, _, _ in families().hits(reading):
        terms[f"f:{name}"] += 1
    return terms


_KIND_WEIGHT = {"w": 1.0, "c": 0.35, "f": 0.3}


class Passages:
    """The turns of one treatment's texts, ready to be asked for likenesses.

    Parameters
    ----------
    texts : sequence of Transcript
        Every hour and note of one client, in order. Nothing of another client belongs here.
    speakers : sequence of str
        Whose turns are kept; ``N`` is a note's paragraph.

    Notes
    -----
    1. Cosine of idf-weighted words, letter groups and word families; no meaning beyond them.
    2. Rare words of this treatment weigh most, so that its own images find one another.

    Cost: building is linear in the words; a question costs one sparse product.
    Source: Salton & Buckley (1988), doi:10.1016/0306-4573(88)90021-0. Not for counting.
    """

    def __init__(self, texts: Sequence[Transcript], *, speakers: Sequence[str] = ("C", "N", "T")):
        self._places: list[tuple[int, int]] = []
        self._quotes: list[str] = []
        bags: list[Counter[str]] = []
        for source, transcript in enumerate(texts):
            for turn in transcript.turns:
                if turn.speaker in speakers or (turn.speaker not in "TCN" and "C" in speakers):
                    bag = _terms(turn.text)
                    if bag:
                        self._places.append((source, turn.index))
                        self._quotes.append(turn.text)
                        bags.append(bag)
        seen: Counter[str] = Counter(term for bag in bags for term in bag)
        self._index = {term: k for k, term in enumerate(sorted(seen))}
        count = max(1, len(bags))
        self._idf = np.array([np.log((1 + count) / (1 + seen[t])) + 0.1 for t in self._index], np.float64)
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for r, bag in enumerate(bags):
            ids, weights = self._weigh(bag)
            rows.extend([r] * len(ids))
            columns.extend(ids)
            values.extend(weights)
        self._rows = np.array(rows, np.int64)
        self._columns = np.array(columns, np.int64)
        self._values = np.array(values, np.float64)

    def __len__(self) -> int:
        return len(self._places)

    def _weigh(self, bag: Counter[str]) -> tuple[list[int], npt.NDArray[np.float64]]:
        ids = [self._index[t] for t in bag if t in self._index]
        raw = np.array(
            [(1 + np.log(n)) * _KIND_WEIGHT[t[0]] for t, n in bag.items() if t in self._index], np.float64
        )
        weights = raw * self._idf[ids] if ids else raw
        size = float(np.sqrt((weights**2).sum()))
        return ids, weights / size if size else weights

    def like(self, text: str, *, most: int = 10, least: float = 0.12) -> list[Found]:
        """Passages most like `text`, best first; the very same words in the same place included.

        Returns an empty list where `text` has no word that this treatment knows.
        """
        ids, weights = self._weigh(_terms(text))
        if not ids or not len(self):
            return []
        asked = np.zeros(len(self._index))
        asked[ids] = weights
        scores = np.bincount(self._rows, self._values * asked[self._columns], minlength=len(self))
        own = {t for t in _terms(text) if t.startswith("w:")}
        found = []
        for r in sorted(range(len(self)), key=lambda r: (-scores[r], self._places[r]))[:most]:
            if scores[r] < least:
                break
            there = _terms(self._quotes[r])
            shared = sorted(
                (t[2:] for t in own if t in there), key=lambda w: -self._idf[self._index[f"w:{w}"]]
            )
            found.append(
                Found(*self._places[r], round(float(scores[r]), 4), tuple(shared[:5]), self._quotes[r])
            )
        return found


def key_words(text: str) -> list[str]:
    """Content words of a text, once each, in order: what a search could begin with."""
    seen: dict[str, None] = {}
    for word in read_turn(plain(text)).words:
        if word not in _COMMON and len(word) > 2:
            seen.setdefault(word)
    return list(seen)
