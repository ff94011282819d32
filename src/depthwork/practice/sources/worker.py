"""The child that reads one file: little memory, little time, no new file or socket, no Django.

A line of JSON with the file's name comes in, then its bytes; one object of JSON goes out. Nothing of the
file stands in the arguments, in the environment or on the disk.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import sys
import zipfile
from typing import Any

_WARM = (
    ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nT: so\n"),
    ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v T>so\n"),
    ("a.txt", "T: so \u00e9\n".encode("latin-1")),
    ("a.json", b'{"segments": [{"text": "so", "start": 0, "end": 1}]}'),
    ("a.cha", b"@Begin\n*CLI:\tso .\n@End\n"),
    ("a.eaf", b"<ANNOTATION_DOCUMENT/>"),
)
CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024


def fence() -> None:
    """Close the door behind: from here on this process can neither open a file nor a socket, nor grow."""
    try:
        import resource
    except ImportError:  # no such limits on this system: the parent's clock still ends the child
        return
    limits = [
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),  # the three that are open: a fourth, of whatever kind, is refused
    ]
    for which, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a system that sets less keeps its own
            resource.setrlimit(which, (most, most))


def answer(name: str, data: bytes) -> dict[str, Any]:
    """What the library makes of the file, as plain values."""
    from depthwork.transcripts import TranscriptError, read
    from depthwork.wording import Told, plain

    try:
        hour = read(data, name=name)
    except TranscriptError as error:
        said = error.args[0] if error.args else ""
        if isinstance(said, Told):  # the parent says it again in the language of its page
            return {"refused": str(said), "words": said.words, "values": said.values}
        return {"refused": str(error)}
    return {
        "format": hour.format,
        "provenance": hour.provenance,
        "turns": [[t.speaker, t.text, t.start_s, t.end_s] for t in hour.turns],
        "warnings": [plain(warning) for warning in hour.warnings],
        "names": [list(pair) for pair in hour.names],
    }


def main() -> None:
    """Read from standard input, answer on standard output."""
    from depthwork.wording import Remembering, gettext_noop, lend

    lend(Remembering())
    # Whatever a reader imports late is imported now: after the fence nothing can be.
    for name in (
        "ascii",
        "cp437",
        "latin-1",
        "cp1252",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
    ):
        codecs.lookup(name)
    for name, small in _WARM:
        answer(name, small)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w/>")
    answer("a.docx", held.getvalue())
    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    fence()
    try:
        said = answer(str(head["name"]), data)
    except MemoryError:
        words = gettext_noop("the file asks for more memory than an hour needs; is this a transcript?")
        said = {"refused": words, "words": words, "values": {}}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
