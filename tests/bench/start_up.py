"""Start-up: how soon help stands on the screen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from tests.bench.rows import Contestant, Goal, Row


def _help() -> Iterator[list[Contestant]]:
    def start(*command: str) -> None:
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)

    yield [
        Contestant("depthwork --help", lambda: start("-m", "depthwork", "--help"), 1),
        Contestant("python alone", lambda: start("-c", "pass"), 1),
    ]


ROWS = [Row("start-up", "starts", _help, (Goal("depthwork --help", None, 0.3),), rounds=9)]
