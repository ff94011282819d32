"""Word files: paragraphs and table rows of the main text. Checked before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from depthwork.transcripts import plain
from depthwork.transcripts.clock import seconds
from depthwork.transcripts.draft import Draft
from depthwork.transcripts.encodings import tidy
from depthwork.transcripts.labels import label_of
from depthwork.transcripts.markup import local, walk
from depthwork.transcripts.model import TranscriptError, canonical
from depthwork.wording import figure, gettext

MAX_MEMBERS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_TEXT = 40 * 1024 * 1024
MAX_RATIO = 150
_TEXT = "word/document.xml"


def read(data: bytes, therapist: str | None = None) -> Draft:
    """Turns of a Word file's paragraphs, or the paragraphs of a note."""
    document, members = _unpack(data)
    body = _Body()
    walk(document, body)
    if not body.seen_body:
        raise TranscriptError(gettext("the Word file has no text body; open it in Word and save it again"))
    draft = plain.read_paragraphs(body.paragraphs, therapist)
    if body.deleted:
        draft.warn(gettext("tracked changes: text marked as deleted is left out"))
    if "word/comments.xml" in members:
        draft.warn(gettext("comments in the margin of the Word file are left out"))
    if body.notes:
        draft.warn(gettext("footnotes of the Word file are left out"))
    return draft


def _unpack(data: bytes) -> tuple[bytes, set[str]]:
    """The main text of a Word file, read in memory: no path inside the archive is ever used as one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check(members)
            names = {member.filename for member in members}
            if _TEXT not in names:
                raise TranscriptError(gettext("this archive is not a Word file; save the text as .docx"))
            text = archive.getinfo(_TEXT)
            if text.flag_bits & 1:
                raise TranscriptError(
                    gettext("the Word file is locked with a password; save a copy without one")
                )
            with archive.open(text) as member:
                document = member.read(MAX_TEXT + 1)
            if len(document) > text.file_size or len(document) > MAX_TEXT:
                raise TranscriptError(gettext("the Word file unpacks to more than it declares; refused"))
            return document, names
    except TranscriptError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise TranscriptError(
            gettext("the Word file is damaged or cut short; open it in Word and save it again")
        ) from None


def _check(members: list[zipfile.ZipInfo]) -> None:
    """Count, sizes and ratio as the archive declares them, before a byte is unpacked."""
    if len(members) > MAX_MEMBERS:
        raise TranscriptError(
            gettext("the Word file holds more than %(most)s parts; refused unopened")
            % {"most": figure(MAX_MEMBERS, ",")}
        )
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise TranscriptError(
            gettext(
                "the Word file unpacks to more than %(most)s MB; refused unopened. Save a copy without its pictures"
            )
            % {"most": MAX_UNPACKED >> 20}
        )
    for member in members:
        if member.file_size > 1024 * 1024 and member.file_size > MAX_RATIO * max(1, member.compress_size):
            raise TranscriptError(
                gettext("a part of the Word file is packed too tightly to be a text; refused unopened")
            )
        if member.filename == _TEXT and member.file_size > MAX_TEXT:
            raise TranscriptError(
                gettext("the Word file's text is over %(most)s MB; split it by hour")
                % {"most": MAX_TEXT >> 20}
            )


class _Body:
    """Paragraphs as lines; a table row is one paragraph, its speaker's cell read as a label."""

    def __init__(self) -> None:
        self.paragraphs: list[list[str]] = []
        self.seen_body = self.deleted = self.notes = False
        self._text: list[str] = []
        self._cells: list[list[str]] = []
        self._rows = self._skip = 0
        self._in_text = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in ("Fallback", "del", "moveFrom"):  # Fallback repeats the text of a drawing beside it
            self._skip += 1
            self.deleted |= name != "Fallback"
        elif name == "t":
            self._in_text = True
        elif name == "tab":
            self._text.append("\t")
        elif name in ("br", "cr"):
            self._text.append("\n")
        elif name == "noBreakHyphen":
            self._text.append("-")
        elif name == "tr":
            self._rows += 1
            if self._rows == 1:
                self._cells = []
        elif name == "tc" and self._rows == 1:
            self._cells.append([])
        elif name == "body":
            self.seen_body = True
        elif name in ("footnoteReference", "endnoteReference"):
            self.notes = True

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in ("Fallback", "del", "moveFrom"):
            self._skip -= 1
        elif name == "t":
            self._in_text = False
        elif name == "p":
            self._paragraph()
        elif name == "tr":
            self._rows -= 1
            if self._rows == 0:
                self._row()

    def data(self, text: str) -> None:
        if self._in_text and not self._skip:
            self._text.append(text)

    def _paragraph(self) -> None:
        text = canonical(tidy("".join(self._text)))
        self._text = []
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if not lines:
            return
        if self._rows and self._cells:
            self._cells[-1].extend(lines)
        else:
            self.paragraphs.append(lines)

    def _row(self) -> None:
        cells = [cell for cell in self._cells if cell]
        if len(cells) > 2 and cells[0][0].rstrip(".").isdigit():
            cells = cells[1:]  # a column that numbers the turns
        time = ""
        if len(cells) > 1 and seconds(cells[0][0].strip("[]()")) is not None:
            time = f"[{cells[0][0].strip('[]()')}] "
            cells = cells[1:]
        if len(cells) > 1 and len(cells[0]) == 1:
            name = cells[0][0].rstrip(": ")
            if label_of(f"{name}: ") is not None:
                first, *rest = [line for cell in cells[1:] for line in cell]
                self.paragraphs.append([f"{time}{name}: {first}", *rest])
                return
        if cells:
            self.paragraphs.append([line for cell in cells for line in cell])
