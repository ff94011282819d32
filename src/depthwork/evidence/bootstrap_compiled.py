"""The compiled inner loop of the bootstrap; `bootstrap.plain` is its numpy twin and judge."""

from __future__ import annotations

import numba
import numpy as np

_STEPS = 200
_NEAR = 1e-10


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "arcp"})
def means(y, v, drawn):  # type: ignore[no-untyped-def]
    """REML mean of each row of `drawn`, a draw of places in `y` and `v`."""
    draws, k = drawn.shape
    made = np.empty(draws)
    ys, vs = np.empty(k), np.empty(k)
    for b in range(draws):
        s0 = s1 = s2 = 0.0
        for i in range(k):
            ys[i] = y[drawn[b, i]]
            vs[i] = v[drawn[b, i]]
            w = 1.0 / vs[i]
            s0 += w
            s1 += w * ys[i]
            s2 += w * w
        mean = s1 / s0
        q = 0.0
        for i in range(k):
            q += (ys[i] - mean) ** 2 / vs[i]
        tau2 = max(0.0, (q - (k - 1)) / (s0 - s2 / s0))
        for _ in range(_STEPS):
            one = two = three = first = 0.0
            for i in range(k):
                w = 1.0 / (vs[i] + tau2)
                one += w
                two += w * w
                three += w * w * w
                first += w * ys[i]
            mean = first / one
            gain = 0.0
            for i in range(k):
                r = (ys[i] - mean) / (vs[i] + tau2)
                gain += r * r
            step = (gain - one + two / one) / (two - 2.0 * three / one + (two / one) ** 2)
            after = max(0.0, tau2 + step)
            is_near = abs(after - tau2) <= _NEAR * (1e-3 + tau2)
            tau2 = after
            if is_near:
                break
        one = first = 0.0
        for i in range(k):
            w = 1.0 / (vs[i] + tau2)
            one += w
            first += w * ys[i]
        made[b] = first / one
    return made
