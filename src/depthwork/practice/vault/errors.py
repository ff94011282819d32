"""What can go wrong with a lock, each named by what it means for the reader."""


class VaultError(Exception):
    """Something about keys. The message never holds clinical text."""


class Locked(VaultError):
    """Nobody is unlocked here: the passphrase has to be typed."""


class NoKey(Locked):
    """Someone is unlocked, and holds no key for this."""


class Burned(VaultError):
    """The key was destroyed on purpose; the words are gone."""


class Tampered(VaultError):
    """A sealed value does not belong where it stands, or was altered."""


class Refused(VaultError):
    """An act that the vault will not do, and why."""


class RecoveryFirst(VaultError):
    """Words may be stored once the recovery code was typed back."""
