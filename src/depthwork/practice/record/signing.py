"""What a signature covers, and whether it still holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum

from depthwork.practice.record.models import Addendum, ProgressNote, Signature
from depthwork.practice.vault.errors import Tampered, VaultError
from depthwork.practice.vault.primitives import signed_by
from depthwork.practice.vault.unlocked import current


class Standing(StrEnum):
    """What can be said of a signed text here and now."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "unknown"  # the signer's keys were never compared by this reader


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def message_of(row: ProgressNote | Addendum) -> bytes:
    """The bytes that are signed: every word, whose, of which hour and day, by whom and when."""
    if isinstance(row, Addendum):
        parts = [
            "depthwork/addendum/1",
            str(row.id),
            str(row.client_id),
            str(row.note_id),
            row.words,
            str(row.created_by_id),
            _moment(row.created_at),
        ]
    else:
        assert row.signed_at is not None
        parts = [
            "depthwork/progress-note/1",
            str(row.id),
            str(row.client_id),
            str(row.session_id or ""),
            row.on.isoformat(),
            row.times or {},
            row.modality or "",
            *(getattr(row, part) or "" for part in ProgressNote.PARTS),
            str(row.signed_by_id),
            _moment(row.signed_at),
        ]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sign(row: ProgressNote | Addendum) -> Signature:
    """Sign with the keys that are open here."""
    which = {"addendum": row} if isinstance(row, Addendum) else {"note": row}
    return Signature(client=row.client, value=current().keys.signature(message_of(row)), **which)


def standing_of(row: ProgressNote | Addendum, signature: Signature | None) -> Standing:
    """Whether the text is letter for letter what was signed."""
    if signature is None:
        return Standing.BROKEN
    signer = row.created_by_id if isinstance(row, Addendum) else row.signed_by_id
    try:
        key = current().sign_key_of(signer)
    except Tampered:
        return Standing.BROKEN
    except VaultError:
        return Standing.UNKNOWN
    return Standing.HOLDS if signed_by(key, message_of(row), signature.value) else Standing.BROKEN
