"""The action ``edge-digits archive read`` and its output.

Apart from the other actions: Dask, which the work is done with, takes long to import.
"""

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from tqdm import tqdm

from edge_app.archive.actions import status, tell
from edge_app.archive.amounts import counted, duration, price
from edge_app.archive.archive_settings import MEGABYTE
from edge_app.archive.listing import listed
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import check, shards
from edge_app.archive.store.stored import Store
from edge_app.archive.work import config, engine, estimate, page_reader, part
from edge_app.cli import commands
from edge_app.cli.reader_settings import ReaderSettings

_MACHINES = (1, 2, 5, 10, 100)  # that an estimate is for


def run(arguments: argparse.Namespace) -> int:
    """Read what is not read yet, or a sample of it; returns the exit status."""
    store = Store(arguments.out.absolute())
    setup = None
    if arguments.config is not None:
        words = arguments.argv[len(("archive", "read")) :]
        arguments, setup = config.applied(arguments.config, arguments.parser, words)
    settings = ArchiveSettings(
        ReaderSettings.of(arguments),
        setup=setup,
        dpi=arguments.dpi,
        time_limit_s=arguments.time_limit,
        memory_limit_bytes=arguments.memory_limit * MEGABYTE,
    )
    page_reader.opened(settings)  # what is wrong with a model is told once, here
    try:
        with _heeding_sigterm():
            return _list_and_read(store, settings, arguments)
    except KeyboardInterrupt:
        tell("interrupted; what is finished stays, the same command goes on")
        return commands.INTERRUPTED


def _list_and_read(
    store: Store, settings: ArchiveSettings, arguments: argparse.Namespace
) -> int:
    added = shards.update(
        store.manifest,
        listed.files(arguments.source, but=store.folder),
        shard_size=arguments.shard_size,
    )
    if added:
        tell(counted(added, "new files"))
    workers = engine.Workers(
        arguments.workers, arguments.scheduler, settings.memory_limit_bytes
    )
    if arguments.sample is not None:
        return _estimate(store, settings, workers, arguments)
    settings.keep(store)
    current = settings.fingerprint()
    if arguments.again is not None:
        count = check.forget(store, current, arguments.again)
        tell(f"{counted(count, 'shards')} with pages that are {arguments.again}")
    _read_all(part.Task(store, settings, current), workers)
    check.quarantine(store, current)
    return status(store, current)


def _read_all(task: part.Task, workers: engine.Workers) -> None:
    """Read the shards that have no part yet."""
    task.store.sweep()
    done = task.store.parts(task.fingerprint)
    num_left = shards.count_but(task.store.manifest, done)
    if not num_left:
        return
    jobs = (
        engine.Job(
            f"shard-{number}-{task.fingerprint}", part.write, (task, number, lines)
        )
        for number, lines in shards.grouped(task.store.manifest)
        if number not in done
    )
    with engine.connected(workers) as client, _progress(num_left) as progress:
        if (page := engine.dashboard(client)) is not None:
            tell(f"what the workers do: {page}")
        num_pages = num_errors = 0
        for counts in engine.results(client, jobs):
            num_pages += counts[part.PAGES_COUNT]
            num_errors += counts[part.PAGES_COUNT] - counts["ok"]
            progress.set_postfix(pages=num_pages, errors=num_errors, refresh=False)
            progress.update(counts[part.FILES_COUNT])


def _estimate(
    store: Store,
    settings: ArchiveSettings,
    workers: engine.Workers,
    arguments: argparse.Namespace,
) -> int:
    jobs = estimate.jobs(settings, store.manifest, arguments.sample)
    with engine.connected(workers) as client:
        num_workers = len(client.nthreads())
        found = estimate.total(engine.results(client, jobs))
    num_files, num_shards = shards.count(store.manifest)
    pages_per_file = found.num_pages / found.num_files
    print(
        f"{counted(found.num_files, 'files')} of {num_files:,} read: "
        f"{counted(found.num_pages, 'pages')}, "
        f"{found.num_pages / found.seconds:.1f} pages/s a worker, "
        f"{found.size_bytes / found.num_files / MEGABYTE:.2f} MB a file"
    )
    num_pages = counted(round(num_files * pages_per_file), "pages")
    print(f"all: about {num_pages} in {counted(num_shards, 'shards')}")
    hours = found.hours(num_files)
    workers_now = "this worker" if num_workers == 1 else f"these {num_workers} workers"
    for times in _MACHINES:
        together = estimate.shared(hours, num_shards, times * num_workers)
        print(f"{times:4} times {workers_now}: {duration(together)}")
    if arguments.price is not None:
        cost = price(hours / num_workers * arguments.price)
        print(f"cost: {cost} in all, whether few or many of them read")
    return 0


def _progress(num_files: int) -> "tqdm[NoReturn]":
    """Return a bar with the rate and the time left, where there is a terminal."""
    return tqdm(total=num_files, unit=" files", disable=None, smoothing=0.05)


@contextmanager
def _heeding_sigterm() -> Iterator[None]:
    """Let SIGTERM, as a service's end, do what Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
