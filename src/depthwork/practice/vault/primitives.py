"""The few cryptographic acts that everything else is made of. Formats: `docs/vault-format.md`."""

from __future__ import annotations

import hmac
import os
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from depthwork.practice.config.gate import gently, through
from depthwork.practice.config.home import home
from depthwork.practice.vault.errors import Tampered

VERSION = b"\x01"
HEADER = 1 + 16 + 12  # version, key id, nonce
STEP = 256  # sizes leak only in steps of this many bytes


def derive_root(passphrase: str, salt: bytes) -> bytes:
    """The 32 bytes from which login and key-encryption keys are drawn; 100-500 ms by design, two at a time."""
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    with through(home()):
        return gently(
            lambda: hash_secret_raw(
                secret, salt, time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, type=Type.ID
            )
        )


# HMAC hashes twice, each time behind its key, which is changed in every byte and filled up to a block. The first key
# of HKDF without a salt is nothing but zeros: what it makes of a block is known beforehand.
_INNER, _OUTER = (bytes(n ^ by for n in range(256)) for by in (0x36, 0x5C))
_BEFORE_INNER, _BEFORE_OUTER = (sha256(bytes(64).translate(pad)) for pad in (_INNER, _OUTER))


def hkdf(secret: bytes, info: str, *, length: int = 32) -> bytes:
    """HKDF-SHA-256 (RFC 5869) for one block: a key for one purpose from a secret with full entropy.

    Its two HMACs are written as the four hashes that they are: half of what the library’s own cost, and each opened
    key pays for it.
    """
    if not 0 < length <= 32:
        raise ValueError("one block of HKDF-SHA-256 gives 1 to 32 bytes")
    inner, outer = _BEFORE_INNER.copy(), _BEFORE_OUTER.copy()
    inner.update(secret)
    outer.update(inner.digest())
    key = outer.digest().ljust(64, b"\x00")
    last = sha256(key.translate(_INNER) + info.encode() + b"\x01").digest()
    return sha256(key.translate(_OUTER) + last).digest()[:length]


def verifier_of(root: bytes) -> str:
    """What the password column may hold: a hash of a key that opens nothing."""
    return sha256(hkdf(root, "depthwork/login/1")).hexdigest()


def kek_of(root: bytes) -> bytes:
    """The key that seals a person's private keys."""
    return hkdf(root, "depthwork/kek/1")


def same(a: str | bytes, b: str | bytes) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(*(x.encode() if isinstance(x, str) else x for x in (a, b)))


def keyed_name(key: bytes, text: str) -> str:
    """HMAC of a login name: finds the account without storing the address."""
    return hmac.new(key, text.encode(), sha256).hexdigest()


def key_id(key: bytes) -> bytes:
    """Sixteen bytes that name a key; a blob under another key is refused before any use."""
    return hkdf(key, "depthwork/key-id/1", length=16)


def joined(*parts: str) -> bytes:
    """Length-prefixed parts: two different tuples never give the same bytes."""
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))


@dataclass(frozen=True, slots=True)
class Where:
    """The place a sealed value belongs to; it opens nowhere else."""

    organisation: str
    owner: str
    compartment: str
    table: str
    row: str
    field: str
    schema: int = 1

    def aad(self) -> bytes:
        """Length-prefixed parts: two different places never give the same bytes."""
        return (
            joined(self.organisation, self.owner, self.compartment, self.table)
            + joined(self.row)
            + joined(self.field, str(self.schema))
        )


def pad(raw: bytes) -> bytes:
    """0x80 and zeros up to the next step."""
    return raw + b"\x80" + b"\x00" * (-(len(raw) + 1) % STEP)


def unpad(raw: bytes) -> bytes:
    """The inverse of `pad`."""
    end = raw.rfind(b"\x80", -STEP)
    if end < 0 or raw[end + 1 :].strip(b"\x00"):
        raise Tampered(_("the padding of a sealed value is damaged; restore it from a backup"))
    return raw[:end]


class Cipher:
    """A key ready for use. Printing it shows nothing; there is no way to hand it a nonce."""

    __slots__ = ("_aead", "_head", "id", "raw")

    def __init__(self, key: bytes) -> None:
        self.raw, self.id, self._aead = key, key_id(key), AESGCM(key)
        self._head = VERSION + self.id

    def __repr__(self) -> str:
        return "<key>"

    def seal(self, aad: bytes, raw: bytes) -> bytes:
        """Seal bytes to a place."""
        nonce = os.urandom(12)
        return self._head + nonce + self._aead.encrypt(nonce, pad(raw), aad)

    def unseal(self, aad: bytes, blob: bytes) -> bytes:
        """Open what `seal` wrote, or raise Tampered."""
        if blob[:17] != self._head and key_id_of(blob) != self.id:  # key_id_of refuses an unknown header
            raise Tampered(_("a sealed value belongs to another key"))
        try:
            return unpad(self._aead.decrypt(blob[17:29], blob[29:], aad))
        except (InvalidTag, ValueError):  # ValueError: cut off within its nonce
            raise Tampered(_("a sealed value was altered or moved; restore it from a backup")) from None


def key_id_of(blob: bytes) -> bytes:
    """Which key a sealed value asks for."""
    if len(blob) < HEADER + 16 or blob[:1] != VERSION:
        raise Tampered(_("a sealed value has an unknown header; was it written by a newer version?"))
    return blob[1:17]


def seal(key: bytes | Cipher, where: Where, raw: bytes) -> bytes:
    """Seal bytes to a place."""
    return (key if isinstance(key, Cipher) else Cipher(key)).seal(where.aad(), raw)


def unseal(key: bytes | Cipher, where: Where, blob: bytes) -> bytes:
    """Open what `seal` wrote, or raise Tampered."""
    return (key if isinstance(key, Cipher) else Cipher(key)).unseal(where.aad(), blob)


class KeyPair:
    """A person's two pairs: X25519 to receive keys, Ed25519 to sign grants. Printing it shows nothing.

    What a request asks for with every grant is worked out once: the public halves, and the private ones ready for use.
    """

    __slots__ = ("_box", "_signer", "box", "box_public", "sign", "sign_public")

    def __init__(self, box: bytes, sign: bytes) -> None:
        private, self._signer = PrivateKey(box), Ed25519PrivateKey.from_private_bytes(sign)
        self.box, self.sign, self._box = box, sign, SealedBox(private)
        self.box_public = bytes(private.public_key)
        self.sign_public = self._signer.public_key().public_bytes_raw()

    @classmethod
    def fresh(cls) -> KeyPair:
        return cls(os.urandom(32), os.urandom(32))

    def __repr__(self) -> str:
        return "<keys>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyPair) and (other.box, other.sign) == (self.box, self.sign)

    __hash__ = None  # type: ignore[assignment]

    def signature(self, message: bytes) -> bytes:
        return self._signer.sign(message)

    def open_box(self, blob: bytes) -> bytes:
        return _out_of(self._box, blob)


def box_pair() -> tuple[bytes, bytes]:
    """A fresh X25519 pair (private, public) for an inbox."""
    private = bytes(PrivateKey.generate())
    return private, public_of(private)


def public_of(private: bytes) -> bytes:
    """The public half of an inbox."""
    return bytes(PrivateKey(private).public_key)


def seal_to(public: bytes, raw: bytes) -> bytes:
    """Seal bytes to a public key: anyone may put in, only the holder takes out."""
    return SealedBox(PublicKey(public)).encrypt(raw)


def open_box(private: bytes, blob: bytes) -> bytes:
    """Open a sealed box with the private half."""
    return _out_of(SealedBox(PrivateKey(private)), blob)


def _out_of(box: SealedBox[PrivateKey], blob: bytes) -> bytes:
    try:
        return box.decrypt(bytes(blob))
    except CryptoError:
        raise Tampered(_("a sealed key does not open with this person's key")) from None


@lru_cache(maxsize=4096)
def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is the holder's. Nothing of it is secret, and each page asks for all its grants again."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(box_public: bytes, sign_public: bytes) -> str:
    """Twelve groups of four that two people read to each other before the first share."""
    digest = sha256(b"depthwork/fingerprint/1" + box_public + sign_public).hexdigest()[:48].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 48, 4))
