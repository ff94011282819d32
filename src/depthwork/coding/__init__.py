"""Marks and codebooks: what was found, where, by whom, and how far two coders agree."""

from depthwork.coding.marks import Mark, Span, Status

__all__ = ["Mark", "Span", "Status"]
