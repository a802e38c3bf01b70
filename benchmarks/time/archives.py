"""How fast an archive is read and listed, and how much of that is reading."""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import psutil
import pyarrow.compute as pc
import pyarrow.dataset as ds
from tqdm import tqdm

from benchmarks.common.command import Commands, Result, Row
from edge_app.archive.listing import listed
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows, shards
from edge_app.archive.store.stored import Store
from edge_app.archive.work import engine, part
from edge_app.cli import commands
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.sources.demo.demo_scene import Scene

_WORKERS = (1, 2)
_FOLDER = 1000  # files a folder, of those that are listed


def add(chosen: Commands) -> None:
    """Add this benchmark's parser."""
    parser = chosen.add(
        "archives",
        _run,
        text="read an archive with one and two workers, and list many names",
        example="--pages 1000 --names 1000000",
    )
    parser.add_argument("--pages", type=commands.positive, default=400)
    parser.add_argument("--shard-size", type=commands.positive, default=50)
    parser.add_argument(
        "--names",
        type=commands.positive,
        default=100_000,
        help="empty files that are listed",
    )


def _run(arguments: argparse.Namespace) -> Result:
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        scans = Path(folder) / "scans"
        scans.mkdir()
        for seed in tqdm(
            range(arguments.pages), desc="pages", leave=False, disable=None
        ):
            frame, _ = Scene(seed=seed).frame(0.0)
            cv2.imwrite(str(scans / f"{seed}.jpg"), frame)
        for count in _WORKERS:
            store = Store(Path(folder) / f"out{count}")
            found += _reading(store, scans, arguments.shard_size, count)
        found += _listing(Path(folder) / "names", arguments.names)
    return Result("reading an archive", found)


def _reading(store: Store, scans: Path, shard_size: int, count: int) -> Iterator[Row]:
    """Measure reading all of a folder, from the first shard on to the last one."""
    shards.update(store.manifest, listed.files(str(scans)), shard_size=shard_size)
    settings = ArchiveSettings(ReaderSettings())
    task = part.Task(store, settings, settings.fingerprint())
    jobs = [
        engine.Job(f"shard-{number}", part.write, (task, number, lines))
        for number, lines in shards.each(store.manifest)
    ]
    memory = []
    with engine.connected(engine.Workers(count)) as client:
        client.run(_warm, settings)
        started = time.perf_counter()
        for _ in engine.results(client, iter(jobs)):
            memory.append(max(client.run(_memory_mb).values()))
        took_s = time.perf_counter() - started
    parts = [str(each) for each in store.parts(task.fingerprint).values()]
    read = ds.dataset(parts).to_table(filter=pc.field("kind") == rows.PAGE)
    reading_s = pc.sum(read["milliseconds"]).as_py() / 1000
    name = f"{count} workers, {read.num_rows} pages in {len(jobs)} shards"
    yield _row(name, "pages a second", round(read.num_rows / took_s, 1))
    share = reading_s / (count * took_s)
    yield _row(name, "share of the workers' time in reading", f"{share:.1%}")
    middle = memory[len(memory) // 2]
    size_bytes = sum(Path(each).stat().st_size for each in parts)
    yield _row(name, "bytes of results a page", round(size_bytes / read.num_rows))
    yield _row(name, "MB of a worker, half way", round(middle))
    yield _row(name, "MB of a worker, at the end", round(memory[-1]))


def _listing(folder: Path, count: int) -> Iterator[Row]:
    for index in tqdm(range(count), desc="names", leave=False, disable=None):
        below = folder / f"box{index // _FOLDER:05}"
        if index % _FOLDER == 0:
            below.mkdir(parents=True)
        (below / f"scan{index:08}.jpg").touch()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        took_s, memory_mb = pool.submit(_list, folder).result()
    name = f"listing {count:,} names"
    yield _row(name, "seconds", round(took_s, 1))
    yield _row(name, "MB at most", round(memory_mb))


def _list(folder: Path) -> tuple[float, float]:
    started = time.perf_counter()
    manifest = folder.parent / "names.parquet"
    shards.update(manifest, listed.files(str(folder)), shard_size=500)
    took_s = time.perf_counter() - started
    return took_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def _warm(settings: ArchiveSettings) -> None:
    """Load the models, which is not measured."""
    for _ in part.reading(settings, [], is_careful=False):
        pass


def _memory_mb() -> float:
    return float(psutil.Process().memory_info().rss / 2**20)


def _row(what: str, figure: str, value: object) -> Row:
    return {"what": what, "figure": figure, "value": value}
