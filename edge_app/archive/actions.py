"""What ``edge-digits archive`` does and prints."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tqdm import tqdm

from edge_app.archive.amounts import counted, duration, price
from edge_app.archive.archive_settings import MEGABYTE
from edge_app.archive.listing import fingerprint, listed
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.results import corrections, export, review, search
from edge_app.archive.results.crops import Cutter
from edge_app.archive.store import check, shards
from edge_app.archive.store.rows import Row
from edge_app.archive.store.stored import Store
from edge_app.archive.work import config, engine, estimate, page_reader, part
from edge_app.cli import commands
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import files
from edge_app.common.errors import ArchiveError, ImageError

_MACHINES = (1, 2, 5, 10, 100)  # that an estimate is for


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; returns the exit status."""
    store = Store(arguments.out.absolute())
    if arguments.action == "read":
        return _read(store, arguments)
    if not store.manifest.exists():
        raise ArchiveError(
            f"{arguments.out}: no archive; try: edge-digits archive read SOURCE "
            f"{arguments.out}"
        )
    chosen = store.fingerprint(arguments.fingerprint)
    return _ACTIONS[arguments.action](store, chosen, arguments)


def _read(store: Store, arguments: argparse.Namespace) -> int:
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
        _tell("interrupted; what is finished stays, the same command goes on")
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
        _tell(counted(added, "new files"))
    workers = engine.Workers(
        arguments.workers, arguments.scheduler, settings.memory_limit_bytes
    )
    if arguments.sample is not None:
        return _estimate(store, settings, workers, arguments)
    settings.keep(store)
    current = settings.fingerprint()
    if arguments.again is not None:
        count = check.forget(store, current, arguments.again)
        _tell(f"{counted(count, 'shards')} with pages that are {arguments.again}")
    _read_all(part.Task(store, settings, current), workers)
    check.quarantine(store, current)
    return _status(store, current, arguments)


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
            _tell(f"what the workers do: {page}")
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
    hours = found.hours(num_files) / num_workers
    workers_now = "this worker" if num_workers == 1 else f"these {num_workers} workers"
    for times in _MACHINES:
        print(f"{times:4} times {workers_now}: {duration(hours / times)}")
    if arguments.price is not None:
        print(f"cost: {price(hours * arguments.price)}, with however many of them")
    return 0


def _status(store: Store, chosen: str, _: argparse.Namespace) -> int:
    found = check.overview(store, chosen)
    counts = dict(found.counts)
    kinds = [
        counted(counts.pop(name, 0), name)
        for name in (part.FILES_COUNT, part.PAGES_COUNT, part.NUMBERS_COUNT)
    ]
    print(
        f"{counted(found.num_files, 'files')} in "
        f"{counted(found.num_shards, 'shards')}, "
        f"{found.num_parts:,} of them read as {chosen}"
    )
    print(f"read: {', '.join(kinds)}")
    for status, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{count:10,} {status}")
    if found.counts["crashed"]:
        print(f"files that ended their process: {store.quarantine}")
    return 0 if found.is_well else 1


def _verify(store: Store, chosen: str, _: argparse.Namespace) -> int:
    faults = 0
    for fault in check.faults(store, chosen):
        print(fault)
        faults += 1
    num_files, num_shards = shards.count(store.manifest)
    if not faults:
        in_parts = f"{counted(num_files, 'files')} in {counted(num_shards, 'parts')}"
        print(f"{in_parts}, each with one result")
    return int(faults > 0)


def _find(store: Store, chosen: str, arguments: argparse.Namespace) -> int:
    found = search.numbers(store, chosen, arguments.pattern)
    if arguments.crops is not None:
        found = _cut(store, chosen, list(found), arguments.crops)
    num_found = 0
    for row in found:
        num_found += 1
        if arguments.json:
            print(json.dumps(row))
        else:
            print(_hit(row))
    return 0 if num_found else 1


def _hit(row: Row) -> str:
    where = f"{row['path']}, page {row['page']}"
    if row["field"] is not None:
        where += f", {row['field']}"
    return f"{where}: {row['text']}  (least confidence {row['confidence']:.2f})"


def _cut(store: Store, chosen: str, found: list[Row], folder: Path) -> Iterator[Row]:
    """Yield numbers, each after its picture is written."""
    cutter = Cutter(dpi=fingerprint.kept(store, chosen).dpi)
    turns = search.rotations(store, chosen, [row["file"] for row in found])
    for row in found:
        name = f"{row['text']}-{row['file']}-{row['page']}-{row['number']}.png"
        try:
            crop = cutter.png(row, turns[row["file"], row["page"]])
        except ImageError as error:  # the scan is gone, or changed, since it was read
            _tell(str(error))
        else:
            files.write_bytes(folder / name, crop)
        yield row


def _export(store: Store, chosen: str, arguments: argparse.Namespace) -> int:
    written = export.export(store, chosen, arguments.folder, arguments.format)
    for path, count in written.items():
        print(f"{path}: {counted(count, 'rows')}")
    return 0


def _review(store: Store, chosen: str, arguments: argparse.Namespace) -> int:
    settings = fingerprint.kept(store, chosen)
    if arguments.take is not None:
        if not arguments.take.exists():
            raise ArchiveError(f"{arguments.take}: no such file")
        count = corrections.take(store, corrections.load(arguments.take))
        print(f"{store.corrections}: {counted(count, 'corrections')}")
    elif arguments.training is not None:
        current = settings.fingerprint()
        if current != chosen:
            raise ArchiveError(
                f"{chosen} was read by another version or with other models; read the "
                "archive with this one first"
            )
        corrected = [
            correction
            for correction in corrections.load(store.corrections)
            if correction.fingerprint == chosen
        ]
        num_digits, num_left_out = corrections.write_for_training(
            settings, corrected, arguments.training
        )
        print(
            f"{arguments.training}: {counted(num_digits, 'digits')}; left out for "
            "having more or fewer digits than were read: "
            f"{counted(num_left_out, 'numbers')}"
        )
    else:
        path, count = review.write(
            store, chosen, count=arguments.count, dpi=settings.dpi
        )
        print(f"{path}: {counted(count, 'numbers')}")
    return 0


_ACTIONS = {
    "status": _status,
    "verify": _verify,
    "find": _find,
    "export": _export,
    "review": _review,
}


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


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
