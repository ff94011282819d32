"""The compiled inner loops of the `[fast]` extra; every one has a numpy twin that gives equal numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

# Word by word: index, output pointer, unit pointer, pieces known, arena bytes used.
_POS, _OUT, _UNIT, _KNOWN, _USED = range(5)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FNV = np.uint64(0x100000001B3)
_SEED = np.uint64(0xCBF29CE484222325)
_EIGHT = np.uint64(8)


@numba.njit(cache=True, nogil=True)
def _cut(data, table, end, state, keys, values, shift, arena, starts, limit, out, ends):  # type: ignore[no-untyped-def]
    """Cut bytes into pieces and number them; stops before a new piece when `limit` are known.

    A piece of up to eight bytes is its own key. A longer one is found by its hash, and its bytes are
    compared with the stored ones, so that two words are never taken for one.
    """
    pos, n_out, n_unit = state[_POS], state[_OUT], state[_UNIT]
    known, used = state[_KNOWN], state[_USED]
    mask = np.int64(len(keys) - 1)
    n = len(data)
    while pos < n:
        byte = table[data[pos]]
        if byte == 32:
            pos += 1
            continue
        if byte == end:
            ends[n_unit] = n_out
            n_unit += 1
            pos += 1
            continue
        begin = pos
        key = np.uint64(0)
        while byte != 32 and byte != end:
            key = (key << _EIGHT) | np.uint64(byte)
            pos += 1
            if pos == n:
                break
            byte = table[data[pos]]
        length = pos - begin
        is_long = length > 8
        if is_long:
            key = _SEED
            for i in range(begin, pos):
                key = (key ^ np.uint64(table[data[i]])) * _FNV
        slot = np.int64((key * _MIX) >> shift)
        while True:
            number = values[slot]
            if number == 0:
                if known == limit or used + length > len(arena):
                    state[_POS], state[_OUT], state[_UNIT] = begin, n_out, n_unit
                    state[_KNOWN], state[_USED] = known, used
                    return False
                known += 1
                number = known
                keys[slot] = key
                values[slot] = number
                for i in range(length):
                    arena[used + i] = table[data[begin + i]]
                used += length
                starts[known] = used
                break
            if keys[slot] == key:
                stored = starts[number] - starts[number - 1]
                if not is_long:
                    if stored <= 8:
                        break
                elif stored == length:
                    same = True
                    at = starts[number - 1]
                    for i in range(length):
                        if arena[at + i] != table[data[begin + i]]:
                            same = False
                            break
                    if same:
                        break
            slot = (slot + 1) & mask
        out[n_out] = number
        n_out += 1
    state[_POS], state[_OUT], state[_UNIT] = pos, n_out, n_unit
    state[_KNOWN], state[_USED] = known, used
    return True


@numba.njit(cache=True, nogil=True)
def _place(keys, values, old_keys, old_values, shift):  # type: ignore[no-untyped-def]
    mask = np.int64(len(keys) - 1)
    for i in range(len(old_keys)):
        if old_values[i]:
            slot = np.int64((old_keys[i] * _MIX) >> shift)
            while values[slot]:
                slot = (slot + 1) & mask
            keys[slot] = old_keys[i]
            values[slot] = old_values[i]


class Cutter:
    """Open addressing over the pieces met so far; grows as they do, never with the text."""

    def __init__(self, table: bytes, end: int, bits: int = 14) -> None:
        self._table = np.frombuffer(table, np.uint8)
        self._end = end
        self._bits = bits
        self._keys = np.zeros(1 << bits, np.uint64)
        self._values = np.zeros(1 << bits, np.int32)
        self._starts = np.zeros((1 << bits) * 3 // 4 + 1, np.int64)
        self._arena = np.zeros(1 << (bits + 3), np.uint8)
        self._state = np.zeros(5, np.int64)
        self._out = np.empty(1 << 16, np.int32)

    def cut(self, data: bytes) -> tuple[NDArray[np.int32], NDArray[np.int64], list[bytes]]:
        """Piece numbers from 1 (valid until the next call), pieces up to each unit's end, and the new pieces."""
        buffer = np.frombuffer(data, np.uint8)
        # Kept from call to call: fresh pages cost more than the cutting of a short file.
        if len(self._out) <= len(data) // 2:
            self._out = np.empty(len(data), np.int32)
        out = self._out
        ends = np.empty(data.count(self._end), np.int64)
        known, state = int(self._state[_KNOWN]), self._state
        state[:3] = 0
        while not _cut(
            buffer, self._table, self._end, state, self._keys, self._values, np.uint64(64 - self._bits),
            self._arena, self._starts, len(self._starts) - 1, out, ends,
        ):  # fmt: skip
            self._grow(len(data))
        cuts = self._starts[known : state[_KNOWN] + 1].tolist()
        base = cuts[0]
        raw = self._arena[base : cuts[-1]].tobytes()
        fresh = [raw[a - base : b - base] for a, b in pairwise(cuts)]
        return out[: state[_OUT]], ends[: state[_UNIT]], fresh

    def _grow(self, need: int) -> None:
        self._bits += 1
        keys, values = self._keys, self._values
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._values = np.zeros(1 << self._bits, np.int32)
        _place(self._keys, self._values, keys, values, np.uint64(64 - self._bits))
        self._starts = _longer(self._starts, (1 << self._bits) * 3 // 4 + 1)
        self._arena = _longer(self._arena, len(self._arena) * 2 + need)


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    grown = np.zeros(size, array.dtype)
    grown[: len(array)] = array
    return grown


@numba.njit(cache=True, nogil=True, fastmath=True)
def sum_rows(rows, ids, pointers, out):  # type: ignore[no-untyped-def]
    """Sum the rows of each unit's words: float32 for up to 128 words, gathered in float64."""
    width = rows.shape[1]
    part = np.zeros(width, np.float32)
    for unit in range(len(pointers) - 1):
        at, last = pointers[unit], pointers[unit + 1]
        while at < last:
            stop = min(at + 128, last)
            part[:] = 0
            k = at
            while k + 4 <= stop:  # four rows a pass: the running sum is loaded and stored a quarter as often
                one, two, three, four = rows[ids[k]], rows[ids[k + 1]], rows[ids[k + 2]], rows[ids[k + 3]]
                for j in range(width):
                    part[j] += (one[j] + two[j]) + (three[j] + four[j])
                k += 4
            while k < stop:
                row = rows[ids[k]]
                for j in range(width):
                    part[j] += row[j]
                k += 1
            for j in range(out.shape[1]):
                out[unit, j] += part[j]
            at = stop


@numba.njit(cache=True, nogil=True, fastmath=True)
def smooth_units(values, pointers, small, offsets, taps, out):  # type: ignore[no-untyped-def]
    """The referential operator unit by unit: a folded matrix for short ones, taps for long ones."""
    half = len(taps) // 2
    for unit in range(len(pointers) - 1):
        first, last = pointers[unit], pointers[unit + 1]
        n = last - first
        if n == 0:
            continue
        target = out[first:last]
        target[:] = 0.0
        if n < len(offsets):
            begin = offsets[n]
            j = 0
            while j + 4 <= n:
                one, two = small[begin : begin + n], small[begin + n : begin + 2 * n]
                three, four = small[begin + 2 * n : begin + 3 * n], small[begin + 3 * n : begin + 4 * n]
                a, b, c, d = (
                    values[first + j],
                    values[first + j + 1],
                    values[first + j + 2],
                    values[first + j + 3],
                )
                for i in range(n):
                    target[i] += (a * one[i] + b * two[i]) + (c * three[i] + d * four[i])
                j += 4
                begin += 4 * n
            while j < n:
                one = small[begin : begin + n]
                for i in range(n):
                    target[i] += values[first + j] * one[i]
                j += 1
                begin += n
            continue
        folded = np.empty(n + 2 * half)
        for i in range(n + 2 * half):
            j = (i - half) % (2 * n)
            folded[i] = values[first + j] if j < n else values[first + 2 * n - 1 - j]
        # Blocks stay in the nearest cache; slices keep the inner loop free of index checks.
        at = 0
        while at < n:
            stop = min(at + 512, n)
            block = target[at:stop]
            for d in range(len(taps)):
                window = folded[at + d : stop + d]
                tap = taps[d]
                for i in range(len(block)):
                    block[i] += tap * window[i]
            at = stop
