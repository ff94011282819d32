"""The one error of this folder: effects that cannot be pooled as they are."""

from __future__ import annotations


class EvidenceError(ValueError):
    """What is wrong, where, and the mend; on one line."""
