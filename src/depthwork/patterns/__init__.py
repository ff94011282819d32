"""What recurs over a treatment: pure functions over codes."""

from depthwork.patterns.hours import Caption, Hour, Line, Treatment
from depthwork.patterns.overview import Apart, Patterns, patterns, patterns_apart

__all__ = ["Apart", "Caption", "Hour", "Line", "Patterns", "Treatment", "patterns", "patterns_apart"]
