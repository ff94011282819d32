"""Short counts that the workers share: in one step, for their time, and beside the practice's own database."""

import errno
import threading
import time

import pytest

from depthwork.practice.config.counts import Counts


@pytest.fixture
def counts(tmp_path):
    return Counts(str(tmp_path / "counts.sqlite3"), {})


def test_what_is_counted_is_there_for_every_worker_until_its_time_is_over(counts, monkeypatch):
    other = Counts(str(counts.file), {})
    counts.set("tries", [1.5, 0.5], 60)
    assert other.get("tries") == [1.5, 0.5]
    assert other.get("none") is None
    assert other.get("none", []) == []
    counts.set("for-good", "yes", None)
    monkeypatch.setattr(time, "time", lambda now=time.time(): now + 61)  # noqa: B008
    assert counts.get("tries") is None
    assert counts.get("for-good") == "yes"


def test_a_name_is_added_once_and_again_when_its_time_is_over(counts, monkeypatch):
    assert counts.add("code-123456", True, 30)
    assert not counts.add("code-123456", True, 30)
    monkeypatch.setattr(time, "time", lambda now=time.time(): now + 31)  # noqa: B008
    assert counts.add("code-123456", True, 30)


def test_of_many_who_add_the_same_name_one_does_and_no_count_is_lost(counts):
    added, counts_at = [], Counts(str(counts.file), {})
    counts.set("letters", 0, 60)

    def go():
        added.append(counts_at.add("lock", True, 10))
        for _ in range(5):
            counts_at.incr("letters")

    threads = [threading.Thread(target=go) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(added) == [False] * 7 + [True]
    assert counts.get("letters") == 40


def test_what_is_not_there_cannot_be_counted_on(counts):
    with pytest.raises(ValueError, match="nothing is counted"):
        counts.incr("letters")


def test_what_is_taken_away_is_gone(counts):
    counts.set("a", 1)
    counts.set("b", 2)
    assert counts.delete("a")
    assert not counts.delete("a")
    counts.clear()
    assert counts.get("b") is None


def test_what_is_over_is_swept_out(counts, monkeypatch):
    monkeypatch.setattr("depthwork.practice.config.counts.SWEPT_ONE_IN", 1)
    counts.set("old", 1, -1)
    counts.set("new", 1, 60)
    rows = counts._act(lambda db: [key for (key,) in db.execute("select key from counts")])
    assert rows == [counts.make_key("new")]


def test_a_damaged_file_begins_anew(counts):
    counts.set("a", 1)
    counts.file.write_bytes(b"not a database at all, " * 200)
    assert counts.get("a") is None
    counts.set("a", 2)
    assert counts.get("a") == 2


def test_a_disk_that_takes_nothing_is_said_as_such(tmp_path):
    counts = Counts(str(tmp_path / "no such folder" / "counts.sqlite3"), {})
    with pytest.raises(OSError) as told:
        counts.set("a", 1)
    assert not isinstance(told.value, FileNotFoundError)
    assert told.value.errno in (None, errno.ENOSPC)
