"""The compiled inner loops of the `[fast]` extra; every one has a numpy twin that gives equal numbers."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, fastmath=True)
def sum_rows(kinds, places, deltas, rows, neutral, ids, pointers, out):  # type: ignore[no-untyped-def]
    """Sum the values of each unit's words: float32 for up to 128 words, gathered in float64.

    A word is unlisted, or has a few entries (its distance from neutral in a few columns), or a whole row
    of such distances; `kinds` holds, a word, where they begin and how many they are (-1: a row, -2: broken
    off, not counted).
    """
    width = rows.shape[1]
    columns = out.shape[1]
    part = np.zeros(width, np.float32)
    whole = np.empty(128, np.int32)
    for unit in range(len(pointers) - 1):
        at, last = pointers[unit], pointers[unit + 1]
        counted = 0
        is_short = last - at <= 128  # most are: then one pass over the columns is enough
        if not is_short or at == last:
            for j in range(columns):
                out[unit, j] = 0.0
        while at < last:
            stop = min(at + 128, last)
            part[:] = 0
            n_whole = 0
            for k in range(at, stop):
                word = np.uint32(ids[k])
                begin, size = kinds[word, 0], kinds[word, 1]
                counted += size != -2
                if size == -1:
                    whole[n_whole] = begin
                    n_whole += 1
                for e in range(np.uint32(begin), np.uint32(begin + max(size, 0))):
                    part[places[e]] += deltas[e]
            k = 0
            while (
                k + 4 <= n_whole
            ):  # four rows a pass: the running sum is loaded and stored a quarter as often
                one, two, three, four = (
                    rows[whole[k]],
                    rows[whole[k + 1]],
                    rows[whole[k + 2]],
                    rows[whole[k + 3]],
                )
                for j in range(width):
                    part[j] += (one[j] + two[j]) + (three[j] + four[j])
                k += 4
            while k < n_whole:
                row = rows[whole[k]]
                for j in range(width):
                    part[j] += row[j]
                k += 1
            if is_short:
                for j in range(columns):
                    out[unit, j] = part[j] + counted * neutral[j]
            else:
                for j in range(columns):
                    out[unit, j] += part[j]
            at = stop
        if not is_short:
            for j in range(columns):
                out[unit, j] += counted * neutral[j]
        out[unit, columns - 1] = counted


@numba.njit(cache=True, nogil=True, fastmath=True)
def smooth_units(values, pointers, small, offsets, taps, out):  # type: ignore[no-untyped-def]
    """The referential operator unit by unit: two half matrices for short ones, taps for long ones.

    A turn read backwards is smoothed backwards, so the sums and the differences of a turn and its mirror
    image are smoothed apart, each by a matrix of a quarter of the size.
    """
    half = len(taps) // 2
    together, apart = np.empty(len(offsets)), np.empty(len(offsets))
    for unit in range(len(pointers) - 1):
        first, last = pointers[unit], pointers[unit + 1]
        n = last - first
        if n == 0:
            continue
        target = out[first:last]
        if n < len(offsets):
            low = n // 2
            high = n - low
            even, odd = together[:high], apart[:low]
            even[:] = 0.0
            odd[:] = 0.0
            begin = offsets[n]
            j = 0
            while j + 4 <= low:  # four columns a pass, as above
                at = first + j
                a, b, c, d = values[at], values[at + 1], values[at + 2], values[at + 3]
                at = last - 1 - j
                e, f, g, h = values[at], values[at - 1], values[at - 2], values[at - 3]
                one, two = small[begin : begin + high], small[begin + n : begin + n + high]
                begin += 2 * n
                three, four = small[begin : begin + high], small[begin + n : begin + n + high]
                for i in range(high):
                    even[i] += ((a + e) * one[i] + (b + f) * two[i]) + (
                        (c + g) * three[i] + (d + h) * four[i]
                    )
                begin -= 2 * n
                one, two = small[begin + high : begin + n], small[begin + n + high : begin + 2 * n]
                begin += 2 * n
                three, four = small[begin + high : begin + n], small[begin + n + high : begin + 2 * n]
                for i in range(low):
                    odd[i] += ((a - e) * one[i] + (b - f) * two[i]) + ((c - g) * three[i] + (d - h) * four[i])
                begin += 2 * n
                j += 4
            while j < low:
                a, b = values[first + j], values[last - 1 - j]
                plus, minus = a + b, a - b
                one = small[begin : begin + high]
                for i in range(high):
                    even[i] += plus * one[i]
                two = small[begin + high : begin + n]
                for i in range(low):
                    odd[i] += minus * two[i]
                begin += n
                j += 1
            if high > low:
                middle = values[first + low]
                one = small[begin : begin + high]
                for i in range(high):
                    even[i] += middle * one[i]
                target[low] = even[low]
            for i in range(low):
                target[i] = even[i] + odd[i]
                target[n - 1 - i] = even[i] - odd[i]
            continue
        target[:] = 0.0
        folded = np.empty(n + 2 * half)
        for i in range(n + 2 * half):
            j = (i - half) % (2 * n)
            folded[i] = values[first + j] if j < n else values[first + 2 * n - 1 - j]
        # Blocks stay in the nearest cache; slices keep the inner loop free of index checks.
        at = 0
        while at < n:
            stop = min(at + 512, n)
            block = target[at:stop]
            d = 0
            while d + 4 <= len(taps):
                one, two = folded[at + d : stop + d], folded[at + d + 1 : stop + d + 1]
                three, four = folded[at + d + 2 : stop + d + 2], folded[at + d + 3 : stop + d + 3]
                a, b, c, e = taps[d], taps[d + 1], taps[d + 2], taps[d + 3]
                for i in range(len(block)):
                    block[i] += (a * one[i] + b * two[i]) + (c * three[i] + e * four[i])
                d += 4
            while d < len(taps):
                window = folded[at + d : stop + d]
                tap = taps[d]
                for i in range(len(block)):
                    block[i] += tap * window[i]
                d += 1
            at = stop
