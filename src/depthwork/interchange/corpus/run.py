"""A run over a folder: what is done already, what is left, the tables at the end; interrupted, it goes on next time."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from depthwork.interchange.corpus import runners
from depthwork.interchange.corpus.shelf import PARTS, STATE, Shelf, alone_in, write_whole
from depthwork.interchange.corpus.tables import write_beside, write_tables
from depthwork.interchange.corpus.work import Job, OtherVersion, Recipe, opened, sealed, work
from depthwork.interchange.parcel import as_json
from depthwork.transcripts.draft import MAX_BYTES
from depthwork.transcripts.recognize import EXTENSIONS

Progress = Callable[[int, int], None]


class CorpusError(Exception):
    """A run that could not end: what, where, the mend. What was finished is kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave: files found, of them profiled now, left out with reasons, and the sizes of the tables."""

    files: int
    done_now: int
    left_out: tuple[tuple[str, str], ...]
    transcripts: int
    turns: int
    words: int


def files_of(folder: Path, out: Path) -> list[str]:
    """Paths below a folder that may be transcripts, in order; hidden ones and results, also of other runs, are passed
    over: what they say to their reader is no hour."""
    found = []
    beside = out.resolve()
    for at, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and (Path(at) / name).resolve() != beside
            and not _is_results(Path(at) / name)
        ]
        for name in names:
            if not name.startswith(".") and name.rpartition(".")[2].lower() in EXTENSIONS:
                found.append((Path(at) / name).relative_to(folder).as_posix())
    return sorted(found)


def _is_results(folder: Path) -> bool:
    return (folder / STATE).is_file() and (folder / PARTS).is_dir()


def run_corpus(
    folder: Path,
    out: Path,
    *,
    recipe: Recipe | None = None,
    workers: int = 1,
    cluster: str | None = None,
    progress: Progress = lambda done, of: None,
) -> Outcome:
    """Profile every transcript of a folder into Parquet tables.

    Parameters
    ----------
    folder : Path
        Transcripts and notes, also in folders below it.
    out : Path
        Where the tables go; made if it is not there. May hold an earlier run of the same folder.
    recipe : Recipe, optional
        The user's own dictionary and the therapist's name in the files.
    workers : int
        Processes of this machine; with 1 the work is done in this one.
    cluster : str, optional
        Address of a Dask scheduler, in place of local workers.
    progress : callable
        Called with the number done and the number of all.

    Returns
    -------
    Outcome

    Raises
    ------
    CorpusError
        If there is nothing to read, `out` is the folder of the transcripts, another run holds `out`, the disk is full, the workers or the cluster are
        gone. What was finished is kept, and the same call goes on from there.
    ModuleNotFoundError
        Without pyarrow (extra ``corpus``) or, with `cluster`, dask (extra ``cluster``).

    Notes
    -----
    1. A file is told by its content: one that changed is done again, one that only moved in time is not.
    2. The tables are equal bit for bit whichever way they were made, on processors that round alike.
    3. Memory grows with the number of files (some hundred bytes each), never with their words.
    """
    import pyarrow  # noqa: F401  (before hours of work rather than after)

    recipe = recipe or Recipe()
    if out.resolve() == folder.resolve():
        raise CorpusError(
            f"{out}: holds the transcripts; name another folder for the tables, or one within it"
        )
    files = files_of(folder, out)
    if not files:
        kinds = ", ".join(sorted(EXTENSIONS))
        raise CorpusError(f"{folder}: no transcript in it; files end in one of {kinds}")
    try:
        (out / PARTS).mkdir(parents=True, exist_ok=True)
        with alone_in(out) as is_alone:
            if not is_alone:
                raise CorpusError(f"{out}: another run writes there; wait for it, or name another folder")
            return _Run(folder, out, recipe, files, progress).whole(workers, cluster)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CorpusError(
                f"{out}: the disk is full; make room and run it again, it goes on from there"
            ) from None
        raise CorpusError(f"{out}: cannot be written ({error.strerror}); name a folder of yours") from None


class _Run:
    def __init__(self, folder: Path, out: Path, recipe: Recipe, files: list[str], progress: Progress) -> None:
        self.folder, self.out, self.recipe, self.files, self.progress = folder, out, recipe, files, progress
        self.shelf = Shelf(out, recipe)
        self.part_of: dict[str, str] = {}
        self.bad: dict[str, str] = {}
        self.seen = 0
        self.done_now = 0

    def whole(self, workers: int, cluster: str | None) -> Outcome:
        if cluster is not None:
            done = runners.cluster(self.jobs(), self.recipe, address=cluster)
        elif workers > 1:
            done = runners.local(self.jobs(), self.recipe, workers=workers)
        else:
            done = runners.here(self.jobs(), self.recipe)
        try:
            for job, raw in done:
                self.shelf.put(job.part, raw)
                self.done_now += 1
                self.progress(self.seen, len(self.files))
        except (runners.WorkersGone, OtherVersion) as error:
            raise CorpusError(f"{error}. {self.done_now} done in this run are kept; run it again to go on") from None  # fmt: skip
        counts = write_tables(self.parts(), self.out)
        write_beside(self.out, self.recipe)
        self.shelf.keep_only(set(self.part_of.values()))
        made = Outcome(len(self.files), self.done_now, tuple(sorted(self.bad.items())), **counts)
        state = {"files": made.files, "left_out": len(made.left_out), **counts}
        write_whole(self.out / STATE, as_json(state))
        self.progress(len(self.files), len(self.files))
        return made

    def jobs(self) -> Iterator[Job]:
        """What is not done yet; a file is read when its turn comes."""
        for file in self.files:
            self.seen += 1
            job = self.job(file)
            if job is not None and not self.shelf.has(job.part):
                yield job
            elif self.seen % 50 == 0:
                self.progress(self.seen, len(self.files))

    def job(self, file: str) -> Job | None:
        path = self.folder / file
        try:
            if not path.is_file():
                raise OSError(errno.EINVAL, "not a file that can be read")
            if path.stat().st_size > MAX_BYTES:
                self.bad[file] = f"larger than {MAX_BYTES >> 20} MB; split the file by hour"
                return None
            raw = path.read_bytes()
        except OSError as error:
            self.bad[file] = f"cannot be opened ({error.strerror}); check that you may read it"
            return None
        sha256 = hashlib.sha256(raw).hexdigest()
        part = self.part_of[file] = self.shelf.part_of(file, sha256)
        return Job(file, raw, sha256, part)

    def parts(self) -> Iterator[dict[str, Any]]:
        """Every part in the order of the files; one that a power cut left torn is made again."""
        for file in self.files:
            if file not in self.part_of:
                yield {"file": file, "reason": self.bad[file]}
                continue
            part = self.part_of[file]
            found = opened(self.shelf.get(part))
            if found is None:
                found = self.again(file)
            if "reason" in found:
                self.bad[file] = found["reason"]
            yield found

    def again(self, file: str) -> dict[str, Any]:
        job = self.job(file)
        raw = sealed({"file": file, "reason": self.bad[file]}) if job is None else work(job, self.recipe)
        if job is not None:
            self.shelf.put(job.part, raw)
        found = opened(raw)
        assert found is not None
        return found
