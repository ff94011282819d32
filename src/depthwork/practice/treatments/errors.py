"""What the course of a treatment refuses, in words for the person who asked."""


class CourseError(ValueError):
    """An act that does not fit the course: what, and the mend. Never holds clinical text."""


class Changed(CourseError):
    """Someone else saved first; both versions are to be shown."""


class OddHour(CourseError):
    """The clock skips this time or has it twice on that day: a person decides which is meant."""

    def __init__(self, message: str, *, oddity: str) -> None:
        super().__init__(message)
        self.oddity = oddity
