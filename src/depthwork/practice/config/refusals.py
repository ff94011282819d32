"""A refusal as it stands on a page."""

from __future__ import annotations


def sentence(error: object) -> str:
    """With a capital at its head and one stop at its end; actions say theirs in lower case, as a command line does."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
