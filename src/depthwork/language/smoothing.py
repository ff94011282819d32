"""The referential operator: a fixed smoothing, word by word, folded over at the ends of a turn.

When not to use it: Not across turns, and not for turns under some 40 words, where the curve is nearly flat.
It adds no information to the dictionary it smooths.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthwork.language.pieces import Engine, is_compiled_available

HALF_WIDTH = 100
SHARPNESS = 2
SHORT = 96  # a turn shorter than this is multiplied by its own folded matrix, which is quicker

Floats = NDArray[np.float64]


@cache
def weights() -> Floats:
    """The operator's weights for distances -99 to 99.

    Returns
    -------
    array, shape (199,)
        Not normalised: the middle one is ``exp(-2)``. Read-only.

    Notes
    -----
    ``w(d) = exp(-q * p^2 * (p^2 + d^2) / (p^2 - d^2)^2)`` with ``p = 100``, ``q = 2``.

    References
    ----------
    Maskit (2014), doi:10.6084/m9.figshare.928469

    Examples
    --------
    >>> round(float(weights().sum()), 10)
    8.4389600748
    """
    squares = np.arange(-(HALF_WIDTH - 1), HALF_WIDTH, dtype=np.float64) ** 2
    p2 = float(HALF_WIDTH**2)
    found = np.exp(-SHARPNESS * p2 * (p2 + squares) / (p2 - squares) ** 2)
    found.flags.writeable = False
    return found


@cache
def _taps() -> Floats:
    # Normalised; the outer ones, below a millionth of float64's last digit together, are left out.
    taps = weights() / weights().sum()
    return np.ascontiguousarray(taps[taps > 1e-19])


def _folded(n: int, half: int) -> NDArray[np.int64]:
    at = np.arange(-half, n + half) % (2 * n)
    return np.where(at < n, at, 2 * n - 1 - at)


@cache
def _matrix(n: int) -> Floats:
    """The operator for a turn of n words as a matrix, shape (n, n); column j is where word j goes."""
    taps = _taps()
    half = len(taps) // 2
    matrix = np.zeros((n, n))
    folded = _folded(n, half)
    for i in range(n):
        np.add.at(matrix[i], folded[i : i + len(taps)], taps)
    return matrix


@cache
def _small_matrices() -> tuple[Floats, NDArray[np.int64]]:
    """For turns of each short length: what sums and what differences of mirrored words become.

    Column after column: the upper half for the sum of words j and n - 1 - j, then the one for their
    difference; last, where n is odd, the middle word's. With where each length begins.
    """
    parts: list[Floats] = []
    offsets = [0]
    for n in range(1, SHORT):
        matrix, low, high = _matrix(n), n // 2, n - n // 2
        offsets.append(offsets[-1] + len(parts[-1]) if parts else 0)
        straight, mirrored = matrix[:, :low], matrix[:, ::-1][:, :low]
        halves = np.concatenate([(straight + mirrored)[:high] / 2, (straight - mirrored)[:low] / 2])
        middle = matrix[:high, low] if high > low else matrix[:0, 0]
        parts.append(np.concatenate([halves.T.ravel(), middle]))
    return np.concatenate(parts), np.array(offsets, np.int64)


def smooth(values: ArrayLike) -> Floats:
    """Smooth the values of one turn, word by word.

    Turns a value a word into a curve over the turn. It says where the language of a turn is dense
    with what the dictionary lists; it says nothing of meaning.

    Parameters
    ----------
    values : array, shape (n_words,)
        One value a word, in the order of speech.

    Returns
    -------
    array, shape (n_words,)
        In the unit of `values`.

    Raises
    ------
    ValueError
        If `values` is not one row of finite numbers.

    Notes
    -----
    1. Word index stands for time; pauses are not seen.
    2. The turn is folded over at both ends (the series, then the series reversed, for ever), so that
       the mean of the turn is kept.
    3. A weight sum over 199 words: in a turn under some 40 words the curve is nearly flat.

    ``S_i = (1 / W) * sum_{d=-99}^{99} w(d) * per[(i + d) mod 2n]``

    References
    ----------
    Maskit (2014), doi:10.6084/m9.figshare.928469

    Examples
    --------
    >>> smooth([0.0] * 25 + [1.0] * 25)[[0, 24, 25, 49]].round(6).tolist()
    [0.293173, 0.493373, 0.506627, 0.706827]

    See also
    --------
    tests/judges/test_referential.py : the published operator, and a plain double loop.
    """
    series = np.ascontiguousarray(values, np.float64)
    if series.ndim != 1 or not np.isfinite(series).all():
        raise ValueError("the values of a turn are one row of finite numbers")
    n = len(series)
    if n == 0:
        return series
    if n < SHORT:
        return np.asarray(_matrix(n) @ series)
    taps = _taps()
    return np.convolve(series[_folded(n, len(taps) // 2)], taps, mode="valid")


def smooth_turns(
    values: ArrayLike, pointers: ArrayLike, *, engine: Engine = "auto", out: Floats | None = None
) -> Floats:
    """Smooth many turns at once; equal to `smooth` turn by turn.

    Parameters
    ----------
    values : array, shape (n_words,)
        The values of all turns, one after the other.
    pointers : array, shape (n_turns + 1,)
        Turn ``t`` holds ``values[pointers[t]:pointers[t + 1]]``.
    engine : {"auto", "numpy", "compiled"}
        As in `word_ids`.
    out : array, optional
        At least n_words long; reused from file to file, it saves fresh memory.

    Returns
    -------
    array, shape (n_words,)

    Raises
    ------
    ValueError
        If the pointers do not cover the values in order.
    """
    series = np.ascontiguousarray(values, np.float64)
    ends = np.ascontiguousarray(pointers, np.int64)
    lengths = np.diff(ends)
    if len(ends) == 0 or ends[0] != 0 or ends[-1] != len(series) or (lengths < 0).any():
        raise ValueError("the pointers run from 0 to the number of values without going back")
    out = np.empty_like(series) if out is None else out[: len(series)]
    if engine == "compiled" or (engine == "auto" and is_compiled_available()):
        from depthwork.language import compiled

        small, offsets = _small_matrices()
        compiled.smooth_units(series, ends, small, offsets, _taps(), out)
        return out
    # Turns of one length share one matrix: a product instead of a loop.
    for n in np.unique(lengths[(lengths > 0) & (lengths < SHORT)]):
        places = ends[:-1][lengths == n][:, None] + np.arange(n)
        out[places] = series[places] @ _matrix(int(n)).T
    for turn in np.flatnonzero(lengths >= SHORT):
        out[ends[turn] : ends[turn + 1]] = smooth(series[ends[turn] : ends[turn + 1]])
    return out
