"""What a practice saw after its own endings, to stand beside the published claim; never to be judged by it.

When not to use it: Not to compare with any trial, nor to judge clinicians or the published claim: those who
answer differ from those who do not, and there is no control group.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from depthwork.coding.tails import t_quantile
from depthwork.evidence.errors import EvidenceError
from depthwork.wording import gettext as _

FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class AfterEnding:
    """Mean further change after the end, in standard deviations of the first scores; positive is better.

    `reached` of `ended` people answered at follow-up. Withheld, with the reason, while there are too few.
    """

    reached: int | None
    ended: int | None
    effect: float | None
    interval: tuple[float, float] | None
    withheld: str | None = None


def after_ending(
    firsts: Sequence[float],
    ends: Sequence[float],
    laters: Sequence[float],
    *,
    ended: int,
    lower_is_better: bool,
    fewest: int = FEWEST,
    level: float = 0.95,
) -> AfterEnding:
    """Change from the end of therapy to a follow-up, over the people who answered at all three times.

    Parameters
    ----------
    firsts, ends, laters : sequence of float, length n
        Scores of one measure at the start, the end and the follow-up; one person a place.
    ended : int
        People whose follow-up was due, so that the reader sees how many could be reached.
    lower_is_better : bool
    fewest : int
        Below so many people nothing is given: a mean of few would speak of persons.

    Returns
    -------
    AfterEnding

    Raises
    ------
    EvidenceError
        If the lists differ in length, or more answered than ended.

    Notes
    -----
    1. Those who answer differ from those who do not. No control group. Not a comparison with any trial.
    2. Differences are roughly normal (t interval).

    ``effect = mean(end - later) / sd(first)`` where lower is better; the interval takes ``sd(first)`` as known.
    The same way of counting as the published pre-post effects (Town et al. 2012, doi:10.1037/a0029564).

    Examples
    --------
    >>> after_ending([20, 10], [12, 8], [11, 8], ended=4, lower_is_better=True).withheld
    'too few yet: fewer than 10 people answered at the start, the end and the follow-up'
    """
    n = len(firsts)
    if len(ends) != n or len(laters) != n:
        raise EvidenceError(_("each person needs a score at the start, the end and the follow-up"))
    if ended < n:
        raise EvidenceError(_("more people answered than ended"))
    if n < fewest:
        why = _(
            "too few yet: fewer than %(fewest)s people answered at the start, the end and the follow-up"
        ) % {"fewest": fewest}
        return AfterEnding(None, None, None, None, why)
    spread = _sd(firsts)
    if spread == 0:
        return AfterEnding(
            n, ended, None, None, _("all first scores are equal; there is no spread to measure by")
        )
    turn = 1 if lower_is_better else -1
    gains = [turn * (end - later) / spread for end, later in zip(ends, laters, strict=True)]
    mean = math.fsum(gains) / n
    reach = t_quantile((1 + level) / 2, n - 1) * _sd(gains) / math.sqrt(n)
    return AfterEnding(n, ended, mean, (mean - reach, mean + reach))


def _sd(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
