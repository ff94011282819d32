"""Inputs that look for new ground: `python -m tests.trust.guided READER RUNS` reads so many, guided by what they reach.

Where `fuzzing` changes whole files by number, here atheris (libFuzzer) keeps each input that took the reader down a way
no other had taken, and goes on from there. It ends with status 77 at the first input that is neither read nor refused,
with 70 at one that takes longer than `SLOW_S`, with 71 where the process grew past `MEMORY_MB`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

SLOW_S, MEMORY_MB, LONGEST = 10, 1024, 30_000
ENDINGS = {77: "crashed", 70: "slow", 71: "grew"}


def planted(raw: bytes) -> None:
    """A fault that only one input in four thousand million reaches by chance, and a guided one in no time."""
    if raw[:1] == b"d" and raw[1:2] == b"e" and raw[2:3] == b"e" and raw[3:4] == b"p":
        raise KeyError("planted")


def main(name: str, runs: int) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["depthwork"]):
        from tests.trust.fuzzing import Reader, readers

        known = {one.name: one for one in readers()}
        one = known.get(name) or Reader("planted", atheris.instrument_func(planted), (), (b"x",))
        for raw in one.whole:  # what a reader imports late is instrumented too
            one.read(raw)
    folder = Path(tempfile.mkdtemp(prefix="depthwork-guided-"))
    for number, raw in enumerate(one.whole):
        (folder / str(number)).write_bytes(raw)

    def read(raw: bytes) -> None:
        try:
            one.read(raw)
        except one.refuses:
            return

    atheris.Setup(
        [
            "guided", f"-runs={runs}", f"-timeout={SLOW_S}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST}",
            "-seed=1", "-print_final_stats=1", f"-artifact_prefix={folder}/", str(folder),
        ],
        read,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
