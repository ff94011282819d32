"""Several rows of one study: combined into one effect before trials are pooled.

When not to use it: Not for rows of different people, which are trials of their own, nor with one correlation
believed in: try others and see what moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Array
from depthwork.evidence.pooling import checked

RHO = 0.6


@dataclass(frozen=True, slots=True)
class Studies:
    """One effect a study, in the order in which studies first appear. `rows` says how many stand behind each."""

    names: tuple[str, ...]
    effects: Array
    variances: Array
    rows: tuple[int, ...]


def combine(studies: Sequence[str], effects: ArrayLike, variances: ArrayLike, *, rho: float = RHO) -> Studies:
    """The mean of each study's rows, with the variance that their correlation leaves.

    Pooling rows as if they were trials counts the same people twice, and gives studies with many
    questionnaires more say.

    Parameters
    ----------
    studies : sequence of str, length n
        Whose row it is.
    effects, variances : array, shape (n,)
    rho : float
        Correlation of sampling errors within a study, 0 to 1. 0.6 is a convention; try others.

    Returns
    -------
    Studies

    Raises
    ------
    EvidenceError
        From `pooling.checked`, or if `rho` is out of range, or a study has no name.

    Notes
    -----
    1. Rows of a study weigh equally.
    2. One correlation holds between all rows of all studies.

    ``effect = mean(y)``, ``variance = sum_ij r_ij sqrt(v_i v_j) / m^2`` with ``r_ii = 1``, else `rho`.

    References
    ----------
    Borenstein et al. (2009), Introduction to Meta-Analysis, ch. 24, doi:10.1002/9780470743386

    Examples
    --------
    >>> found = combine(["a", "a", "b"], [0.2, 0.4, 0.1], [0.04, 0.04, 0.09])
    >>> found.names, found.effects.round(2).tolist(), found.variances.round(3).tolist()
    (('a', 'b'), [0.3, 0.1], [0.032, 0.09])
    """
    if not 0 <= rho <= 1:
        raise EvidenceError("rho, the correlation within a study, lies between 0 and 1")
    y, v = checked(effects, variances)
    if len(studies) != len(y):
        raise EvidenceError("each effect needs the name of its study")
    names: dict[str, int] = {}
    for place, name in enumerate(studies, 1):
        if not name:
            raise EvidenceError(f"effect {place} has no study's name")
        names.setdefault(name, len(names))
    of = np.array([names[name] for name in studies], dtype=np.intp)
    count = np.bincount(of).astype(np.float64)
    mean = np.bincount(of, y) / count
    own = np.bincount(of, v)
    crossed = np.bincount(of, np.sqrt(v)) ** 2 - own
    variance = (own + rho * crossed) / count**2
    return Studies(tuple(names), mean, variance, tuple(int(n) for n in count))
