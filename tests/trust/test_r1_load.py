"""R1 and T29: a practice at work, served as it is served: steady work for ten minutes, and many doors knocked at once."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import cluster, why_not
from tests.trust import load
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure

SECONDS = float(os.environ.get("DEPTHWORK_LOAD_SECONDS", "600"))
RATE = 10.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(home: Path, **env: str) -> Iterator[tuple[int, int]]:
    """`depthwork serve` on that folder: its port and its process."""
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DEPTHWORK_", "DJANGO_", "DATABASE_"))}
    with open(home / "served.txt", "w") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", "depthwork", "serve", "--port", str(port)], cwd=home, stdout=told, stderr=told,
            env={**clean, "PYTHONPATH": f"{REPO / 'src'}:{REPO}", "DEPTHWORK_HOME": str(home), **env},
        )  # fmt: skip
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until:
                assert server.poll() is None, (home / "served.txt").read_text()[-1500:]
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.3)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(timeout=30)


def filled_folder(tmp_path: Path, name: str) -> Path:
    """Where the clinic lies; DEPTHWORK_LOAD_FOLDER keeps it, so that a long filling is done once."""
    kept = os.environ.get("DEPTHWORK_LOAD_FOLDER")
    return Path(kept) / name if kept else tmp_path / name


def fill(home: Path, clinicians: int, clients: int, notes: int, **env: str) -> None:
    done = run(REPO / "tests" / "trust" / "clinic.py", home, clinicians, clients, notes, timeout=3600, **env)
    assert done.returncode == 0, done.stderr[-2000:]


def worked(home: Path, clinicians: int, seconds: float = SECONDS, **env: str) -> Tried:
    """The load, and whether it held."""
    most = 0
    with served(home, **env) as (port, process):
        over = threading.Event()

        def watch() -> None:
            nonlocal most
            while not over.wait(5):
                most = max(most, load.memory_mb(process))

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        done = subprocess.run(
            [sys.executable, str(REPO / "tests" / "trust" / "load.py"), str(port), str(clinicians), str(RATE), str(seconds)],
            capture_output=True, text=True, check=False, timeout=seconds * 3 + 900, env={**os.environ, "PYTHONPATH": f"{REPO}"},
        )  # fmt: skip
        over.set()
        watching.join()
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    print(told, f"{most} MB")
    words = (
        f"p95 {told['p95']:.0f} ms, p99 {told['p99']:.0f} ms, statuses {told['statuses']}, memory {most} MB,"
        f" sign-in p95 {told['sign_in_p95']:.0f} ms; load of the machine {' '.join(told['load'])}"
    )
    assert not [status for status in told["statuses"] if not status.startswith(("2", "3"))], words
    assert most < 600, words
    assert told["p95"] < 200, words
    assert told["p99"] < 500, words
    return Tried(told["requests"], words)


@pytest.mark.slow
@figure(
    "R1",
    tried="ten clinicians, 400 clients, 20,000 notes on SQLite in its durable mode: 10 requests a second for ten minutes, one in five writes",
    passes="p95 < 200 ms, p99 < 500 ms, failures 0, memory < 600 MB",
    tier="nightly",
)
def test_ten_clinicians_work_for_ten_minutes_on_sqlite(tmp_path):
    home = filled_folder(tmp_path, "sqlite")
    fill(home, 10, 400, 20_000)
    return worked(home, 10)


@pytest.mark.slow
@figure(
    "R1",
    tried="fifty clinicians, 2,000 clients, 100,000 notes on PostgreSQL behind its walls: 10 requests a second for ten minutes, one in five writes",
    passes="p95 < 200 ms, p99 < 500 ms, failures 0, memory < 600 MB",
    tier="nightly",
)
def test_fifty_clinicians_work_for_ten_minutes_on_postgresql(tmp_path):
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    home = filled_folder(tmp_path, "postgres")
    with cluster(durable=True, shared_buffers="512MB") as server:
        fill(home, 50, 2_000, 100_000, DATABASE_URL=server.url())
        return worked(home, 50, DATABASE_URL=as_the_site(server))


def as_the_site(server) -> str:
    """The address of a role that the walls bind, made as the suite makes it."""
    script = "import django; django.setup(); from django.db import connection; from tests.rows import make_role; make_role(connection)"
    done = run(
        "-c", script, DATABASE_URL=server.url(), DJANGO_SETTINGS_MODULE="depthwork.practice.config.settings"
    )
    assert done.returncode == 0, done.stderr[-1500:]
    from tests.rows import ROLE, WORD

    server.run("vacuum analyze", "depthwork")
    return server.url(user=ROLE, password=WORD)


def knocks(port: int, names: list[str]) -> dict[int, int]:
    """That many sign-ins at one moment; how they were answered."""
    door, answers = threading.Barrier(len(names)), []

    def knock(name: str) -> None:
        one = load.Someone(port, name)
        body = one.ask("/account/login/")[2]
        token = load.TOKEN.search(body)
        door.wait(timeout=120)
        sent = {"csrfmiddlewaretoken": token.group(1) if token else "", "login": name, "password": load.WORDS}
        answers.append(one.ask("/account/login/", sent)[0])

    crowd = [threading.Thread(target=knock, args=(name,)) for name in names]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return {status: answers.count(status) for status in sorted(set(answers))}


@pytest.mark.slow
@figure(
    "T29",
    tried="fifty sign-ins at one moment beside a reader who is signed in and turns pages",
    passes="reader's p95 < 1 s, memory < 600 MB, failures 0",
    tier="nightly",
)
def test_fifty_at_the_door_keep_no_reader_waiting(tmp_path):
    home = filled_folder(tmp_path, "door")
    fill(home, 2, 4, 20)
    with served(home) as (port, process):
        reader = load.Someone(port, "who0@example.org")
        assert reader.sign_in() == 302
        reader.look_round()
        over, times, statuses = threading.Event(), [], []

        def read() -> None:
            n = 0
            while not over.is_set():
                began = time.perf_counter()
                statuses.append(reader.ask(reader.pages[n % len(reader.pages)])[0])
                times.append(time.perf_counter() - began)
                n += 1
                time.sleep(0.1)

        reading = threading.Thread(target=read)
        reading.start()
        found = knocks(port, ["who1@example.org"] * 25 + [f"nobody{n}@example.org" for n in range(25)])
        over.set()
        reading.join()
        memory = load.memory_mb(process)
    p95 = load.percentile(times, 0.95)
    words = (
        f"reader's p95 {p95:.0f} ms over {len(times)} pages, memory {memory} MB, answers at the door {found}"
    )
    assert set(statuses) == {200}, words
    assert not [status for status in found if status >= 500 and status != 503], words
    assert memory < 600, words
    assert p95 < 1000, words
    return Tried(50, words)


def test_the_statuses_of_a_load_are_read_as_they_are():
    assert load.percentile([0.1] * 95 + [2.0] * 5, 0.95) == 2000.0
    assert load.percentile([0.1] * 96 + [2.0] * 4, 0.95) == 100.0
    assert re.fullmatch(load.LINK, 'href="/hours/0e9033a4-1446-470f-8c41-0ad28f7744f4/"')
