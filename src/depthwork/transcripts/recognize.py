"""Which format a file is: by what it holds, with its name as a hint."""

from __future__ import annotations

from depthwork.transcripts import whisper
from depthwork.transcripts.clock import seconds
from depthwork.transcripts.model import TranscriptError
from depthwork.wording import gettext, gettext_noop

NAMES = {
    "text": gettext_noop("plain text"),
    "vtt": "WebVTT",
    "srt": "SubRip",
    "docx": "Word",
    "whisper": "Whisper JSON",
    "whisperx": "WhisperX JSON",
    "chat": "CHAT",
    "elan": "ELAN",
}
EXTENSIONS = {
    "txt": "text",
    "text": "text",
    "md": "text",
    "vtt": "vtt",
    "srt": "srt",
    "docx": "docx",
    "json": "whisper",
    "cha": "chat",
    "chat": "chat",
    "eaf": "elan",
}
_CHAT_HEADS = ("@UTF8", "@Begin", "@Font", "@Window", "@PID", "@Color", "@Loc", "@Languages", "@Participants")


def hint_of(name: str) -> str | None:
    """The format that a file's name promises, None where it promises none."""
    _, point, extension = name.rpartition(".")
    return EXTENSIONS.get(extension.lower()) if point else None


def is_archive(data: bytes) -> bool:
    """A ZIP, which a Word file is."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def recognize(text: str, hint: str | None) -> tuple[str, str | None]:
    """Format of a text, and a warning where it is not what the name promises.

    Raises
    ------
    TranscriptError
        If the content is of a kind that is no transcript, or belies a name that leaves no other reading.
    """
    found = _by_content(text[:20_000].lstrip(), text, hint)
    if hint is None or found == hint or (found == "whisperx" and hint == "whisper"):
        return found, None
    if hint == "vtt" and found == "srt":
        return found, gettext('no "WEBVTT" in the first line; read as SubRip')
    if found == "text" and hint in ("whisper", "elan", "docx"):
        raise TranscriptError(
            gettext("the name promises %(format)s, but this is another text; rename it to .txt if it is one")
            % {"format": NAMES[hint]}
        )
    return found, belied(hint, found)


def belied(hint: str, found: str) -> str:
    """What is said where a name promises one format and the file holds another."""
    return gettext("the name promises %(format)s, but it holds %(found)s; read as that") % {
        "format": gettext(NAMES[hint]),
        "found": gettext(NAMES[found]),
    }


def _by_content(head: str, text: str, hint: str | None) -> str:
    if head.startswith("WEBVTT"):
        return "vtt"
    if head.startswith(_CHAT_HEADS):
        return "chat"
    start = head[:400].lower()
    if start.startswith(("<?xml", "<annotation_document")):
        if "<ANNOTATION_DOCUMENT" in head or hint == "elan":
            return "elan"
        raise TranscriptError(
            gettext("this XML is not an ELAN file; save the transcript as .docx or plain text")
        )
    if start.startswith(("<!doctype", "<html")):
        if hint == "elan":
            return "elan"  # refused there, as a document type
        raise TranscriptError(gettext("this is a web page; copy its text into a plain text file"))
    if start.startswith("{\\rtf"):
        raise TranscriptError(gettext("this is an RTF file; save it as .docx or as plain text"))
    if _is_json(head, hint):
        return "whisperx" if whisper.has_speakers(text) else "whisper"
    for line in [line for line in head.split("\n", 40)[:40] if line.strip()][:3]:
        first, arrow, _ = line[:200].partition("-->")
        if arrow and seconds(first) is not None:
            return "srt"
    return "text"


def _is_json(head: str, hint: str | None) -> bool:
    if head.startswith("{"):
        return hint == "whisper" or head[1:].lstrip()[:1] in ('"', "}")
    if head.startswith("["):
        return hint == "whisper" or head[1:].lstrip()[:1] in ("{", "]")
    return False
