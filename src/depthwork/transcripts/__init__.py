"""Read an hour: files of many formats become a Transcript of Turns."""

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

__all__ = [
    "CLIENT",
    "NOTE",
    "THERAPIST",
    "Provenance",
    "Transcript",
    "TranscriptError",
    "Turn",
    "canonical",
    "transcript_of",
]
