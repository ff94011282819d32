"""Hedges and negations: words that leave open, and words that deny.

When not to use it: Not as a measure of resistance, doubt or denial: politeness and care use the same words.
Not between people, who hedge by habit and by schooling.

Source: word lists of this program; no published dictionary stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.language.hour import Spoken, count_words
from depthwork.language.lists import own_list
from depthwork.language.withheld import Withheld, too_few_words

# "What kind of", "some sort of" ask for a kind; they do not hedge.
_KINDS = {("sort", "of"), ("kind", "of")}


@dataclass(frozen=True, slots=True)
class Rate:
    """How often: `count` in all, `per_100` words."""

    count: int
    per_100: float


def hedges(turns: Sequence[Spoken]) -> Rate | Withheld:
    """How often a speaker softens or leaves open what is said.

    Counts maybe, sort of, I guess and their like. Politeness, care and doubt use the same words; it is no
    measure of resistance by itself.

    Parameters
    ----------
    turns : sequence of Spoken
        One speaker's turns, or a note's paragraphs.

    Returns
    -------
    Rate or Withheld
        Withheld under 50 words.

    Notes
    -----
    1. ``100 * hedges / words``; a phrase is one hedge.
    2. "Sort of" and "kind of" do not count after words such as what, some or a.

    See also
    --------
    tests/judges/test_expressions.py
    """
    n = count_words(turns)
    if withheld := too_few_words("hedges", n):
        return withheld
    listed = own_list("hedges")
    not_after = listed.words["not_after"] | {"a", "an"}
    count = 0
    for turn in turns:
        words = turn.words
        for start, end in listed.matches("hedges", words):
            is_kind = tuple(words[start:end]) in _KINDS and start > 0 and words[start - 1] in not_after
            count += not is_kind
    return Rate(count, 100 * count / n)


def negations(turns: Sequence[Spoken]) -> Rate | Withheld:
    """How often a speaker denies: no, not, n't, never, nothing, none, nobody.

    Counts words, not denial: "why not" and "no, go on" count too.

    Returns
    -------
    Rate or Withheld
        Withheld under 50 words.

    Notes
    -----
    1. ``100 * negations / words``; a contraction counts once.

    See also
    --------
    tests/judges/test_expressions.py
    """
    n = count_words(turns)
    if withheld := too_few_words("negations", n):
        return withheld
    listed = own_list("negations").words["negations"]
    count = sum(word in listed or word.endswith("n't") for turn in turns for word in turn.words)
    return Rate(count, 100 * count / n)
