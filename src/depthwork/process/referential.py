"""Referential measures: how densely a speaker's language pictures, tracked word by word.

When not to use it: Not for figures from two different dictionaries, nor between people who speak otherwise by
habit or tongue: compare within one treatment. A dense page is not a deep one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from depthwork.language.dictionaries import Dictionary
from depthwork.language.hour import Spoken
from depthwork.language.smoothing import smooth
from depthwork.language.withheld import Withheld
from depthwork.wording import gettext as _

FEWEST_WORDS = 25


@dataclass(frozen=True, slots=True)
class Curve:
    """Summary of smoothed values: mean, share of words over neutral, and how far over neutral those lie."""

    words: int
    mean: float
    high_share: float
    mean_high: float
    variation: float


@dataclass(frozen=True, slots=True)
class TurnCurve:
    """One turn's summary."""

    turn: int
    curve: Curve


@dataclass(frozen=True, slots=True)
class Referential:
    """The referential measures of one speaker's longer turns, pooled over all their words.

    `covered` is the share of their words that the dictionary lists.
    """

    dictionary: str
    curve: Curve
    covered: float
    turns: tuple[TurnCurve, ...]


def curve_of(smoothed: ArrayLike, *, neutral: float = 0.5) -> Curve:
    """Summarise smoothed values.

    Parameters
    ----------
    smoothed : array, shape (n_words,)
        Smoothed word values; n_words >= 1.
    neutral : float
        What counts as high lies above this.

    Returns
    -------
    Curve
        `mean_high` is the mean of ``value - neutral`` over the high words, 0 where there are none;
        `variation` the population standard deviation.

    Raises
    ------
    ValueError
        If there are no values.

    References
    ----------
    Maskit (2014), doi:10.6084/m9.figshare.928469
    """
    values = np.asarray(smoothed, np.float64)
    if len(values) == 0:
        raise ValueError("a curve needs one word or more")
    # A word exactly at neutral is not high; smoothing leaves its last digits either side.
    high = values[values - neutral > 1e-12]
    return Curve(
        words=len(values),
        mean=float(values.mean()),
        high_share=len(high) / len(values),
        mean_high=float((high - neutral).mean()) if len(high) else 0.0,
        variation=float(values.std()),
    )


def covariation(first: ArrayLike, second: ArrayLike, *, neutrals: tuple[float, float]) -> float | None:
    """How two smoothed curves of the same words go together about their neutral values, -1 to 1.

    For a notebook, with two dictionaries on one text; no page shows it.

    None where one of them never leaves its neutral value.

    ``sum (A - a)(B - b) / sqrt(sum (A - a)^2 * sum (B - b)^2)`` with a, b the neutral values: 0.5 for a
    weighted dictionary, the mean of the text for a plain one.

    Raises
    ------
    ValueError
        If the curves differ in length.

    References
    ----------
    Maskit (2014), doi:10.6084/m9.figshare.928469

    Examples
    --------
    >>> covariation([0.0, 1.0], [1.0, 0.0], neutrals=(0.5, 0.5))
    -1.0
    """
    a = np.asarray(first, np.float64) - neutrals[0]
    b = np.asarray(second, np.float64) - neutrals[1]
    if a.shape != b.shape:
        raise ValueError("both curves run over the same words")
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else None


def referential(turns: Sequence[Spoken], dictionary: Dictionary) -> Referential | Withheld:
    """The referential measures of the turns given, those of 25 words or more.

    Describes how densely the words are those the dictionary counts as pictured. It says nothing of how
    true, deep or healthy they are.

    Parameters
    ----------
    turns : sequence of Spoken
        One speaker's turns, or the paragraphs of a note.
    dictionary : Dictionary
        Our own vividness list or one that the user holds.

    Returns
    -------
    Referential or Withheld
        Withheld without a turn of 25 words.

    Notes
    -----
    1. Smoothing stays inside a turn; shorter turns are left out.
    2. Turns are pooled by their words, not averaged by turn.
    3. A word that the dictionary does not list has its neutral value.
    4. High means over 0.5, for a plain dictionary too.

    Reliability: deterministic. Weighted dictionaries fitted to judges have modelled their ratings at about
    r = .5; our own list has not been fitted.

    References
    ----------
    Bucci & Maskit (2006); Maskit (2014), doi:10.6084/m9.figshare.928469

    See also
    --------
    depthwork.language.smoothing.smooth : the operator. tests/judges/test_referential.py
    """
    found, pooled, listed = [], [], 0
    for turn in turns:
        words = turn.words
        if len(words) < FEWEST_WORDS:
            continue
        smoothed = smooth([dictionary.value(word) for word in words])
        listed += sum(dictionary.covers(word) for word in words)
        pooled.append(smoothed)
        found.append(TurnCurve(turn.index, curve_of(smoothed)))
    if not pooled:
        return Withheld("referential", _("no turn of %(least)s words or more") % {"least": FEWEST_WORDS})
    whole = curve_of(np.concatenate(pooled))
    return Referential(dictionary.name, whole, listed / whole.words, tuple(found))
