"""A filled practice on disk, made once for the tests that look at its files."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.trust.figures import node

REPO = Path(__file__).resolve().parent.parent.parent


def run(*arguments, home=None, stdin=None, timeout=600, **env):
    """A process of its own with the practice's code on its path."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DEPTHWORK_", "DJANGO_", "DATABASE_"))}
    if home is not None:
        clean["DEPTHWORK_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=timeout, input=stdin,
        env={**clean, "PYTHONPATH": f"{REPO / 'src'}:{REPO}", **env}, cwd=REPO,
    )  # fmt: skip


def pytest_collection_modifyitems(items):
    """For `python -m tests.trust`: write down which tests carry a figure, and which of them are slow."""
    out = os.environ.get("DEPTHWORK_TRUST_LIST")
    if not out:
        return
    with open(out, "a") as handle:
        for item in items:
            row = getattr(item.function, "figure", None)
            if row is not None:
                told = {"test": node(item.function), "address": item.nodeid, "slow": item.get_closest_marker("slow") is not None}  # fmt: skip
                handle.write(json.dumps({**told, **asdict(row)}) + "\n")


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """500 notes of 50 clients, in a folder as `init` makes it."""
    folder = tmp_path_factory.mktemp("practice") / "home"
    done = run(REPO / "tests" / "trust" / "home.py", folder, 500, 50)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
