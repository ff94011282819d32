"""Small secrets of the site itself (a second factor's seed), under a key drawn from the site's secret."""

from __future__ import annotations

import base64

from depthwork.practice.vault import primitives as p


def _where(purpose: str) -> p.Where:
    return p.Where("", "site", purpose, "site", purpose, "value")


def seal_small(secret: str, purpose: str, text: str) -> str:
    """Seal a short text under the site's secret."""
    blob = p.seal(p.hkdf(secret.encode(), f"depthwork/site/{purpose}/1"), _where(purpose), text.encode())
    return base64.urlsafe_b64encode(blob).decode()


def open_small(secret: str, purpose: str, text: str) -> str:
    """Open what `seal_small` wrote."""
    blob = base64.urlsafe_b64decode(text.encode())
    return p.unseal(p.hkdf(secret.encode(), f"depthwork/site/{purpose}/1"), _where(purpose), blob).decode()
