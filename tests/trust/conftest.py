"""A filled practice on disk, made once for the tests that look at its files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent.parent


def run(*arguments, home=None, stdin=None, timeout=120, **env):
    """A process of its own with the practice's code on its path."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DEPTHWORK_", "DJANGO_", "DATABASE_"))}
    if home is not None:
        clean["DEPTHWORK_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=timeout, input=stdin,
        env={**clean, "PYTHONPATH": f"{REPO / 'src'}:{REPO}", **env}, cwd=REPO,
    )  # fmt: skip


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """500 notes of 50 clients, in a folder as `init` makes it."""
    folder = tmp_path_factory.mktemp("practice") / "home"
    done = run(REPO / "tests" / "trust" / "home.py", folder, 500, 50)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
