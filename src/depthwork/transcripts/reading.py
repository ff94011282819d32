"""The door of the room: a file or a text becomes a whole Transcript, or one clear error."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from depthwork.transcripts import captions, chat, docx, elan, plain, whisper
from depthwork.transcripts.draft import MAX_BYTES, UNKNOWN, Draft, Said, refuse_crowded
from depthwork.transcripts.encodings import decode, tidy
from depthwork.transcripts.model import (
    CLIENT,
    NOTE,
    THERAPIST,
    Provenance,
    Transcript,
    TranscriptError,
    Turn,
    canonical,
)
from depthwork.transcripts.recognize import EXTENSIONS, NAMES, belied, hint_of, is_archive, recognize
from depthwork.transcripts.speakers import cast_of
from depthwork.wording import gettext, ngettext

FORMATS: tuple[str, ...] = tuple(NAMES)
WRITABLE: tuple[str, ...] = tuple(name for name in FORMATS if name != "docx")

_WRITERS: dict[str, Callable[[Transcript], str]] = {
    "text": plain.write,
    "vtt": captions.write_vtt,
    "srt": captions.write_srt,
    "whisper": whisper.write,
    "whisperx": whisper.write_x,
    "chat": chat.write,
    "elan": elan.write,
}
# Putting a run of accents in order takes time that grows with its square; no language stacks this many.
_MAX_ACCENTS = 200
_BEYOND_ASCII = re.compile(rf"[^\x00-\x7f]{{{_MAX_ACCENTS},}}")


def read(
    path_or_bytes: str | os.PathLike[str] | bytes,
    *,
    name: str | None = None,
    therapist: str | None = None,
    format: str | None = None,
) -> Transcript:
    """Read an hour from a file or its bytes.

    The format is told by content, with the extension as a hint; a name that promises something else
    gives a warning or an error. Nothing is half read: the result is whole, or TranscriptError.

    Parameters
    ----------
    path_or_bytes : path or bytes
        A file of up to 20 MB and 250,000 words.
    name : str, optional
        What to call the source; the file's own name unless given.
    therapist : str, optional
        The therapist's name in the file. Without it the names are believed or guessed, and a guess
        stands in the warnings.
    format : str, optional
        One of `FORMATS`, to skip the telling.

    Returns
    -------
    Transcript
        Turns as the source gives them, never merged; text in NFC; times in seconds or None.

    Raises
    ------
    TranscriptError
        What is wrong, where, and the mend, in one line without any of the text.

    Notes
    -----
    1. Times are kept as given, also when they run backwards or overlap; a warning says so.
    2. Utterances without words are left out, and counted in a warning.
    3. A file whose speakers are all unnamed gives speaker ``?``.

    Examples
    --------
    >>> hour = read(b"T: How was it?\\n\\nC: Quiet. [pause 5s]\\n", name="hour.txt")
    >>> [(turn.speaker, turn.text) for turn in hour.turns]
    [('T', 'How was it?'), ('C', 'Quiet. [pause 5s]')]
    """
    if isinstance(path_or_bytes, bytes):
        data, source = path_or_bytes, name or "bytes"
    else:
        path = Path(path_or_bytes)
        data, source = _bytes_of(path), name or path.name
    if len(data) > MAX_BYTES:
        raise TranscriptError(
            gettext("larger than %(most)s MB; split the file by hour") % {"most": MAX_BYTES >> 20}
        )
    if not data.strip(b"\x00 \t\r\n"):
        raise TranscriptError(gettext("the file is empty; choose the file that holds the hour"))
    format = _format_named(format)
    hint = hint_of(source)
    if format == "docx" or (format is None and is_archive(data)):
        if not is_archive(data):
            raise TranscriptError(gettext("not a Word file, which is a ZIP archive; save the text as .docx"))
        draft = docx.read(data, therapist)
        if hint not in (None, "docx"):
            draft.warn(belied(str(hint), "docx"))
        return _finish(draft, source, "docx", therapist)
    if is_archive(data):
        raise TranscriptError(
            gettext("an archive, not %(format)s; leave the format out for a Word file")
            % {"format": NAMES[str(format)]}
        )
    text, guessed = decode(data)
    if format is None:
        format, told = recognize(text, hint)
    else:
        told = None
    if format == "elan":
        return _finish(elan.read(data), source, format, therapist, told)
    return _from_text(text, source, format, therapist, guessed, told)


def read_text(text: str, *, name: str = "text", therapist: str | None = None) -> Transcript:
    """Read an hour from text, such as a pasted one; formats are told as in `read`.

    Raises
    ------
    TranscriptError
        As `read`.

    Examples
    --------
    >>> read_text("Late again.\\n\\nThe coat stayed on.").provenance
    'notes'
    """
    if len(text) > MAX_BYTES:
        raise TranscriptError(
            gettext("longer than %(most)s million characters; split the text by hour")
            % {"most": MAX_BYTES >> 20}
        )
    text = tidy(text.removeprefix("\ufeff"))
    if not text.strip():
        raise TranscriptError(gettext("the text is empty; write or paste the hour"))
    format, told = recognize(text, None)
    if format == "elan":
        return _finish(elan.read(text.encode(), encoding="utf-8"), name, format, therapist, told)
    return _from_text(text, name, format, therapist, None, told)


def write(transcript: Transcript, format: str) -> str:
    """The transcript in another format; reading it back gives the same turns as far as that format holds.

    Plain text holds no times, Whisper no speakers, CHAT no line breaks within a turn, ELAN no turns that
    run backwards; none holds warnings. WebVTT and SubRip put turns without times where the last one ended.

    Raises
    ------
    ValueError
        If the format is none of `FORMATS`, or is Word, which is only read.
    """
    found = EXTENSIONS.get(format, format)
    if found not in _WRITERS:
        raise ValueError(f"cannot write {format!r}; one of {', '.join(WRITABLE)}")
    return _WRITERS[found](transcript)


_NOT_FILES = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _bytes_of(path: Path) -> bytes:
    """A regular file's bytes, one more than allowed at most; a pipe or a device is never opened."""
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind):
            raise TranscriptError(gettext("a folder, not a file; name one of the files in it"))
        if not stat.S_ISREG(kind):
            what = next((word for test, word in _NOT_FILES if test(kind)), "something else")
            raise TranscriptError(f"{what}, not a file; save the hour to a file and name that")
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise TranscriptError(gettext("no such file; check its name")) from None
    except TranscriptError:  # a ValueError too
        raise
    except (OSError, ValueError):
        raise TranscriptError(gettext("the file cannot be opened; check that you may read it")) from None


def _format_named(format: str | None) -> str | None:
    if format is None:
        return None
    found = EXTENSIONS.get(format, format)
    if found not in NAMES:
        raise TranscriptError(gettext("no such format; one of %(formats)s") % {"formats": ", ".join(FORMATS)})
    return found


def _from_text(
    text: str, source: str, format: str, therapist: str | None, *warnings: str | None
) -> Transcript:
    _refuse_accents(text)
    text = canonical(text)
    if format not in ("whisper", "whisperx"):
        refuse_crowded(text)
    draft = {
        "text": lambda: plain.read(text, therapist),
        "vtt": lambda: captions.read_vtt(text.lstrip()),
        "srt": lambda: captions.read_srt(text),
        "whisper": lambda: whisper.read(text),
        "whisperx": lambda: whisper.read(text),
        "chat": lambda: chat.read(text.lstrip()),
    }[format]()
    return _finish(draft, source, format, therapist, *warnings)


def _refuse_accents(text: str) -> None:
    for run in _BEYOND_ASCII.finditer(text):
        accents = 0
        for char in run.group():
            accents = accents + 1 if unicodedata.combining(char) else 0
            if accents > _MAX_ACCENTS:
                raise TranscriptError(
                    gettext("more than %(most)s accents on one letter, which is damage; mend the text")
                    % {"most": _MAX_ACCENTS}
                )


def _finish(
    draft: Draft, source: str, format: str, therapist: str | None, *warnings: str | None
) -> Transcript:
    """Settle the speakers, look at the times, and say what was odd."""
    if not draft.said:
        raise TranscriptError(gettext("the file holds no words; choose the file that holds the hour"))
    cleaned = [
        Said(_clean(line.name).strip() or UNKNOWN, _clean(line.text).strip(), line.start_s, line.end_s)
        for line in draft.said
    ]
    # A turn of nothing but a stray time mark has words until it is cleaned.
    said = [line for line in cleaned if line.text]
    draft.empty += len(cleaned) - len(said)
    if not said:
        raise TranscriptError(gettext("the file holds no words; choose the file that holds the hour"))
    notes = draft.is_note or all(line.name == NOTE for line in said)
    cast = cast_of(said, None if notes else therapist)
    turns = tuple(
        Turn(index, cast.speaker_of[line.name], line.text, line.start_s, line.end_s)
        for index, line in enumerate(said)
    )
    provenance: Provenance = "notes" if notes else "verbatim"
    told = [warning for warning in warnings if warning]
    told += draft.warnings
    told += cast.warnings
    if not notes:
        told += _oddities(turns)
    if draft.empty:
        silent = ngettext(
            "%(n)s utterance without words left out", "%(n)s utterances without words left out", draft.empty
        )
        told.append(silent % {"n": draft.empty})
    if draft.impossible_times:
        cannot_be = ngettext(
            "%(n)s time that cannot be (negative, or over a week); left empty",
            "%(n)s times that cannot be (negative, or over a week); left empty",
            draft.impossible_times,
        )
        told.append(cannot_be % {"n": draft.impossible_times})
    names = () if notes else tuple(cast.speaker_of.items())
    return Transcript(source, format, provenance, turns, tuple(told), names)


def _clean(text: str) -> str:
    """Canonical text; what a format let through that no page can show becomes a space."""
    if text.isascii():
        return " ".join(text.split("\x15")) if "\x15" in text else canonical(text)
    _refuse_accents(text)
    return canonical(text).replace("\x15", " ")


def _oddities(turns: tuple[Turn, ...]) -> list[str]:
    told = []
    speakers = {turn.speaker for turn in turns}
    if speakers == {UNKNOWN}:
        told.append(gettext("no speaker is named; every turn has speaker ?"))
    elif len(speakers) == 1:
        whose = {
            THERAPIST: gettext("only one speaker: every turn is the therapist's"),
            CLIENT: gettext("only one speaker: every turn is the client's"),
        }
        told.append(whose.get(turns[0].speaker) or gettext("only one speaker: every turn is one person's"))
    timed = [turn for turn in turns if turn.start_s is not None]
    if not timed:
        silence = gettext(
            "no times: latency cannot be measured, and silence only where a pause is written down"
        )
        return [*told, silence]
    if len(timed) < len(turns):
        untimed = len(turns) - len(timed)
        of = ngettext("%(n)s turn of %(of)s without a time", "%(n)s turns of %(of)s without a time", untimed)
        told.append(of % {"n": untimed, "of": len(turns)})
    backwards = overlap = 0
    first = 0
    before: Turn | None = None
    for turn in timed:
        is_back = turn.end_s is not None and turn.end_s < (turn.start_s or 0)
        is_over = False
        if before is not None and before.start_s is not None and turn.start_s is not None:
            is_back |= turn.start_s < before.start_s
            is_over = before.end_s is not None and turn.start_s < before.end_s
        backwards += is_back
        overlap += is_over and not is_back
        first = first or ((turn.index + 1) if is_back else 0)
        before = turn
    if backwards:
        back = ngettext(
            "times run backwards at %(n)s turn, first at turn %(first)s",
            "times run backwards at %(n)s turns, first at turn %(first)s",
            backwards,
        )
        told.append(back % {"n": backwards, "first": first})
    if overlap:
        over = ngettext("times overlap at %(n)s turn", "times overlap at %(n)s turns", overlap)
        told.append(over % {"n": overlap})
    return told
