"""Code points, as marks count, against UTF-16 units, as Java and the browser count."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Units:
    """Where the wide characters of a text stand: each takes two UTF-16 units and one code point."""

    length: int
    wide: tuple[int, ...]

    def to_utf16(self, offset: int) -> int:
        """UTF-16 offset of a code point offset.

        Examples
        --------
        >>> units_of("a\\U0001F600b").to_utf16(2)
        3
        """
        return offset + bisect_left(self.wide, offset)

    def to_code_points(self, offset: int) -> int:
        """Code point offset of a UTF-16 offset.

        Raises
        ------
        ValueError
            If the offset lies outside the text, or in the middle of a character.
        """
        low, high = 0, self.length
        while low < high:
            middle = (low + high) // 2
            if self.to_utf16(middle) < offset:
                low = middle + 1
            else:
                high = middle
        if offset < 0 or self.to_utf16(low) != offset:
            raise ValueError("an offset lies outside the text, or within a character")
        return low


def units_of(text: str) -> Units:
    """The units of a text."""
    return Units(len(text), tuple(at for at, letter in enumerate(text) if ord(letter) > 0xFFFF))
