"""Time focus: whether speech dwells in the past, the present or the future.

When not to use it: Not for languages other than English, nor to say which event a sentence speaks of. That
much is told of the past says nothing of how it was worked on.

Source: word lists of this program; no published dictionary stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.language.hour import Spoken, count_words
from depthwork.language.lists import own_list
from depthwork.language.withheld import Withheld, too_few_words


@dataclass(frozen=True, slots=True)
class TimeFocus:
    """Percent of words for each time, and `index`, past against past and present (None without either)."""

    past: float
    present: float
    future: float
    index: float | None


def _is_regular_past(word: str, exceptions: frozenset[str]) -> bool:
    return len(word) >= 5 and word.endswith("ed") and word not in exceptions


def time_focus(turns: Sequence[Spoken]) -> TimeFocus | Withheld:
    """How often a speaker's words place what is told in the past, the present or the future.

    Counts forms of verbs and words of time; it does not know which event a sentence speaks of.

    Parameters
    ----------
    turns : sequence of Spoken
        One speaker's turns, or a note's paragraphs.

    Returns
    -------
    TimeFocus or Withheld
        Withheld under 50 words.

    Notes
    -----
    1. Past: listed forms, and words in -ed of five letters or more outside a stop-list (need, tired ...).
       Without a tagger a participle ("was opened", "have opened") counts as past.
    2. Forms that are alike in two times (put, read, cut) count for neither.
    3. ``index = past / (past + present)``; a phrase ("last week") counts once.

    See also
    --------
    tests/judges/test_expressions.py
    """
    n = count_words(turns)
    if withheld := too_few_words("time_focus", n):
        return withheld
    listed = own_list("time_focus")
    exceptions = listed.words["not_past"]
    counts = {"past": 0, "present": 0, "future": 0}
    for turn in turns:
        words = turn.words
        for name in counts:
            counts[name] += len(listed.matches(name, words))
        past = listed.words["past"]
        counts["past"] += sum(_is_regular_past(word, exceptions) and word not in past for word in words)
    placed = counts["past"] + counts["present"]
    rates = {name: 100 * count / n for name, count in counts.items()}
    return TimeFocus(**rates, index=counts["past"] / placed if placed else None)
