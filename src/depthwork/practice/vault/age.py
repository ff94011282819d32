"""Files sealed for people: age (https://age-encryption.org/v1), and identities drawn from a recovery code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

import pyrage
from django.utils.translation import gettext as _

from depthwork.practice.vault.errors import Refused, Tampered

SHORTEST = 15


def seal_file(plain: BinaryIO, out: BinaryIO, recipients: Sequence[str]) -> None:
    """Seal a stream to each recipient; whoever holds one identity opens it."""
    to = [pyrage.x25519.Recipient.from_str(one) for one in sorted(set(recipients))]
    pyrage.encrypt_io(plain, out, to)


def open_file(sealed: BinaryIO, out: BinaryIO, identity: str) -> None:
    """Open what `seal_file` wrote."""
    try:
        mine = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError:
        raise Refused(_("this is not an age identity; it begins with AGE-SECRET-KEY-1")) from None
    try:
        pyrage.decrypt_io(sealed, out, [mine])
    except (pyrage.DecryptError, OSError):
        raise Tampered(_("another identity is needed, or the file is damaged")) from None


def new_identity() -> tuple[str, str]:
    """A fresh age identity and its recipient."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def identity_of(raw: bytes) -> tuple[str, str]:
    """The age identity that 32 bytes stand for, and its recipient."""
    text = _bech32("age-secret-key-", raw).upper()
    return text, str(pyrage.x25519.Identity.from_str(text).to_public())


def recipient_of(identity: str) -> str:
    """The public half of an identity."""
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def is_recipient(text: str) -> bool:
    """Whether a line names an age recipient."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _bech32(prefix: str, raw: bytes) -> str:
    """Bech32 (BIP 173), the writing of an age identity."""
    bits = int.from_bytes(raw, "big") << (-8 * len(raw) % 5)
    count = (8 * len(raw) + 4) // 5
    data = [(bits >> 5 * (count - 1 - i)) & 31 for i in range(count)]
    check = 1
    head = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    for value in [*head, *data, 0, 0, 0, 0, 0, 0]:
        top, check = check >> 25, ((check & 0x1FFFFFF) << 5) ^ value
        for i, one in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= one if top >> i & 1 else 0
    data += [(check ^ 1) >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(_LETTERS[value] for value in data)


def seal_with_passphrase(plain: bytes, passphrase: str) -> bytes:
    """Seal bytes by a passphrase (scrypt), for someone who has no key of their own."""
    if len(passphrase) < SHORTEST:
        raise Refused(
            _("a passphrase for a package has %(n)s characters or more; four or five words do well")
            % {"n": SHORTEST}
        )
    return bytes(pyrage.passphrase.encrypt(plain, passphrase))


def seal_bytes(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Seal bytes to each recipient."""
    out = io.BytesIO()
    seal_file(io.BytesIO(plain), out, recipients)
    return out.getvalue()


def open_bytes(sealed: bytes, *, identity: str | None = None, passphrase: str | None = None) -> bytes:
    """Open what `seal_bytes` or `seal_with_passphrase` wrote; says which of the two a file asks for."""
    head = sealed[:200].split(b"\n")
    if head[0] != b"age-encryption.org/v1":
        raise Refused(_("this is not a sealed package; it should be the .age file as it was sent"))
    is_by_passphrase = len(head) > 1 and head[1].startswith(b"-> scrypt")
    try:
        if is_by_passphrase:
            if not passphrase:
                raise Refused(_("this package is sealed with a passphrase; type the one you were told"))
            return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
        if identity is None:
            raise Refused(_("this package is sealed to a key; unlock the keys it was sent to"))
        return bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError as error:
        if is_by_passphrase:
            raise Tampered(
                _("another passphrase is needed, or the package is cut short or damaged")
            ) from None
        if "No matching keys" in str(error):
            raise Tampered(
                _("this package is for another recipient; ask for it to be sealed to your key")
            ) from None
        raise Tampered(_("the package is cut short or damaged; ask for it again")) from None
