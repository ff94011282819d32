"""`depthwork demo` and `serve` before the first page: a port that is taken, a filling cut off, a fiction grown old."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from depthwork.cli import cli, practice
from depthwork.practice.config import serving
from depthwork.practice.ui import demo as fiction
from depthwork.practice.ui import doctor


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The fillings that were begun; the fiction itself is another test's."""
    begun: list[Path] = []
    monkeypatch.setattr(fiction, "fill_demo", begun.append)
    monkeypatch.setattr(fiction, "bring_demo_up_to_date", lambda: None)
    monkeypatch.setattr(serving, "serve_site", lambda **said: None)
    for name in (
        "DEPTHWORK_HOME",
        "DJANGO_SETTINGS_MODULE",
        "DATABASE_URL",
    ):  # the command sets or drops them
        before = os.environ.get(name)
        monkeypatch.setenv(name, before or "")  # so that it stands afterwards as it did
        if before is None:
            monkeypatch.delenv(name)
    return begun


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def demo(folder: Path, *more: Any) -> Result:
    return CliRunner().invoke(cli, ["demo", "--home", str(folder), *map(str, more)])


def test_a_port_that_another_program_has_is_said_before_anything_is_promised(tmp_path, filled, taken):
    said = demo(tmp_path / "demo", "--port", taken)
    assert said.exit_code == 2
    assert f"another program answers at 127.0.0.1:{taken}" in said.output
    assert "--port 8080" in said.output
    assert "is ready" not in said.output
    assert filled == []
    assert not (tmp_path / "demo").exists()


def test_a_practice_is_not_promised_at_a_port_that_another_program_has(tmp_path, monkeypatch, taken):
    served: list[Any] = []
    monkeypatch.setattr(practice, "start", lambda folder: tmp_path)
    monkeypatch.setattr(practice, "database_file", lambda: tmp_path / "practice.sqlite3")
    monkeypatch.setattr(practice, "needs_practice", lambda database: None)
    monkeypatch.setattr(practice, "bring_up_to_date", lambda home, database: None)
    monkeypatch.setattr(doctor, "look_now", lambda home, host: None)
    monkeypatch.setattr(doctor, "refusals", lambda facts: [])
    monkeypatch.setattr(serving, "serve_site", lambda **said: served.append(said))
    said = CliRunner().invoke(cli, ["serve", "--port", str(taken)])
    assert said.exit_code == 2
    assert f"another program answers at 127.0.0.1:{taken}" in said.output
    assert "is ready" not in said.output
    assert served == []


def test_a_demo_that_is_only_filled_needs_no_port(tmp_path, filled, taken):
    assert demo(tmp_path / "demo", "--port", taken, "--no-serve").exit_code == 0


def test_a_filling_that_was_cut_off_begins_anew(tmp_path, filled, monkeypatch):
    folder = tmp_path / "demo"

    def cut_off(root: Path) -> None:
        (folder / "practice.sqlite3").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(fiction, "fill_demo", cut_off)
    assert demo(folder, "--no-serve").exit_code != 0
    monkeypatch.setattr(fiction, "fill_demo", filled.append)
    said = demo(folder, "--no-serve")
    assert said.exit_code == 0, said.output
    assert len(filled) == 1
    assert not (folder / "practice.sqlite3").exists()
    assert sorted(one.name for one in folder.iterdir()) == ["demo"]


def test_a_filling_that_goes_on_elsewhere_is_left_alone(tmp_path, filled):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "demo-begun").write_text(str(os.getppid()))
    said = demo(folder, "--no-serve")
    assert said.exit_code == 2
    assert "in another window" in said.output
    assert (folder / "demo-begun").exists()


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path, filled):
    (tmp_path / "letters.txt").write_text("mine")
    said = demo(tmp_path, "--no-serve")
    assert said.exit_code == 2
    assert "--home" in said.output
    assert (tmp_path / "letters.txt").read_text() == "mine"


def test_a_fiction_of_another_week_says_how_it_is_made_new(tmp_path, filled):
    demo(tmp_path / "demo", "--no-serve")
    assert "--reset" not in demo(tmp_path / "demo", "--no-serve").output
    old = time.time() - 8 * 86400
    os.utime(tmp_path / "demo" / "demo", (old, old))
    assert "with --reset it is filled anew" in demo(tmp_path / "demo", "--no-serve").output
    assert len(filled) == 1
