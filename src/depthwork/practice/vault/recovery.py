"""What brings keys back when their holder cannot: the recovery code on paper, and a key in two shares."""

from __future__ import annotations

import base64
import secrets

import shamir_mnemonic
from django.utils.translation import gettext as _

from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.primitives import hkdf


def fresh_code() -> str:
    """Eight groups of four letters and digits (base 32)."""
    raw = base64.b32encode(secrets.token_bytes(20)).decode()
    return "-".join(raw[i : i + 4] for i in range(0, 32, 4))


def key_of(code: str) -> bytes:
    """The key that a code stands for; spaces, dashes and case do not matter."""
    return hkdf(_raw(code), "depthwork/recovery/1")


def backup_secret_of(code: str) -> bytes:
    """What a code gives for opening backups: whoever holds the paper can restore on a new machine."""
    return hkdf(_raw(code), "depthwork/backup/1")


def _raw(code: str) -> bytes:
    plain = "".join(code.split()).replace("-", "").upper().translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(plain)
    except ValueError:
        raw = b""
    if len(raw) != 20:
        raise Refused(_("a recovery code has 32 letters and digits in eight groups of four"))
    return raw


def in_two_shares(key: bytes) -> list[bytes]:
    """Two shares (SLIP-39, two of two) that together give a key; one alone tells nothing of it."""
    return [words.encode() for words in shamir_mnemonic.generate_mnemonics(1, [(2, 2)], key)[0]]


def from_shares(*shares: bytes) -> bytes:
    """The key that `in_two_shares` divided."""
    return bytes(shamir_mnemonic.combine_mnemonics([share.decode() for share in shares]))
