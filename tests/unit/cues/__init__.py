"""Tests of the cue engine."""

from pathlib import Path

GOLD = Path(__file__).parents[2] / "gold"
