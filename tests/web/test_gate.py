"""The gate before passphrases: two at a time over all workers, in order, and nobody waits for ever."""

import fcntl
import os
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection
from django.test import Client as Browser

from depthwork.practice.config import gate
from depthwork.practice.people import actions
from depthwork.practice.people.models import Practice
from depthwork.practice.vault import primitives

WORDS = "gravel lantern orchard seven"
HOLDS_BOTH = """
import fcntl, os, sys
for name in ("gate-1", "gate-2"):
    fcntl.flock(os.open(os.path.join(sys.argv[1], name), os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def taken(folder, name):
    """A place as another worker holds it."""
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def until(true, seconds=5.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def crowd(folder, count, inside, leave):
    """So many at the gate, each asking once the one before it stands there."""

    def go(n):
        with gate.through(folder):
            inside.append(n)
            leave.wait(10)

    threads = []
    for n in range(count):
        threads.append(threading.Thread(target=go, args=(n,)))
        threads[-1].start()
        until(lambda n=n: len(gate._line) + len(inside) == n + 1)
    return threads


@pytest.mark.parametrize("where", ["a folder", "no folder"])
def test_the_third_waits_and_those_in_line_come_in_order(tmp_path, where):
    inside, leave = [], threading.Event()
    threads = crowd(tmp_path if where == "a folder" else tmp_path / "none", 6, inside, leave)
    time.sleep(0.05)
    assert sorted(inside) == [0, 1]
    leave.set()
    for one in threads:
        one.join(10)
    assert inside[2:] == [2, 3, 4, 5]
    assert (len(gate._line), len(gate._inside)) == (0, 0)


def test_a_place_that_another_worker_holds_is_taken_here_too(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE_S", 0.05)
    first = taken(tmp_path, "gate-1")
    with gate.through(tmp_path):
        pass
    second = taken(tmp_path, "gate-2")
    with pytest.raises(gate.Crowded), gate.through(tmp_path):
        pytest.fail("a third came in")
    os.close(first)
    with gate.through(tmp_path):
        pass  # one of the two is free again
    os.close(second)
    assert (len(gate._line), len(gate._inside)) == (0, 0)


def test_a_worker_that_is_killed_takes_no_place_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE_S", 5.0)
    holds = [sys.executable, "-S", "-c", HOLDS_BOTH, str(tmp_path)]
    with subprocess.Popen(holds, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout.readline() == b"held\n"
        assert gate._locked(tmp_path) is None
        worker.kill()
    with gate.through(tmp_path):
        pass


def test_who_finds_the_line_full_is_sent_away_at_once(tmp_path, monkeypatch):
    inside, leave = [], threading.Event()
    threads = crowd(tmp_path, 2, inside, leave)
    until(lambda: len(inside) == 2)
    monkeypatch.setattr(gate, "IN_LINE", 1)
    threads.append(threading.Thread(target=lambda: _enter(tmp_path)))
    threads[-1].start()
    until(lambda: len(gate._line) == 1)
    with pytest.raises(gate.Crowded), gate.through(tmp_path):
        pytest.fail("came in past a full line")
    leave.set()
    for one in threads:
        one.join(10)


def _enter(folder):
    with gate.through(folder):
        pass


def test_who_stood_long_enough_behind_others_is_sent_away(tmp_path, monkeypatch):
    inside, leave = [], threading.Event()
    threads = crowd(tmp_path, 2, inside, leave)
    until(lambda: len(inside) == 2)
    monkeypatch.setattr(gate, "PATIENCE_S", 0.02)
    with pytest.raises(gate.Crowded), gate.through(tmp_path):
        pytest.fail("a third came in")
    leave.set()
    for one in threads:
        one.join(10)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a priority belongs to the whole process")
def test_what_a_passphrase_costs_lets_readers_go_first():
    def mine():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = mine()
    assert gate.gently(mine) == min(19, before + gate.STEP_BACK)
    assert mine() == before


def test_what_fails_there_fails_here():
    with pytest.raises(MemoryError):
        gate.gently(_no_memory)


def _no_memory():
    raise MemoryError


def test_a_worker_has_more_threads_than_may_wait():
    from depthwork.practice.config import serving

    assert gate.IN_LINE + len(gate.PLACES) + 2 <= serving.THREADS


@pytest.mark.django_db
def test_a_crowded_door_says_so_and_counts_no_try(monkeypatch):
    actions.admit(
        practice=Practice.objects.create(name="P"),
        address="ana",
        passphrase=WORDS,
        roles=["clinician"],
        by=None,
    )

    def crowded(*args, **kwargs):
        raise gate.Crowded

    browser = Browser()
    with monkeypatch.context() as busy:
        busy.setattr("depthwork.practice.people.hashers.derive_root", crowded)
        for _ in range(7):  # five wrong passphrases would close the door for five minutes
            page = browser.post("/account/login/", {"login": "ana", "password": WORDS})
            assert page.status_code == 503
            assert page["Retry-After"] == "30"
            assert "Many are at the door" in page.content.decode()
    assert browser.post("/account/login/", {"login": "ana", "password": WORDS}).status_code == 302


@pytest.mark.django_db
def test_nobody_s_transaction_waits_for_a_passphrase(monkeypatch):
    inside = []
    plain = primitives.hash_secret_raw

    def noted(*args, **kwargs):
        inside.append(list(connection.savepoint_ids))
        return plain(*args, **kwargs)

    monkeypatch.setattr(primitives, "hash_secret_raw", noted)
    practice = Practice.objects.create(name="P")
    person, unlocked, code = actions.admit(
        practice=practice, address="ana", passphrase=WORDS, roles=["manager"], by=None
    )
    actions.set_passphrase(person=person, passphrase="seven orchards under gravel", unlocked=unlocked)
    assert actions.recover(address="ana", code=code, passphrase=WORDS) == person
    _, token = actions.invite(display_name="Eve", roles=["clinician"], by=person)
    assert actions.join(token=token, address="eve", passphrase=WORDS) is not None
    assert inside == [[], [], [], []]
