"""The compiled cutter of the `[fast]` extra: bytes into numbered pieces, eight bytes at a time.

Where pieces begin and end is found for a whole file at once by numpy; the loop here then takes one step a
piece, not one a byte, and so has nearly nothing to guess wrongly.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

# Piece by piece: which piece is next, pieces known, chunks of eight bytes kept.
_AT, _KNOWN, _USED = range(3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEVEN, _EIGHT, _THREE, _ONE = np.uint64(7), np.uint64(8), np.uint64(3), np.uint64(1)
_WHOLE = np.uint64(63)
_NONE = np.uint64(0)
# The bytes of a chunk that belong to a piece of 0 to 8 bytes.
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(9)], np.uint64)


@numba.njit(inline="always")
def _chunk(chunks, begin, left):  # type: ignore[no-untyped-def]
    """Up to eight bytes from any place, the first one lowest; two aligned loads, no branch."""
    at, off = begin >> _THREE, (begin & _SEVEN) << _THREE
    raw = (chunks[at] >> off) | ((chunks[at + _ONE] << _ONE) << (_WHOLE - off))
    return raw & _MASKS[min(left, _EIGHT)]


@numba.njit(cache=True, nogil=True)
def _number(chunks, borders, state, slots, keys, shift, arena, starts, limit, out):  # type: ignore[no-untyped-def]
    """Number the pieces between borders; stops before a new piece when `limit` are known.

    A piece of up to eight bytes is its own key. A longer one is found by its hash, and its bytes are
    compared with the stored ones, so that two words are never taken for one. Keys stand in the order in
    which pieces were first met, which keeps those of common words close together; a slot holds a number only.
    """
    known, used = state[_KNOWN], state[_USED]
    mask = np.uint64(len(slots) - 1)
    for k in range(state[_AT], len(borders) // 2):
        begin = np.uint64(borders[2 * k])
        length = np.uint64(borders[2 * k + 1]) - begin
        key = _chunk(chunks, begin, length)
        is_long = np.uint64(length > _EIGHT)
        if is_long:
            past = _EIGHT
            while past < length:
                key = (key ^ (key >> np.uint64(29))) * _MIX ^ _chunk(chunks, begin + past, length - past)
                past += _EIGHT
        size = np.int64((length + _SEVEN) >> _THREE)
        slot = (key * _MIX) >> shift
        while True:
            held = np.uint64(slots[slot])
            number = np.int64(held >> _ONE)
            if number and keys[np.uint64(number)] == key and held & _ONE == is_long:
                if not is_long:
                    break
                at = starts[number - 1]
                same = starts[number] - at == size
                for i in range(size if same else 0):
                    past = np.uint64(8 * i)
                    same = same and arena[at + i] == _chunk(chunks, begin + past, length - past)
                if same:
                    break
            elif number == 0:
                if known == limit or used + size > len(arena):
                    state[_AT], state[_KNOWN], state[_USED] = k, known, used
                    return False
                known += 1
                number = known
                keys[number] = key
                slots[slot] = np.uint32((np.uint64(number) << _ONE) | is_long)
                for i in range(size):
                    past = np.uint64(8 * i)
                    arena[used + i] = _chunk(chunks, begin + past, length - past)
                used += size
                starts[known] = used
                break
            slot = (slot + _ONE) & mask
        out[k] = number
    state[_AT], state[_KNOWN], state[_USED] = len(borders) // 2, known, used
    return True


@numba.njit(cache=True, nogil=True)
def _place(slots, keys, old, shift):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(slots) - 1)
    for held in old:
        if held:
            slot = (keys[held >> np.uint32(1)] * _MIX) >> shift
            while slots[slot]:
                slot = (slot + _ONE) & mask
            slots[slot] = held


@numba.njit(cache=True, nogil=True)
def read_pieces(numbers, ends, first, count, begins, flat, ids, pointers):  # type: ignore[no-untyped-def]
    """Piece numbers to word numbers; how many words there are. Most pieces are exactly one word."""
    n, at = 0, 0
    for unit in range(len(ends)):
        while at < ends[unit]:
            number = np.uint64(numbers[at])
            if count[number] == 1:
                ids[n] = first[number]
                n += 1
            else:
                for i in range(begins[number], begins[number] + count[number]):
                    ids[n] = flat[i]
                    n += 1
            at += 1
        pointers[unit + 1] = n
    return n


class Cutter:
    """Open addressing over the pieces met so far; grows as they do, never with the text."""

    def __init__(self, table: bytes, end: int, bits: int = 14) -> None:
        self._table = table
        self._end = end
        self._bits = bits
        self._slots = np.zeros(1 << bits, np.uint32)
        self._keys = np.zeros((1 << bits) // 2 + 1, np.uint64)
        self._starts = np.zeros((1 << bits) // 2 + 1, np.int64)
        self._arena = np.zeros(1 << (bits + 1), np.uint64)
        self._state = np.zeros(3, np.int64)
        self._out = np.empty(1 << 16, np.int32)

    def cut(self, data: bytes) -> tuple[NDArray[np.int32], NDArray[np.int64], list[bytes]]:
        """Piece numbers from 1 (valid until the next call), pieces up to each unit's end, and the new pieces."""
        # Zero bytes to read past the end; none is ever part of a piece.
        padded = data.translate(self._table) + bytes(16 - len(data) % 8)
        text = np.frombuffer(padded, np.uint8)
        is_word = text > 0x20
        borders = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
        if is_word[0]:
            borders = np.concatenate([[0], borders])
        ends = np.searchsorted(borders[::2], np.flatnonzero(text == self._end))
        # Kept from call to call: fresh pages cost more than the cutting of a short file.
        if len(self._out) < len(borders) // 2:
            self._out = np.empty(len(borders), np.int32)
        known, state = int(self._state[_KNOWN]), self._state
        state[_AT] = 0
        while not _number(
            padded_chunks(padded), borders, state, self._slots, self._keys, np.uint64(64 - self._bits),
            self._arena, self._starts, len(self._starts) - 1, self._out,
        ):  # fmt: skip
            self._grow(len(data))
        cuts = self._starts[known : state[_KNOWN] + 1].tolist()
        base = cuts[0]
        raw = self._arena[base : cuts[-1]].tobytes()
        fresh = [raw[8 * (a - base) : 8 * (b - base)].rstrip(b"\0") for a, b in pairwise(cuts)]
        return self._out[: len(borders) // 2], ends, fresh

    def _grow(self, need: int) -> None:
        self._bits += 1
        old = self._slots
        self._slots = np.zeros(1 << self._bits, np.uint32)
        _place(self._slots, self._keys, old, np.uint64(64 - self._bits))
        self._keys = _longer(self._keys, (1 << self._bits) // 2 + 1)
        self._starts = _longer(self._starts, (1 << self._bits) // 2 + 1)
        self._arena = _longer(self._arena, len(self._arena) * 2 + need // 4)


def padded_chunks(padded: bytes) -> NDArray[np.uint64]:
    """The bytes as little-endian numbers of eight."""
    return np.frombuffer(padded, "<u8").astype(np.uint64, copy=False)


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    grown = np.zeros(size, array.dtype)
    grown[: len(array)] = array
    return grown
