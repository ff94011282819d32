"""How near a session comes to a described way of working: a Q-sort against a prototype, and a pair of rated scales.

When not to use it: Not as a mark for a clinician, nor to say that an hour was done well or helped. Not with
cards or prototypes that were changed, and not from one rater alone where it matters.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from depthwork.language.withheld import Withheld
from depthwork.wording import gettext as _

PILES: Final[Mapping[int, int]] = {1: 5, 2: 8, 3: 12, 4: 16, 5: 18, 6: 16, 7: 12, 8: 8, 9: 5}
"""Cards in each of the nine piles of the Psychotherapy Process Q-set: a hundred in all."""
RATED: Final = (0, 6)
"""Lowest and highest rating of the Comparative Psychotherapy Process Scale."""


class AdherenceError(ValueError):
    """A sort or a rating that cannot be used as it is: what, where, the mend."""


@dataclass(frozen=True, slots=True)
class Adherence:
    """`r` between a session and a prototype, -1 to 1, and its Fisher transform; `z` is None where r is 1 or -1."""

    r: float
    z: float | None


@dataclass(frozen=True, slots=True)
class Leaning:
    """Means of the two halves of the scale, 0 to 6, and how far the first lies above the second."""

    psychodynamic: float
    cognitive: float

    @property
    def difference(self) -> float:
        """Psychodynamic less cognitive, -6 to 6."""
        return self.psychodynamic - self.cognitive


def check_sort(sort: Mapping[str, int]) -> None:
    """Refuse a sort whose piles do not hold the fixed numbers of cards.

    Parameters
    ----------
    sort : mapping of card to pile, 1 to 9
        100 cards.

    Raises
    ------
    AdherenceError
        If a pile is none of the nine, or holds more or fewer cards than it should. The first such pile is named.
    """
    held = Counter(sort.values())
    for pile in sorted(held, key=str):
        if pile not in PILES:
            raise AdherenceError("a card lies in none of the piles 1 to 9; put it into one of them")
    for pile, due in PILES.items():
        if held[pile] != due:
            raise AdherenceError(
                f"pile {pile} holds {held[pile]} cards and should hold {due}; move cards until it does"
            )


def adherence(sort: Mapping[str, int], prototype: Mapping[str, float]) -> Adherence:
    """How alike a session's Q-sort and a prototype of a treatment are.

    It compares a whole hour with experts' picture of a therapy. It does not say that the hour was done well, nor
    that the client was helped.

    Parameters
    ----------
    sort : mapping of card to pile, 1 to 9
        One session by one rater, or the rounded mean of two.
    prototype : mapping of card to number
        Piles or factor scores of the experts, for the same cards.

    Returns
    -------
    Adherence

    Raises
    ------
    AdherenceError
        From `check_sort`; if the cards differ, or the prototype is not finite or the same throughout.

    Notes
    -----
    1. The sort is forced: every session has the same mean, 5, and the same spread. Only the order speaks.
    2. Prototypes of kindred schools resemble one another; compare the r of several before naming one.

    Pearson's ``r``, and ``z = atanh(r)``, on which differences of r may be averaged. The words of the cards are
    not part of this program.

    References
    ----------
    Jones (2000), Therapeutic Action: A Guide to Psychoanalytic Therapy
    Ablon & Jones (1998), Psychotherapy Research 8:71

    Examples
    --------
    >>> cards = [pile for pile, n in PILES.items() for _ in range(n)]
    >>> sort = {f"q{at}": pile for at, pile in enumerate(cards)}
    >>> adherence(sort, {card: 10 - pile for card, pile in sort.items()}).r
    -1.0

    See also
    --------
    tests/judges/test_adherence.py
    """
    check_sort(sort)
    if set(sort) != set(prototype):
        raise AdherenceError("the sort and the prototype name different cards; use the same numbers in both")
    if not all(math.isfinite(value) for value in prototype.values()):
        raise AdherenceError("the prototype holds a value that is no number; correct it")
    middle = math.fsum(prototype.values()) / len(prototype)
    own = {card: pile - 5.0 for card, pile in sort.items()}
    other = {card: value - middle for card, value in prototype.items()}
    length = math.sqrt(math.fsum(x * x for x in own.values()) * math.fsum(x * x for x in other.values()))
    if not math.isfinite(length) or length <= 1e-12 * max(1.0, abs(middle)):
        raise AdherenceError("the prototype is the same for every card, or too large; it compares nothing")
    r = max(-1.0, min(1.0, math.fsum(own[card] * other[card] for card in own) / length))
    return Adherence(r, math.atanh(r) if abs(r) < 1 else None)


def leaning(
    ratings: Mapping[str, float | None], *, psychodynamic: Collection[str], cognitive: Collection[str]
) -> Leaning | Withheld:
    """Means of the two subscales of the Comparative Psychotherapy Process Scale.

    A description of technique in one hour by an observer, no rating of its quality.

    Parameters
    ----------
    ratings : mapping of item to rating, 0 to 6, or None
        Not rated is None, never 0.
    psychodynamic, cognitive : collections of str
        The items of each half, from the scale's own key, which is not part of this program. No item in both.

    Returns
    -------
    Leaning or Withheld
        Withheld where an item of either half was not rated.

    Raises
    ------
    AdherenceError
        If a half is empty, an item stands in both, or a rating is not between 0 and 6.

    Notes
    -----
    1. Items weigh equally.
    2. The difference compares hours rated by the same observer; observers use the scale differently.

    References
    ----------
    Hilsenroth, Blagys, Ackerman, Bonge & Blais (2005), doi:10.1037/0033-3204.42.3.340

    See also
    --------
    tests/judges/test_adherence.py
    """
    if not psychodynamic or not cognitive:
        raise AdherenceError("a half of the scale has no items; give the items of both")
    if set(psychodynamic) & set(cognitive):
        raise AdherenceError("an item stands in both halves of the scale; leave it in one")
    missing = 0
    for item in (*psychodynamic, *cognitive):
        value = ratings.get(item)
        if value is None:
            missing += 1
        elif not RATED[0] <= value <= RATED[1]:
            raise AdherenceError(f"{item}: not between 0 and 6; correct the rating or leave it empty")
    if missing:
        return Withheld("leaning", _("not every item was rated"))
    means = [
        math.fsum(float(ratings[item] or 0) for item in half) / len(half)
        for half in (psychodynamic, cognitive)
    ]
    return Leaning(*means)
