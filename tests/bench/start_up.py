"""Start-up: how soon help stands on the screen."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.rows import Contestant, Goal, Row

REPO = Path(__file__).resolve().parents[2]


def _help() -> Iterator[list[Contestant]]:
    """With compiled modules at hand, as an installer or the first start leaves them; where the environment forbids
    them, each start would compile `click` anew, and that would be measured."""
    with tempfile.TemporaryDirectory() as compiled:
        env = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        env.pop("PYTHONDONTWRITEBYTECODE", None)

        def start(*command: str) -> None:
            subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=env)

        yield [
            Contestant("depthwork --help", lambda: start("-m", "depthwork", "--help"), 1),
            Contestant("depthwork cues --help", lambda: start("-m", "depthwork", "cues", "--help"), 1),
            Contestant("python alone", lambda: start("-c", "pass"), 1),
        ]


def _demo() -> Iterator[list[Contestant]]:
    """From the command to the first page, in a folder of its own; the page's size and hosts are looked at too."""
    import http.client
    import re
    import socket

    def first_page() -> None:
        with tempfile.TemporaryDirectory() as folder, socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            one.close()
            env = {**os.environ, "PYTHONPATH": str(REPO / "src")}
            env.pop("DJANGO_SETTINGS_MODULE", None)
            command = [
                sys.executable,
                "-m",
                "depthwork",
                "demo",
                "--home",
                f"{folder}/demo",
                "--port",
                str(port),
            ]
            with subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env
            ) as demo:
                try:
                    while True:
                        assert demo.poll() is None, "the demo ended"
                        try:
                            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                            line.request("GET", "/account/login/")
                            body = line.getresponse().read()
                            break
                        except OSError:
                            time.sleep(0.05)
                finally:
                    demo.terminate()
            assert len(body) < 200_000, f"the first page has {len(body)} bytes"
            assert not re.findall(rb'(?:src|href)="(?:https?:)?//', body), "the first page asks another host"

    yield [Contestant("depthwork demo to its first page", first_page, 1)]


def _fill() -> Iterator[list[Contestant]]:
    """Tables and the whole fiction of `make demo`, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DEPTHWORK_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "depthwork.practice.config.settings",
        }
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from depthwork.practice.ui.demo import fill_demo

        yield [Contestant("filling the demo", lambda: fill_demo(REPO / "demo"), 1)]


ROWS = [
    Row(
        "filling the demo, seconds of CPU",
        "fills", _fill, (Goal("filling the demo", None, 10.0),), rounds=1, is_warmed=False,
        clock=time.process_time,
    ),
    Row(
        "the demo: filled, served, first page under 200 KB and from no other host",
        "starts", _demo, (Goal("depthwork demo to its first page", None, 20.0),), rounds=1,
        is_warmed=False,
    ),
    Row(
        "start-up", "starts", _help,
        (Goal("depthwork --help", None, 0.3), Goal("depthwork cues --help", None, 0.3)), rounds=9,
    ),
]  # fmt: skip
