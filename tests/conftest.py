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


@pytest.fixture(scope="session", autouse=True)
def emptying_past_triggers():
    """Tests with real transactions empty every table afterwards; what the product forbids has to wait aside."""
    from django.db.backends.sqlite3.operations import DatabaseOperations as Operations

    plain = Operations.sql_flush

    def sql_flush(self, *args, **kwargs):
        with self.connection.cursor() as cursor:
            cursor.execute("select name, sql from sqlite_master where type = 'trigger'")
            triggers = cursor.fetchall()
        aside = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*aside, *plain(self, *args, **kwargs), *(sql for _, sql in triggers)]

    Operations.sql_flush = sql_flush
    yield
    Operations.sql_flush = plain


@pytest.fixture
def data_dir() -> Path:
    """The folder of real data, which is never part of the product."""
    if not DATA.is_dir():
        pytest.skip("the real data folder is not beside this checkout")
    return DATA


@pytest.fixture
def cast(db):
    """Ana, Ben, Cleo, Dov, Eve, Mara and Rui."""
    from tests.cast import everybody

    return everybody()
