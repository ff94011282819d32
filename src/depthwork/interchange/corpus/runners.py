"""Who does the work: this process, workers on this machine, or a cluster that stands already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Any

from depthwork.interchange.corpus.work import Job, OtherVersion, Recipe, work

AHEAD = 4  # jobs in flight for each worker: enough to keep it busy, few enough to keep memory flat


class WorkersGone(Exception):
    """The workers ended before the work did. What came back before is kept."""


Done = Iterator[tuple[Job, bytes]]


def here(jobs: Iterable[Job], recipe: Recipe) -> Done:
    """One after the other, in this process."""
    for job in jobs:
        yield job, work(job, recipe)


def local(jobs: Iterable[Job], recipe: Recipe, *, workers: int) -> Done:
    """In processes of this machine, as they are done.

    Raises
    ------
    WorkersGone
        If a worker was ended from outside, mostly for want of memory.
    """
    jobs = iter(jobs)
    # Started afresh rather than copied: a copy would take the threads' locks of this process along.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[bytes], Job] = {}
        try:
            while True:
                for job in islice(jobs, AHEAD * workers - len(waiting)):
                    waiting[pool.submit(work, job, recipe)] = job
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
        except BrokenProcessPool:
            raise WorkersGone(
                "a worker was ended from outside, perhaps for want of memory; use fewer workers"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def cluster(jobs: Iterable[Job], recipe: Recipe, *, address: str, patience_s: float = 10.0) -> Done:
    """On a Dask cluster by its address, as they are done.

    The transcripts' words travel to its workers, over whatever the address says (``tls://`` is sealed).

    Raises
    ------
    WorkersGone
        If nothing answers at the address, or the cluster ends in the middle.
    ModuleNotFoundError
        Without the extra ``cluster`` (dask, distributed).
    """
    import dask
    from distributed import Client, as_completed

    dask.config.set({"distributed.comm.timeouts.connect": f"{patience_s}s"})
    try:
        client = Client(address, timeout=patience_s, set_as_default=False, name="depthwork-corpus")
    except (OSError, ValueError, TimeoutError):
        raise WorkersGone(f"nothing answers at {address}; look at the address of its scheduler") from None
    try:
        threads = sum((client.nthreads() or {}).values())
        if not threads:
            raise WorkersGone(f"the cluster at {address} has no worker; start one")
        jobs = iter(jobs)
        waiting: dict[Any, Job] = {}

        def send(count: int) -> list[Any]:
            sent = []
            for job in islice(jobs, count):
                future = client.submit(work, job, recipe, key=f"depthwork-{job.part}", retries=1)
                waiting[future.key] = job
                sent.append(future)
            return sent

        line = as_completed(send(AHEAD * threads), loop=client.loop, with_results=True, raise_errors=False)
        for future, result in line:
            job = waiting.pop(future.key)
            if isinstance(result, OtherVersion):
                raise result
            if future.status != "finished" or not isinstance(result, bytes):
                raise WorkersGone(f"the cluster at {address} ended, or lost its workers, in the middle")
            yield job, result
            future.release()
            for fresh in send(1):
                line.add(fresh)
    except (OSError, TimeoutError) as error:
        raise WorkersGone(f"the cluster at {address} is gone ({type(error).__name__})") from None
    finally:
        _leave(client)


def _leave(client: Any) -> None:
    """Go without waiting for a scheduler that may be gone."""
    try:
        client.close(timeout=2)
    except Exception:  # whatever a dead connection raises, there is nothing left to close
        return
