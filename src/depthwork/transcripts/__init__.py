"""Read an hour: files of many formats become a Transcript of Turns."""

from depthwork.transcripts.comments import comments, pause_seconds, pauses
from depthwork.transcripts.model import (
    CLIENT,
    NOTE,
    THERAPIST,
    Provenance,
    Transcript,
    TranscriptError,
    Turn,
    canonical,
    transcript_of,
)
from depthwork.transcripts.reading import FORMATS, WRITABLE, read, read_text, write

__all__ = [
    "CLIENT",
    "FORMATS",
    "NOTE",
    "THERAPIST",
    "WRITABLE",
    "Provenance",
    "Transcript",
    "TranscriptError",
    "Turn",
    "canonical",
    "comments",
    "pause_seconds",
    "pauses",
    "read",
    "read_text",
    "transcript_of",
    "write",
]
