"""Profiles of many transcripts: whole, restartable, and the same files whichever way they were made."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from depthwork.cli.corpus import corpus
from depthwork.interchange.corpus import CorpusError, run_corpus, runners, shelf
from depthwork.interchange.corpus.work import Recipe, work
from depthwork.patterns.profile import profile_of
from depthwork.transcripts import read

pl = pytest.importorskip("polars")
TABLES = ("transcripts.parquet", "turns.parquet", "left-out.csv", "dictionary.csv", "versions.json")
HOUR = "T: How was the week?\n\nC: Long. I kept the door shut and I did not answer anyone, not even my brother who called twice on Sunday and once in the night.\n\nT: You kept it shut.\n\nC: Yes. [pause 5s] I felt ashamed.\n\nT: Ashamed of what?\n\nC: Of wanting him to call again and of not picking up. He only ever calls when he needs money, and then I think, well, at least he called me first.\n"  # fmt: skip


@pytest.fixture
def hours(tmp_path):
    folder = tmp_path / "hours"
    (folder / "deep").mkdir(parents=True)
    for n in range(6):
        (folder / "deep" / f"{n}.txt").write_text(HOUR + f"\nT: That was hour {n}.\n", encoding="utf-8")
    (folder / "note.txt").write_text("She came late.\n\nThe coat stayed on.\n", encoding="utf-8")
    return folder


@pytest.fixture
def dask(monkeypatch):
    """The package, told its own address: it would ask the system by way of a public one."""
    distributed = pytest.importorskip("distributed")
    inproc = pytest.importorskip("distributed.comm.inproc")
    monkeypatch.setattr(inproc, "get_ip", lambda: "127.0.0.1")
    return distributed


def bytes_of(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in TABLES}


def test_a_row_holds_what_the_profile_of_the_hour_says(hours, tmp_path):
    run_corpus(hours, tmp_path / "out")
    rows = pl.read_parquet(tmp_path / "out" / "transcripts.parquet")
    assert rows["file"].to_list() == [*(f"deep/{n}.txt" for n in range(6)), "note.txt"]
    alone = profile_of(read(hours / "deep" / "0.txt"))
    row = rows.row(0, named=True)
    assert isinstance(alone.talk_share, float)
    assert (row["turns"], row["words_client"], row["talk_share"]) == (alone.turns, alone.words["C"], alone.talk_share)  # fmt: skip
    assert rows.row(6, named=True)["of"] == "N"
    assert "a note has one voice" in rows.row(6, named=True)["withheld"]
    turns = pl.read_parquet(tmp_path / "out" / "turns.parquet").filter(pl.col("file") == "deep/0.txt")
    assert turns["words"].sum() == sum(alone.words.values())
    assert turns.filter(pl.col("turn") == 1).row(0, named=True)["i_words"] == 3  # I kept, I did, my
    assert turns.filter(pl.col("turn") == 1).row(0, named=True)["negations"] == 2


def test_two_workers_give_the_same_bytes_as_one_process(hours, tmp_path):
    run_corpus(hours, tmp_path / "one")
    run_corpus(hours, tmp_path / "two", workers=2)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_a_dask_cluster_gives_the_same_bytes_as_one_process(hours, tmp_path, dask):
    with dask.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as there:  # fmt: skip
        run_corpus(hours, tmp_path / "there", cluster=there.scheduler_address)
    run_corpus(hours, tmp_path / "here")
    assert bytes_of(tmp_path / "there") == bytes_of(tmp_path / "here")


def test_a_cluster_that_ends_in_the_middle_leaves_what_is_done_and_the_next_run_goes_on(
    hours, tmp_path, dask
):
    there = dask.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)  # fmt: skip
    closed = []

    def end(done: int, of: int) -> None:
        if not closed:
            closed.append(there.close(timeout=5))

    try:
        with pytest.raises(CorpusError, match=r"kept; run it again to go on"):
            run_corpus(hours, tmp_path / "out", cluster=there.scheduler_address, progress=end)
    finally:
        there.close()
    kept = len(list((tmp_path / "out" / "parts").glob("*/*")))
    assert 1 <= kept < 7
    assert run_corpus(hours, tmp_path / "out").done_now == 7 - kept


def test_an_address_where_nothing_answers_is_said_in_words(hours, tmp_path, dask, monkeypatch):
    monkeypatch.setattr(dask, "Client", _nobody)
    with pytest.raises(CorpusError, match="nothing answers at tcp://nowhere:1"):
        run_corpus(hours, tmp_path / "out", cluster="tcp://nowhere:1")


def _nobody(*args, **kwargs):
    raise OSError("no route")


def test_finished_files_are_not_done_again_and_a_changed_one_is(hours, tmp_path):
    out = tmp_path / "out"
    assert run_corpus(hours, out).done_now == 7
    assert run_corpus(hours, out).done_now == 0
    (hours / "deep" / "3.txt").write_text(HOUR, encoding="utf-8")
    assert run_corpus(hours, out).done_now == 1
    run_corpus(hours, tmp_path / "fresh")
    assert bytes_of(out) == bytes_of(tmp_path / "fresh")


def test_another_recipe_does_everything_anew(hours, tmp_path):
    run_corpus(hours, tmp_path / "out")
    own = Recipe(dictionary="door 1\nyes -1\n", dictionary_name="mine")
    assert run_corpus(hours, tmp_path / "out", recipe=own).done_now == 7
    assert json.loads((tmp_path / "out" / "versions.json").read_text())["referential_dictionary"] == "mine"


def test_a_run_that_is_stopped_goes_on_where_it_was(hours, tmp_path):
    def stop(done: int, of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_corpus(hours, tmp_path / "out", progress=stop)
    assert not (tmp_path / "out" / "transcripts.parquet").exists()
    assert run_corpus(hours, tmp_path / "out").done_now == 4
    run_corpus(hours, tmp_path / "whole")
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "whole")


def test_a_torn_part_is_made_again(hours, tmp_path):
    out = tmp_path / "out"
    run_corpus(hours, out)
    before = bytes_of(out)
    part = next((out / "parts").glob("*/*"))
    part.write_bytes(part.read_bytes()[:20])
    run_corpus(hours, out)
    assert bytes_of(out) == before


def test_bad_files_are_listed_with_the_reason_and_left_out(hours, tmp_path):
    (hours / "empty.txt").write_bytes(b"")
    (hours / "broken.docx").write_bytes(b"PK\x03\x04 torn")
    (hours / "gone.vtt").symlink_to(tmp_path / "nowhere")
    (hours / "picture.png").write_bytes(b"\x89PNG")
    done = CliRunner().invoke(corpus, [str(hours), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert [one["file"] for one in told["left_out"]] == ["broken.docx", "empty.txt", "gone.vtt"]
    assert told["transcripts"] == 7
    listed = (tmp_path / "out" / "left-out.csv").read_text(encoding="utf-8").splitlines()
    assert len(listed) == 4
    assert listed[2].startswith("empty.txt,the file is empty")


def test_a_folder_of_bad_files_alone_ends_with_one(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(b"")
    done = CliRunner().invoke(corpus, [str(tmp_path / "in"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "1 left out" in done.stdout


def test_a_folder_without_transcripts_is_refused_in_one_line(tmp_path):
    (tmp_path / "in").mkdir()
    done = CliRunner().invoke(corpus, [str(tmp_path / "in"), "--out", str(tmp_path / "out")])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "no transcript in it" in done.stderr


def test_workers_and_a_cluster_together_are_refused(hours, tmp_path):
    done = CliRunner().invoke(corpus, [str(hours), "--out", str(tmp_path / "o"), "--workers", "2", "--dask", "tcp://x:1"])  # fmt: skip
    assert done.exit_code == 2


def test_a_full_disk_is_said_and_the_next_run_goes_on(hours, tmp_path, monkeypatch):
    whole, written = shelf.write_whole, []

    def full(path: Path, raw: bytes) -> None:
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        whole(path, raw)

    with monkeypatch.context() as patch:
        patch.setattr(shelf, "write_whole", full)
        done = CliRunner().invoke(corpus, [str(hours), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "the disk is full; make room and run it again" in done.stderr
    assert run_corpus(hours, tmp_path / "out").done_now == 4


def test_a_disk_full_at_the_tables_leaves_the_earlier_ones_whole(hours, tmp_path, monkeypatch):
    from depthwork.interchange.corpus import tables

    out = tmp_path / "out"
    run_corpus(hours, out)
    before = bytes_of(out)
    (hours / "new.txt").write_text(HOUR, encoding="utf-8")

    def full(self):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tables._Table, "close", full)
        with pytest.raises(CorpusError, match="the disk is full"):
            run_corpus(hours, out)
    assert bytes_of(out) == before
    assert not list(out.glob("*.new"))


def test_a_worker_that_is_killed_is_said_in_words(hours, tmp_path, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    class Pool:
        def __init__(self, *args, **kwargs): ...
        def __enter__(self):
            return self

        def __exit__(self, *args): ...
        def submit(self, *args):
            raise BrokenProcessPool

    monkeypatch.setattr(runners, "ProcessPoolExecutor", Pool)
    with pytest.raises(CorpusError, match="use fewer workers"):
        run_corpus(hours, tmp_path / "out", workers=2)


def test_two_runs_do_not_write_into_one_folder(hours, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with shelf.alone_in(out), pytest.raises(CorpusError, match="another run writes there"):
        run_corpus(hours, out)


def test_results_within_the_folder_are_not_read_as_transcripts(hours):
    run_corpus(hours, hours / "out")
    assert run_corpus(hours, hours / "out").files == 7


def test_a_worker_of_another_version_stops_the_run(hours, tmp_path):
    with pytest.raises(CorpusError, match="a worker runs Depthwork"):
        run_corpus(hours, tmp_path / "out", recipe=Recipe(version="0.0.0"))


def test_a_fault_nobody_foresaw_stays_with_its_file(hours, tmp_path, monkeypatch):
    import sys

    module = sys.modules[work.__module__]
    whole = module.profile_of

    def odd(hour, **kwargs):
        if hour.source == "2.txt":
            raise RuntimeError("secret words")
        return whole(hour, **kwargs)

    monkeypatch.setattr(module, "profile_of", odd)
    made = run_corpus(hours, tmp_path / "out")
    assert made.left_out == (("deep/2.txt", "could not be profiled (RuntimeError); try depthwork profile on it alone"),)  # fmt: skip


def test_a_name_that_is_no_unicode_does_not_stop_the_run(hours, tmp_path):
    import os

    with open(os.fsencode(hours) + b"/\xff.txt", "wb") as file:
        file.write(HOUR.encode())
    assert run_corpus(hours, tmp_path / "out").transcripts == 8


def test_parts_of_files_that_went_are_dropped(hours, tmp_path):
    run_corpus(hours, tmp_path / "out")
    shutil.rmtree(hours / "deep")
    run_corpus(hours, tmp_path / "out")
    assert len(list((tmp_path / "out" / "parts").glob("*/*"))) == 1


def test_tables_are_not_put_among_the_transcripts(hours):
    done = CliRunner().invoke(corpus, [str(hours), "--out", str(hours / "deep" / "..")])
    assert done.exit_code == 2
    assert "name another folder for the tables" in done.stderr
    assert not (hours / "READ ME.txt").exists()


def test_what_other_runs_left_within_the_folder_is_no_hour(hours, tmp_path):
    alone = run_corpus(hours, tmp_path / "out")
    run_corpus(hours, hours / "one")
    run_corpus(hours, hours / "deep" / "two")
    again = run_corpus(hours, hours / "three")
    assert (again.files, again.left_out) == (alone.files, ())
    assert bytes_of(hours / "three") == bytes_of(tmp_path / "out")
