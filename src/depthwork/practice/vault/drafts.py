"""The key under which a browser keeps unsent words as ciphertext. Drawn from the writer's own keys, so that it
comes back after the next unlock and is at hand only then."""

from __future__ import annotations

import base64

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.unlocked import current


def draft_key(place: str) -> str:
    """32 bytes for AES-GCM in the browser, in base64; another place has another key."""
    return base64.b64encode(p.hkdf(current().keys.box, f"depthwork/draft/1/{place}")).decode()
