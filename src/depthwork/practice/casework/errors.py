"""What casework refuses, in words for the person who asked. Never holds client text."""

from depthwork.practice.treatments.errors import Changed, CourseError

__all__ = ["Changed", "MarkError"]


class MarkError(CourseError):
    """A mark, reading or answer that does not fit: what, and the mend."""
