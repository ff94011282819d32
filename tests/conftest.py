"""What every test stands on: one thread, no network, fixed seeds."""

import os
import threading
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run, so that a change is judged by itself; the slow tiers look further (DEPTHWORK_RANDOM=1).
settings.register_profile("depthwork", derandomize=os.environ.get("DEPTHWORK_RANDOM") != "1", deadline=None)
settings.load_profile("depthwork")

# A request of a test's own server is answered behind this door. With a database in memory its threads share one
# connection with the test, and so one transaction: what is done between two requests is done before the door.
DOOR = threading.RLock()

REPO = Path(__file__).resolve().parent.parent
DATA = REPO.parent / "shared" / "data"


def pytest_runtest_setup(item: pytest.Item) -> None:
    from django.conf import settings as site
    from django.core.cache import cache
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    # The minute's watch would compare this practice with that of the test before.
    (site.HOME / "watched.json").unlink(missing_ok=True)
    cache.clear()  # tries at the door are counted there by address, and every test comes from the same one


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Asked for before the database is made."""
    from tests.template_database import copied

    with copied():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On PostgreSQL what comes in by the door works as the site's role, under the walls."""
    from django.db import connection

    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            yield
            return
        from depthwork.practice.config import rows
        from tests.rows import make_role, work_as_the_site

        make_role(connection)
    plain = work_as_the_site()
    yield
    rows.tell = plain


@pytest.fixture(scope="session", autouse=True)
def emptying_past_triggers():
    """Tests with real transactions empty every table afterwards; what the product forbids has to wait aside."""
    from django.db import connection
    from django.db.utils import IntegrityError, OperationalError

    Operations = type(connection.ops)
    plain, plain_run = Operations.sql_flush, Operations.execute_sql_flush

    def sql_flush(self, *args, **kwargs):
        if self.connection.vendor == "postgresql":
            aside = "SET session_replication_role = {}".format
            head = f"UPDATE audit_head SET n = 0, own = '{'0' * 64}'"
            return [aside("replica"), *plain(self, *args, **kwargs), head, aside("origin")]
        with self.connection.cursor() as cursor:
            cursor.execute("select name, sql from sqlite_master where type = 'trigger'")
            triggers = cursor.fetchall()
        aside = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*aside, *plain(self, *args, **kwargs), *(sql for _, sql in triggers)]

    def execute_sql_flush(self, statements):
        # A browser that has just closed may leave the server in the middle of a request that holds the tables, or
        # that writes into one already emptied.
        until = time.monotonic() + 20
        while True:
            try:
                with DOOR:  # within a request's transaction it would be undone with it
                    return plain_run(self, statements)
            except (OperationalError, IntegrityError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    Operations.sql_flush, Operations.execute_sql_flush = sql_flush, execute_sql_flush
    yield
    Operations.sql_flush, Operations.execute_sql_flush = plain, plain_run


@pytest.fixture(scope="session", autouse=True)
def no_write_is_drawn():
    """Writes under a key are counted by drawing one of many: a test of how often a page asks must not meet that one."""
    from depthwork.practice.vault import fields

    plain, fields.COUNT_ONE_IN = fields.COUNT_ONE_IN, 2**62
    yield
    fields.COUNT_ONE_IN = plain


@pytest.fixture(scope="session", autouse=True)
def one_request_at_a_time():
    """The threads of a test's own server share one connection to a database in memory, which holds one transaction."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    plain = WSGIHandler.__call__

    def call(self, environ, start_response):
        with DOOR:
            return plain(self, environ, start_response)

    WSGIHandler.__call__ = call
    yield
    WSGIHandler.__call__ = plain


@pytest.fixture(scope="session", autouse=True)
def one_statement_at_a_time():
    """Two threads on one connection can wait for each other for ever: a statement that calls a function of ours holds
    SQLite's lock and waits for the interpreter's, while another thread holds that one and asks SQLite for its own.
    """
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    from django.db.backends.sqlite3.base import DatabaseWrapper, SQLiteCursorWrapper

    lock, plain = threading.RLock(), []

    def guard(owner, name):
        method = getattr(owner, name)

        def call(self, *args, **kwargs):
            with lock:
                return method(self, *args, **kwargs)

        plain.append((owner, name, owner.__dict__.get(name)))
        setattr(owner, name, call)

    for name in ("execute", "executemany", "fetchone", "fetchmany", "fetchall", "__next__", "close"):
        guard(SQLiteCursorWrapper, name)
    for name in ("_commit", "_rollback", "_set_autocommit"):
        guard(DatabaseWrapper, name)
    yield
    for owner, name, method in plain:
        if method is None:
            delattr(owner, name)
        else:
            setattr(owner, name, method)


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


@pytest.fixture(scope="session")
def playwright_tools():
    """Playwright, started once for each worker: a second one in the same thread is refused."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        yield tools
