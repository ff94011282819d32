"""I, we and you: whom the speech of one person turns on.

When not to use it: Not to say who is meant by a word, nor as a sign of depression, self-regard or closeness
in one person: such findings are averages over many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.language.hour import Spoken, count_words
from depthwork.language.lists import own_list
from depthwork.language.withheld import Withheld, too_few_words


@dataclass(frozen=True, slots=True)
class Pronouns:
    """Percent of words for each, and `we_ratio`, the share of "we" among "we" and "I" (None without either)."""

    i: float
    we: float
    you: float
    we_ratio: float | None


def pronouns(turns: Sequence[Spoken]) -> Pronouns | Withheld:
    """How often a speaker says I, we and you, with their forms and contractions.

    Counts words. Who is meant by "we" or "you" (the therapist, people in general) is not known.

    Parameters
    ----------
    turns : sequence of Spoken
        One speaker's turns, or a note's paragraphs.

    Returns
    -------
    Pronouns or Withheld
        Withheld under 50 words.

    Notes
    -----
    1. ``100 * count / words``; ``we_ratio = we / (we + i)``.
    2. A contraction counts once ("I'm" as I).

    References
    ----------
    Pennebaker (2011), The secret life of pronouns; lists are our own closed classes.

    See also
    --------
    tests/judges/test_expressions.py
    """
    n = count_words(turns)
    if withheld := too_few_words("pronouns", n):
        return withheld
    classes = own_list("pronouns").words
    counts = {
        name: sum(word in listed for turn in turns for word in turn.words) for name, listed in classes.items()
    }
    both = counts["we"] + counts["i"]
    rates = {name: 100 * count / n for name, count in counts.items()}
    return Pronouns(rates["i"], rates["we"], rates["you"], counts["we"] / both if both else None)
