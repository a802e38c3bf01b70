"""Shards to workers, on this machine or a cluster, a few of them at a time."""

import importlib.util
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any

import dask
from distributed import (
    CancelledError,
    Client,
    Future,
    KilledWorker,
    LocalCluster,
    as_completed,
)
from distributed.comm.core import CommClosedError

from edge_app.archive.archive_settings import MEGABYTE, EngineOptions
from edge_app.common.errors import ArchiveError
from edge_app.common.process import heap

_LOGGERS = ("asyncio", "distributed", "tornado")
_LOCAL = {
    # The first death of a worker says that what it did needs care.
    "distributed.scheduler.allowed-failures": 0,
    # What a worker does with results that fill its memory; there are none here.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    # What it notes of each second of each worker's work is nobody's here, and grows for
    # an hour.
    "distributed.worker.profile.enabled": False,
    # Dask's threads would each have an arena of glibc's, with holes of its own.
    f"distributed.nanny.pre-spawn-environ.{heap.ARENA_VARIABLE}": heap.NUM_ARENAS,
}


@dataclass(frozen=True)
class _EngineLimits:
    """Limits of what is sent to workers, and of how long they are waited for.

    Attributes:
        jobs_of_worker: The one that it does, and the next one beside it.
        most_tries: Of a job whose workers end, whoever ends them.
        most_starts: Of the workers on this machine.
        scheduler_answer_s: That a cluster's scheduler may take.
        first_worker_s: That a cluster's first worker may take to come.
    """

    jobs_of_worker: int = 2
    most_tries: int = 5
    most_starts: int = 3
    scheduler_answer_s: int = 5
    first_worker_s: int = 60


_ENGINE = _EngineLimits()


@dataclass(frozen=True)
class Workers:
    """The processes that read.

    Attributes:
        count: Processes on this machine; `None` for one a core.
        scheduler: The address of a cluster's scheduler instead.
        memory_limit_bytes: What one process here may take before it is ended.
    """

    count: int | None = None
    scheduler: str | None = None
    memory_limit_bytes: int = EngineOptions.memory_limit_mb * MEGABYTE


@dataclass(frozen=True)
class Job:
    """A piece of work that one worker does at a time.

    Attributes:
        name: Unique among all jobs.
        do: Called as `do(*given, is_careful=...)` by a worker, which imports it.
        given: What is sent to it.
    """

    name: str
    do: Callable[..., Any]
    given: tuple[Any, ...]


@dataclass(frozen=True)
class _Try:
    job: Job
    number: int
    future: "Future[Any]"


@contextmanager
def connected(workers: Workers) -> Iterator[Client]:
    """Yield a client of workers; those on this machine end with the block.

    Raises:
        ArchiveError: There is no such cluster, or its workers have several threads.
    """
    _silence()
    if workers.scheduler is None:
        with dask.config.set(_LOCAL), _local(workers) as local, Client(local) as client:
            yield client
        return
    try:
        client = Client(workers.scheduler, timeout=_ENGINE.scheduler_answer_s)
    except (OSError, ValueError) as error:
        raise ArchiveError(
            f"{workers.scheduler}: no Dask scheduler answers there ({error})"
        ) from error
    with client:
        _check(client)
        yield client


def dashboard(client: Client) -> str | None:
    """Return the address of Dask's page about its workers, where it can be shown."""
    has_bokeh = importlib.util.find_spec("bokeh") is not None
    return client.dashboard_link if has_bokeh else None


def results(client: Client, jobs: Iterator[Job]) -> Iterator[Any]:
    """Yield what jobs return, as they are done; few of them are under way at a time.

    A job whose worker ended is done again, with care.

    Raises:
        ArchiveError: The scheduler is lost, or a job ends one worker after another.
    """
    running = as_completed()
    tries: dict[str, _Try] = {}

    def begin(job: Job, number: int = 0) -> None:
        key = f"{job.name}-{number}"
        future = client.submit(
            job.do, *job.given, is_careful=number > 0, key=key, pure=False
        )
        tries[key] = _Try(job, number, future)
        running.add(future)

    def fill() -> None:
        most = _ENGINE.jobs_of_worker * max(1, len(client.nthreads()))
        while len(tries) < most and (job := next(jobs, None)) is not None:
            begin(job)

    try:
        fill()
        for future in running:
            done = tries.pop(future.key)
            try:
                result = future.result()
            except KilledWorker as error:
                if done.number + 1 == _ENGINE.most_tries:
                    raise ArchiveError(
                        f"{done.job.name}: {_ENGINE.most_tries} workers ended over it; "
                        "is there enough memory?"
                    ) from error
                begin(done.job, done.number + 1)
                continue
            future.release()
            yield result
            fill()
    except (CancelledError, CommClosedError) as error:
        raise ArchiveError(
            "the scheduler is lost; what is finished stays, the same command goes on"
        ) from error
    finally:
        client.cancel([attempt.future for attempt in tries.values()])


def _silence() -> None:
    """Keep what Dask logs from the terminal: our lines and exit status tell it."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.handlers[:] = [logging.NullHandler()]


def _local(workers: Workers) -> LocalCluster:
    """Return workers on this machine, begun again where one is killed as it starts.

    Raises:
        ArchiveError: They cannot be started.
    """
    for _ in range(_ENGINE.most_starts - 1):
        with suppress(RuntimeError):  # what Dask makes of a worker that ended
            return _started(workers)
    try:
        return _started(workers)
    except RuntimeError as error:
        raise ArchiveError(
            f"the workers end as they start ({error}); is there enough memory, and "
            "--memory-limit high enough?"
        ) from error


def _started(workers: Workers) -> LocalCluster:
    # A terminal's Ctrl-C comes to all its processes. It is ours alone to heed: who is
    # started by a thread that blocks it, or by one that such a thread has started, has
    # it blocked, too.
    resource_tracker.ensure_running()  # as it starts, it unblocks
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return LocalCluster(
            n_workers=workers.count,
            threads_per_worker=1,
            processes=True,
            memory_limit=workers.memory_limit_bytes,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=_ENGINE.first_worker_s)
    except TimeoutError as error:
        raise ArchiveError(
            f"the cluster has no worker after {_ENGINE.first_worker_s} s; start some"
        ) from error
    if any(threads > 1 for threads in client.nthreads().values()):
        raise ArchiveError(
            "one thread a worker expected; start them with --nworkers N --nthreads 1"
        )
