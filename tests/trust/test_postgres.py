"""A clinic's PostgreSQL, from the guide's two roles to a restored backup. On a server that the tests start."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.postgres import Cluster, cluster, why_not
from tests.trust.figures import Tried, figure
from tests.trust.home import WORDS, names, notes

REPO = Path(__file__).resolve().parent.parent.parent
REASON = why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))
NOTES, CLIENTS = 60, 6
OWNER, SITE = ("depthwork_owner", "a-password-of-the-owner"), ("depthwork_site", "a-password-of-the-site")


def run(folder: Path, *command: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a practice's folder; the environment's own databases are out of sight."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DEPTHWORK_", "DJANGO_"))}
    env |= {"DEPTHWORK_HOME": str(folder), "PYTHONPATH": f"{REPO / 'src'}{os.pathsep}{REPO}", **more}
    return subprocess.run(
        [sys.executable, *command],
        env=env,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def depthwork(folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "depthwork", *command, **more)


def database(server: Cluster, name: str) -> dict[str, str]:
    """An empty database of the owner's, and the two addresses of it."""
    server.run(f"create database {name} owner depthwork_owner encoding 'UTF8' template template0")
    server.run(f"revoke all on database {name} from public")
    server.run(f"grant connect on database {name} to depthwork_site")
    return {
        "DATABASE_URL": server.url(name, user=SITE[0], password=SITE[1]),
        "DATABASE_OWNER_URL": server.url(name, user=OWNER[0], password=OWNER[1]),
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster(durable=True) as one:
        for line in (REPO / "docs" / "guide" / "postgresql.sql").read_text().splitlines():
            if line.startswith("create role"):
                word = OWNER[1] if "owner" in line else SITE[1]
                one.run(line.replace("CHOOSE-ONE", word).replace("CHOOSE-ANOTHER", word))
        yield one


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A practice on SQLite with sealed notes."""
    folder = tmp_path_factory.mktemp("clinic") / "practice"
    made = run(folder, str(REPO / "tests" / "trust" / "home.py"), str(folder), str(NOTES), str(CLIENTS))
    assert made.returncode == 0, made.stderr
    other = depthwork_identity(folder)
    (folder / "recipients").write_text(f"{other[1]}  # a second person\n")
    (folder.parent / "identity").write_text(other[0])
    return folder


def depthwork_identity(folder: Path) -> tuple[str, str]:
    made = run(folder, "-c", "from depthwork.practice.vault.age import new_identity; print(*new_identity())")
    identity, recipient = made.stdout.split()
    return identity, recipient


@pytest.fixture(scope="module")
def moved(server, filled) -> tuple[dict[str, str], dict]:
    """The same practice, moved by the command."""
    urls = database(server, "moved")
    done = depthwork(filled, "move", urls["DATABASE_OWNER_URL"], "--json")
    assert done.returncode == 0, done.stderr
    return urls, json.loads(done.stdout)


AT_THE_SITE = """
import json, django; django.setup()
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from depthwork.practice.config import rows, walls
from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
blind = {}
with connection.cursor() as cursor:
    for wall in walls.walls():
        cursor.execute(f'select count(*) from "{wall.table}"' + (' where practice is not null' if wall.table == 'audit_event' else ''))
        blind[wall.table] = cursor.fetchone()[0]
browser = Browser(SERVER_NAME="127.0.0.1")
signed = browser.post(reverse("account_login"), {"login": "ana@example.org", "password": WORDS})
page = browser.get("/caseload/", follow=True)
with rows.within():
    rows.enter_by("login", login_of("ana@example.org"))
    ana = Person.objects.get(login=login_of("ana@example.org"))
    assert ana.check_password(WORDS)
    with opened(vault.unlock(person=ana.id, root=take_root())):
        texts = sorted(row.text for row in SourceVersion.objects.all())
print(json.dumps({"blind": sum(blind.values()), "tables": len(blind), "signed": signed.status_code, "page": page.content.decode(), "texts": texts}))
"""


def look_at_the_site(folder: Path, urls: dict[str, str]) -> dict:
    """As the site's role: what it sees before anyone is known, then a sign-in, a page, and every note opened."""
    done = run(
        folder, "-c", f"WORDS = {WORDS!r}\n" + AT_THE_SITE,
        DATABASE_URL=urls["DATABASE_URL"], DJANGO_SETTINGS_MODULE="depthwork.practice.config.settings",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_move_counts_and_compares_every_row_of_every_table(moved):
    _, told = moved
    assert told["tables"]["sources_version"]["rows"] == NOTES
    assert told["tables"]["treatments_client"]["rows"] == CLIENTS
    assert told["tables"]["treatments_break"]["rows"] == CLIENTS  # its practice is looked up as it arrives
    assert told["rows"] == sum(table["rows"] for table in told["tables"].values())


@pytest.mark.slow
@figure(
    "T07",
    tried="walled tables of PostgreSQL read in plain SQL by the site's role, nobody signed in",
    passes="rows of any practice 0, and a sign-in opens every sealed note",
)
def test_after_a_move_one_signs_in_and_opens_every_note(moved, filled):
    seen = look_at_the_site(filled, moved[0])
    assert seen["blind"] == 0
    assert seen["signed"] == 302
    assert all(name.split()[0] in seen["page"] for name, _ in names(CLIENTS))  # as they are called
    assert seen["texts"] == sorted(notes(NOTES))
    return Tried(seen["tables"], "rows seen 0")


@pytest.mark.slow
def test_a_database_that_holds_something_is_not_moved_into(moved, filled):
    again = depthwork(filled, "move", moved[0]["DATABASE_OWNER_URL"])
    assert again.returncode == 2
    assert "not empty" in again.stderr
    assert len(again.stderr.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://a:b@127.0.0.1/x", "begins with postgres://"),
        ("postgres://a:secret-word@127.0.0.1:1/x", "does not answer"),
        ("postgres://a:secret-word@127.0.0.1:1", "names no database"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_in_one_line(filled, url, says):
    done = depthwork(filled, "move", url)
    assert done.returncode == 2
    assert says in done.stderr
    assert "secret-word" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_role_that_sees_too_little_cannot_move_or_back_up(server, moved, filled):
    urls = database(server, "narrow")
    done = depthwork(filled, "move", server.url("narrow", user=SITE[0], password=SITE[1]))
    assert done.returncode == 2
    assert "DATABASE_OWNER_URL" in done.stderr
    done = depthwork(filled, "backup", str(filled.parent / "narrow"), DATABASE_URL=moved[0]["DATABASE_URL"])
    assert done.returncode == 2
    assert not list(filled.parent.glob("narrow*"))
    assert urls


@pytest.mark.slow
def test_the_doctor_and_the_start_find_the_two_roles_in_order(moved, filled):
    urls = moved[0]
    told = depthwork(filled, "doctor", "--json", **urls)
    codes = {one["code"] for one in json.loads(told.stdout)["findings"]}
    assert not codes & {"server_not_durable", "role_sees_all", "role_owns", "walls_missing", "triggers_gone", "audit_writable", "tables_strange"}  # fmt: skip
    as_owner = depthwork(filled, "serve", "--port", "8129", DATABASE_URL=urls["DATABASE_OWNER_URL"])
    assert as_owner.returncode == 2
    assert "depthwork_owner" in as_owner.stderr


@pytest.mark.slow
def test_a_row_that_does_not_fit_is_named_and_nothing_is_moved(server, filled):
    import psycopg

    urls = database(server, "odd")

    def country(value: str) -> None:
        with closing(sqlite3.connect(filled / "practice.sqlite3")) as own:
            own.execute("update people_practice set country = ?", [value])
            own.commit()

    country("GBR")  # SQLite does not mind; the column takes two letters
    done = depthwork(filled, "move", urls["DATABASE_OWNER_URL"])
    country("GB")
    assert done.returncode == 2
    assert "people_practice, row 1" in done.stderr
    assert "nothing was moved" in done.stderr
    with psycopg.connect(urls["DATABASE_OWNER_URL"]) as own:
        for table in ("people_practice", "treatments_client", "audit_event"):
            assert own.execute(f"select count(*) from {table}").fetchone() == (0,)
    assert depthwork(filled, "move", urls["DATABASE_OWNER_URL"]).returncode == 0


@pytest.mark.slow
@figure(
    "R10",
    tried="backup of a practice on PostgreSQL, drilled and restored into an empty database",
    passes="every table equal, every canary and every sealed note opens",
    tier="nightly",
)
def test_a_backup_of_postgresql_is_drilled_and_restored(server, moved, filled):
    urls, told = moved
    file = filled.parent / "kept"
    done = depthwork(filled, "backup", str(file), **urls)
    assert done.returncode == 0, done.stderr
    drilled = depthwork(filled, "drill", str(file), "--json", **urls)
    assert drilled.returncode == 0, drilled.stderr
    assert json.loads(drilled.stdout)["canaries"] == 100
    fresh = database(server, "restored")
    done = depthwork(filled, "restore", str(file), "--identity", str(filled.parent / "identity"), **fresh)
    assert done.returncode == 0, done.stderr
    assert look_at_the_site(filled, fresh)["texts"] == sorted(notes(NOTES))
    again = depthwork(filled, "restore", str(file), "--identity", str(filled.parent / "identity"), **fresh)
    assert again.returncode == 2
    assert "not empty" in again.stderr
    return Tried(told["rows"], "tables that differ 0")


def test_a_run_of_tests_that_is_killed_leaves_no_server_behind():
    keeps = "from tests.postgres import cluster\nwith cluster() as one: print(one.server_id, one.folder, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", keeps], cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run_of_tests:
        server_id, folder = run_of_tests.stdout.readline().split()
        assert Path("/proc", server_id).exists()
        run_of_tests.kill()
    until = time.monotonic() + 30
    while (Path("/proc", server_id).exists() or Path(folder).exists()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path("/proc", server_id).exists()
    assert not Path(folder).exists()


def stops(folder: Path, times: int) -> tuple[int, int, int]:
    """Two writers; the server is stopped without a word at a random moment, again and again: acknowledged, lost, gaps."""
    import psycopg

    from tests.trust.test_crash_figures import in_children

    acks = folder / "acks"
    acks.touch()
    with cluster(durable=True) as server:
        url = server.url()
        with psycopg.connect(url, autocommit=True) as own:
            own.execute("create table note (n bigint primary key, words text, who int)")
            own.execute("create table audit (n bigint primary key, verb text)")

        def write(number: int) -> None:
            with psycopg.connect(url) as own, acks.open("a", buffering=1) as told:
                while True:
                    own.execute("select pg_advisory_xact_lock(1)")
                    n = own.execute("select coalesce(max(n), 0) + 1 from audit").fetchone()[0]
                    own.execute("insert into audit values (%s, 'kept')", [n])
                    own.execute("insert into note values (%s, %s, %s)", [n, "words " * 50, number])
                    own.commit()
                    told.write(f"{n}\n")  # only now does anyone say "saved"

        draw = random.Random(2)
        for _ in range(times):
            children = in_children(2, lambda number: _quietly(write, number))
            before, until = acks.stat().st_size, time.monotonic() + 20
            while acks.stat().st_size == before and time.monotonic() < until:
                time.sleep(0.005)  # both may still be signing in
            time.sleep(draw.uniform(0.02, 0.15))
            server.stop("immediate")
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            server.start()
        with psycopg.connect(url) as own:
            there = {n for (n,) in own.execute("select n from note")}
            audit = [n for (n,) in own.execute("select n from audit order by n")]
    told = [int(line) for line in acks.read_text().split() if line]
    gaps = len(audit) - (audit[-1] if audit else 0) + len(set(audit) ^ there)
    return len(told), len(set(told) - there), gaps


def _quietly(write, number: int) -> None:
    import psycopg

    try:
        write(number)
    except psycopg.Error:  # the server is gone: that is what is tried
        time.sleep(60)


@figure(
    "R2",
    tried="immediate stops of PostgreSQL under two writers",
    passes="acknowledged words lost 0, gaps 0",
)
def test_an_immediate_stop_loses_no_acknowledged_word(tmp_path):
    acknowledged, lost, gaps = stops(tmp_path, 5)
    assert acknowledged > 0
    assert (lost, gaps) == (0, 0)
    return Tried(5, f"lost 0 of {acknowledged} acknowledged")


@pytest.mark.slow
@figure(
    "R2",
    tried="two hundred immediate stops of PostgreSQL under two writers",
    passes="acknowledged words lost 0, gaps 0",
    tier="nightly",
)
def test_two_hundred_immediate_stops_lose_no_acknowledged_word(tmp_path):
    acknowledged, lost, gaps = stops(tmp_path, 200)
    assert acknowledged > 0
    assert (lost, gaps) == (0, 0)
    return Tried(200, f"lost 0 of {acknowledged} acknowledged")
