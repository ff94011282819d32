"""Bytes to text: which letters the file was written in, or a clear refusal."""

from __future__ import annotations

import codecs

from depthwork.transcripts.model import TranscriptError
from depthwork.wording import gettext, gettext_noop

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KINDS = (
    (b"%PDF", gettext_noop("this is a PDF; copy its text into a plain text or Word file")),
    (b"{\\rtf", gettext_noop("this is an RTF file; save it as .docx or as plain text")),
    (
        b"\xd0\xcf\x11\xe0",
        gettext_noop("this is an old or password-protected Word file; save it as .docx without a password"),
    ),
    (b"\x1f\x8b", gettext_noop("this is a compressed file; unpack it first")),
    (b"\x89PNG", gettext_noop("this is a picture; a transcript is text")),
    (b"\xff\xd8\xff", gettext_noop("this is a picture; a transcript is text")),
    (b"RIFF", gettext_noop("this is a recording; transcribe it first, then read the transcript")),
    (b"OggS", gettext_noop("this is a recording; transcribe it first, then read the transcript")),
    (b"ID3", gettext_noop("this is a recording; transcribe it first, then read the transcript")),
    (
        b"\x00\x00\x00\x18ftyp",
        gettext_noop("this is a recording; transcribe it first, then read the transcript"),
    ),
    (
        b"\x00\x00\x00 ftyp",
        gettext_noop("this is a recording; transcribe it first, then read the transcript"),
    ),
)
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 21})  # 21 (0x15) marks times in CHAT
# Control characters become spaces: no XML holds them, no terminal should obey them.
_BLANKED = dict.fromkeys((*range(9), 11, *range(14, 21), *range(22, 32), *range(127, 160), 8232, 8233), " ")


def decode(data: bytes) -> tuple[str, str | None]:
    """Text of a file, and a warning where its letters had to be guessed.

    Byte order marks are believed; then UTF-16 by its pattern of zero bytes, UTF-8 strictly, and
    Windows-1252 (which holds Latin-1) for text that is mostly plain letters. Anything else is refused.

    Raises
    ------
    TranscriptError
        If the bytes are no text, or text in letters that cannot be told.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return tidy(_strict(data[len(mark) :], encoding)), None
    for magic, what in _KINDS:
        if data.startswith(magic):
            raise TranscriptError(gettext(what))
    if 0 in data:
        return tidy(_strict(data, _utf16_of(data))), gettext("no byte order mark; read as UTF-16")
    if len(data.translate(None, _CONTROLS)) < len(data) * 0.99:
        raise _no_text()
    try:
        return tidy(data.decode("utf-8")), None
    except UnicodeDecodeError as error:
        return tidy(_western(data, error.start)), gettext("not UTF-8; read as Windows-1252 (Latin-1)")


def tidy(text: str) -> str:
    """Control characters as spaces, half a surrogate pair as the replacement sign."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\f", "\n").translate(_BLANKED) if not text.isprintable() else text


def _utf16_of(data: bytes) -> str:
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(data) % 2 == 0 and len(head) >= 4:
        if odd > len(head) * 0.2 and even < odd * 0.1:
            return "utf-16-le"
        if even > len(head) * 0.2 and odd < even * 0.1:
            return "utf-16-be"
    raise _no_text()


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TranscriptError(
            gettext(
                "byte %(at)s: not %(encoding)s, which the file's first bytes announce; save it again as UTF-8"
            )
            % {"at": error.start + 1, "encoding": encoding.upper()}
        ) from None
    if text.count("\x00"):
        raise _no_text()
    return text


def _western(data: bytes, at: int) -> str:
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    letters = len(data) - len(data.translate(None, bytes(range(33, 127)))) + high
    if high <= letters * 0.5:
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError as error:
            at = error.start
    raise TranscriptError(
        gettext("byte %(at)s: letters in an unknown encoding; save the file as UTF-8") % {"at": at + 1}
    )


def _no_text() -> TranscriptError:
    return TranscriptError(gettext("this is a binary file, not text; give a transcript or a note"))
