"""What every test stands on: one thread, no network, fixed seeds."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
DATA = REPO.parent / "shared" / "data"


def pytest_runtest_setup(item: pytest.Item) -> None:
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture
def data_dir() -> Path:
    """The folder of real data, which is never part of the product."""
    if not DATA.is_dir():
        pytest.skip("the real data folder is not beside this checkout")
    return DATA
