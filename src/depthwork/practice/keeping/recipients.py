"""Who can open a backup: everyone whose recovery code was typed back, the lines of `recipients`, and the drill. And where
backups shall lie.
"""

from __future__ import annotations

import os
from pathlib import Path

from depthwork.practice.vault.age import is_recipient, new_identity
from depthwork.practice.vault.models import Canary, Keyring

FILE = "recipients"
PLACE = "backups-at"
DRILL = "drill.key"


def listed(home: Path) -> list[str]:
    """The recipients that the practice added by hand; words after `#` are its own."""
    file = home / FILE
    lines = file.read_text().splitlines() if file.exists() else []
    return [line.split("#")[0].strip() for line in lines if is_recipient(line.split("#")[0].strip())]


def recipients(home: Path) -> list[str]:
    """People who can restore. The drill's own recipient is not counted among them."""
    staff = Keyring.objects.exclude(recovery_confirmed_at=None).exclude(backup_recipient="")
    from_codes = staff.filter(person__client=None).values_list("backup_recipient", flat=True)
    return sorted({*from_codes, *listed(home)})


def add(home: Path, recipient: str, whose: str) -> None:
    """One more line in the file."""
    descriptor = os.open(home / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(f"{recipient}  # {whose}\n")


def choose_place(home: Path, folder: Path) -> None:
    """Keep in which folder backups shall lie; Practice and the doctor name it."""
    descriptor = os.open(home / PLACE, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(f"{folder}\n")


def place(home: Path) -> Path | None:
    """The folder that was chosen for backups, if one was."""
    file = home / PLACE
    said = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    return Path(said) if said else None


def drill_identity(home: Path) -> str | None:
    """The identity of the nightly drill; it opens the copy's wrapping and its canaries, and no row of a client."""
    file = home / DRILL
    return file.read_text().strip() if file.exists() else None


def prepare_drill(home: Path) -> tuple[str, str]:
    """Make the drill's identity and plant its canaries, once; those of another machine, in a restored database, anew."""
    from depthwork.practice.keeping.backup import fits, plant_canaries
    from depthwork.practice.vault.age import recipient_of

    identity = drill_identity(home)
    if identity is None:
        identity, _ = new_identity()
        descriptor = os.open(home / DRILL, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(identity)
    one = Canary.objects.first()
    if one is None or not fits(identity, bytes(one.blob)):
        Canary.objects.all().delete()
        Canary.objects.bulk_create(Canary(n=n, blob=blob) for n, blob in plant_canaries(identity))
    return identity, recipient_of(identity)
