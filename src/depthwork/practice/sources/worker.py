"""The child that reads one file: little memory, little time, no new file or socket, no Django.

A line of JSON with the file's name comes in, then its bytes; one object of JSON goes out. Nothing of the
file stands in the arguments, in the environment or on the disk.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

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

    try:
        hour = read(data, name=name)
    except TranscriptError as error:
        return {"refused": str(error)}
    return {
        "format": hour.format,
        "provenance": hour.provenance,
        "turns": [[t.speaker, t.text, t.start_s, t.end_s] for t in hour.turns],
        "warnings": list(hour.warnings),
        "names": [list(pair) for pair in hour.names],
    }


def main() -> None:
    """Read from standard input, answer on standard output."""
    import zipfile  # noqa: F401  everything a reader may want, before the door closes

    answer("warm.srt", b"1\n00:00:01,000 --> 00:00:02,000\nT: so\n")
    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    fence()
    try:
        said = answer(str(head["name"]), data)
    except MemoryError:
        said = {"refused": "the file asks for more memory than an hour needs; is this a transcript?"}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
