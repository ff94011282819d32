"""What coverage refuses, in words for the person who asked. No text of a client."""


class CoverageError(ValueError):
    """What is wrong, and the mend."""
