"""Words that return: subjects of a treatment that come back over several hours."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.cues.words import plain, read_turn, word_lists
from depthwork.transcripts.model import Transcript


@dataclass(frozen=True, slots=True)
class Line:
    """One place where a theme is touched."""

    hour: int
    turn: int
    quote: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A word of the client's that returns, with the words that keep it company.

    `lift` says how much more its hours hold it than an even spread of everyday talk would; it
    orders a list and means nothing alone.
    """

    word: str
    company: tuple[str, ...]
    hours: tuple[int, ...]
    lift: float
    lines: tuple[Line, ...]


def _root(word: str) -> str:
    """A blunt stem: enough to bring bird and birds, bake and baking together."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            cut = word[: -len(ending)]
            return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] else cut
    return word.removesuffix("e") if len(word) > 4 else word


def returning(
    hours: Sequence[Transcript], *, most: int = 12, least_hours: int = 2, speakers: Sequence[str] = ("C", "N")
) -> list[Theme]:
    """Subjects that return across hours, those that are this client's own first.

    Parameters
    ----------
    hours : sequence of Transcript
        The hours and notes of one treatment, in order.
    most : int
        How many themes at most.
    least_hours : int
        In how many hours a word must stand, 2 or more.

    Returns
    -------
    list of Theme
        Empty where there are fewer hours than `least_hours`.

    Raises
    ------
    ValueError
        If `least_hours` is below 2: one hour cannot show a return.

    Notes
    -----
    1. A word is weighed by the hours it returns in and by how unlike everyday talk its spread is:
       words of nearly every turn carry no subject.
    2. Lines are the client's own; what the therapist says makes no theme.
    A proposal for a label, never a count of anything. Judge: a hand-worked case in the tests.
    """
    if least_hours < 2:
        raise ValueError("a theme returns over at least 2 hours")
    turns_of: dict[str, set[tuple[int, int]]] = {}
    spelled: dict[str, Counter[str]] = {}
    texts: dict[tuple[int, int], str] = {}
    total = 0
    for h, hour in enumerate(hours):
        for turn in hour.turns:
            if turn.speaker not in speakers and turn.speaker in "TCN":
                continue
            total += 1
            texts[h, turn.index] = turn.text
            for word in key_words(turn.text):
                if len(word) < 4:
                    continue
                root = _root(word)
                turns_of.setdefault(root, set()).add((h, turn.index))
                spelled.setdefault(root, Counter())[word.removesuffix("'s")] += 1
    themes = []
    for root, places in turns_of.items():
        at = sorted({h for h, _ in places})
        if len(at) < least_hours or len(places) > max(6, 0.12 * total):
            continue
        spread = len(at) / max(1, len(hours))
        lift = math.log1p(len(places)) * len(at) * (1.3 - spread)
        themes.append((lift, root, at, places))
    themes.sort(key=lambda row: (-row[0], row[1]))
    found: list[Theme] = []
    used: set[str] = set()
    for lift, root, at, places in themes:
        if root in used:
            continue
        near = Counter(
            _root(word) for place in places for word in set(key_words(texts[place])) if len(word) >= 4
        )
        company = [
            r
            for r, n in near.most_common(20)
            if r != root and n >= 2 and len({h for h, _ in turns_of[r]}) > 1
        ][:4]
        used.update(company)
        found.append(
            Theme(
                word=spelled[root].most_common(1)[0][0],
                company=tuple(spelled[r].most_common(1)[0][0] for r in company),
                hours=tuple(at),
                lift=round(lift, 3),
                lines=tuple(Line(h, t, _around(texts[h, t], spelled[root])) for h, t in sorted(places)),
            )
        )
        if len(found) == most:
            break
    return found


def _around(text: str, forms: Counter[str], reach: int = 70) -> str:
    """The words around the first form of a theme, cut at word borders."""
    for token in read_turn(text).tokens:
        if token.word.removesuffix("'s") in forms:
            start, end = max(0, token.start - reach), min(len(text), token.end + reach)
            cut = text[start:end]
            if start:
                cut = "… " + cut.partition(" ")[2]
            if end < len(text):
                cut = cut.rpartition(" ")[0] + " …"
            return cut
    return text[: 2 * reach]


def key_words(text: str) -> list[str]:
    """Content words of a text, once each, in order: what a search could begin with."""
    small = word_lists("small_words.txt")["small"]
    seen: dict[str, None] = {}
    for word in read_turn(plain(text)).words:
        if word not in small and len(word) > 2:
            seen.setdefault(word)
    return list(seen)
