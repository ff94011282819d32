"""What a file of material is, told by its first bytes and never by its name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.treatments.errors import CourseError

MOST_BYTES = 15 * 1024 * 1024
KINDS = gettext_lazy("PNG, JPEG, GIF, WebP, MP3, M4A, Ogg, WAV or FLAC")


@dataclass(frozen=True, slots=True)
class Thing:
    """A picture or a sound."""

    type: str
    ending: str


_BEGINS = (
    (b"\x89PNG\r\n\x1a\n", Thing("image/png", "png")),
    (b"\xff\xd8\xff", Thing("image/jpeg", "jpg")),
    (b"GIF87a", Thing("image/gif", "gif")),
    (b"GIF89a", Thing("image/gif", "gif")),
    (b"ID3", Thing("audio/mpeg", "mp3")),
    (b"\xff\xfb", Thing("audio/mpeg", "mp3")),
    (b"\xff\xf3", Thing("audio/mpeg", "mp3")),
    (b"\xff\xf2", Thing("audio/mpeg", "mp3")),
    (b"OggS", Thing("audio/ogg", "ogg")),
    (b"fLaC", Thing("audio/flac", "flac")),
)


def thing_of(data: bytes) -> Thing:
    """The kind of a file, or CourseError. Drawings that can carry a script (SVG) and everything else are refused."""
    if len(data) > MOST_BYTES:
        raise CourseError(_("larger than %(n)s MB; make it smaller first") % {"n": MOST_BYTES >> 20})
    for begins, thing in _BEGINS:
        if data.startswith(begins):
            return thing
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Thing("image/webp", "webp")
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return Thing("audio/wav", "wav")
    if data[4:8] == b"ftyp" and data[8:12] in (b"M4A ", b"M4B ", b"mp42", b"isom", b"dash"):
        return Thing("audio/mp4", "m4a")
    raise CourseError(_("not a picture or a sound that can be shown; %(kinds)s can") % {"kinds": KINDS})
