"""Language style matching: how alike two speakers use the small words.

When not to use it: Not as a measure of rapport, alliance or liking: people who quarrel match too. Not between
figures from different word lists or languages.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from depthwork.language.hour import Spoken
from depthwork.language.lists import own_list
from depthwork.language.withheld import Withheld
from depthwork.wording import ngettext

CATEGORIES = (
    "personal_pronouns", "impersonal_pronouns", "articles", "auxiliary_verbs", "adverbs",
    "prepositions", "conjunctions", "negations", "quantifiers",
)  # fmt: skip
FEWEST_WORDS = 50
FEWEST_IN_A_TURN = 25


@dataclass(frozen=True, slots=True)
class StyleMatching:
    """The mean over nine classes of small words, 0 to 1, and each class's own figure."""

    value: float
    classes: dict[str, float]


@dataclass(frozen=True, slots=True)
class TurnMatching:
    """Style matching of one turn with the turn it answers."""

    turn: int
    answers: int
    value: float


def matching_of(first: float, second: float) -> float:
    """How alike two percentages are: ``1 - |a - b| / (a + b + 0.0001)``.

    Examples
    --------
    >>> round(matching_of(12.0, 10.0), 6)
    0.909091
    """
    return 1 - abs(first - second) / (first + second + 0.0001)


def percentages(words: Sequence[str]) -> dict[str, float]:
    """Percent of the words in each of the nine classes; a word may stand in two."""
    classes = own_list("function_words").words
    return {name: 100 * sum(map(classes[name].__contains__, words)) / len(words) for name in CATEGORIES}


def match(first: Mapping[str, float], second: Mapping[str, float]) -> StyleMatching:
    """Style matching from the percentages of two speakers."""
    classes = {name: matching_of(first[name], second[name]) for name in CATEGORIES}
    return StyleMatching(sum(classes.values()) / len(classes), classes)


def style_matching(first: Sequence[Spoken], second: Sequence[Spoken]) -> StyleMatching | Withheld:
    """How alike two speakers use function words over an hour.

    It measures engagement with one another's way of speaking, not rapport and not liking: people who
    quarrel match too.

    Parameters
    ----------
    first, second : sequence of Spoken
        The turns of each speaker.

    Returns
    -------
    StyleMatching or Withheld
        Withheld where either speaker has fewer than 50 words.

    Notes
    -----
    1. Words are matched to our own closed-class lists without a tagger; "like" or "that" have one class
       whatever their use.
    2. A class that neither speaker uses counts as matched.
    3. Comparable only with figures from the same lists.

    ``LSM = mean over nine classes of 1 - |a - b| / (a + b + 0.0001)``, a and b in percent of words.

    References
    ----------
    Gonzales, Hancock & Pennebaker (2010), doi:10.1177/0093650209351468; Ireland et al. (2011),
    doi:10.1177/0956797610392928

    See also
    --------
    tests/judges/test_matching.py
    """
    words = [[word for turn in turns for word in turn.words] for turns in (first, second)]
    fewest = min(map(len, words))
    if fewest < FEWEST_WORDS:
        reason = ngettext(
            "one speaker has %(n)s word; %(least)s from each are needed",
            "one speaker has %(n)s words; %(least)s from each are needed",
            fewest,
        ) % {"n": fewest, "least": FEWEST_WORDS}
        return Withheld("style_matching", reason)
    return match(percentages(words[0]), percentages(words[1]))


def turn_matching(hour: Sequence[Spoken], *, speaker: str, other: str) -> tuple[TurnMatching, ...]:
    """Style matching of each turn of a speaker with the turn of the other just before it.

    Only pairs in which both turns have 25 words or more.
    """
    found = []
    for before, turn in itertools.pairwise(hour):
        if (before.speaker, turn.speaker) != (other, speaker):
            continue
        asked, said = before.words, turn.words
        if min(len(asked), len(said)) >= FEWEST_IN_A_TURN:
            value = match(percentages(asked), percentages(said)).value
            found.append(TurnMatching(turn.index, before.index, value))
    return tuple(found)
