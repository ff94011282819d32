"""Passphrases that everyone tries first are refused: known ones, and long ones made of short tricks."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

import django.contrib.auth
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890123456789012345",
    "abcdefghijklmnopqrstuvwxyz",
    "0987654321098765432109876",
)


@cache
def commonest() -> frozenset[str]:
    """The common passwords that Django ships, lower-cased, and the long ones that its list has no room for."""
    file = Path(django.contrib.auth.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        known = {line.strip().casefold() for line in lines}
    long = Path(__file__).with_name("long_and_common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(known.union(line for line in long if not line.startswith("#")))


def is_weak(passphrase: str) -> bool:
    """Known, or a known word made long by repetition, digits, punctuation or a keyboard walk."""
    plain = passphrase.strip().casefold()
    if plain in commonest() or len(set(plain)) < 6:
        return True
    letters = re.sub(r"[\W_]+", "", plain)
    for size in range(1, len(letters) // 2 + 1):  # the same piece again and again
        piece = letters[:size]
        if (piece * (len(letters) // size + 1))[: len(letters)] == letters:
            return True
    stem = letters.strip("0123456789")
    if stem in commonest() or not stem:
        return True
    if _is_word_and_tail(plain) or _is_word_and_tail(letters):
        return True
    if any(letters in row + row or letters[::-1] in row + row for row in _ROWS):
        return True
    half = len(stem) // 2
    return (
        stem[:half] in commonest()
        and stem[half:] in commonest()
        and len(stem) < 20
        and " " not in passphrase.strip()
    )


def _is_word_and_tail(text: str) -> bool:
    """A known word, and after it only itself again, digits, a row of keys or one sign."""
    for size in range(3, len(text) + 1):
        head, tail = text[:size], text[size:]
        if head in commonest() and (
            len(set(tail)) < 2 or tail == head or tail.isdigit() or any(tail in row + row for row in _ROWS)
        ):
            return True
    return False


class NotAmongTheCommonest:
    """Django's validator interface around `is_weak`."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_weak(password):
            raise ValidationError(
                _(
                    "This passphrase is among the first that are tried. Four or five unrelated words make a good one."
                ),
                code="common",
            )

    def get_help_text(self) -> str:
        return _(
            "At least 15 characters. Four or five unrelated words make a good one; no digits or signs are required."
        )
