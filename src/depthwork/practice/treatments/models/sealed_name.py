"""A name of a client, or of somebody outside, sealed as any text is; opened, it prints in its own direction."""

from __future__ import annotations

from typing import Any

from depthwork.practice.config.names import named
from depthwork.practice.vault.fields import SealedText


class SealedName(SealedText):
    def from_bytes(self, raw: bytes) -> str:
        return named(super().from_bytes(raw))

    def deconstruct(self) -> Any:
        """To a migration it is a text: the rows are the same."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"{SealedText.__module__}.SealedText", args, kwargs
