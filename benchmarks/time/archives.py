"""The time to read and to list an archive, and how much of it is reading."""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import psutil
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.time.frame_times import TIMED_FRAMES, enlarged
from edge_app.archive.archive_settings import MEGABYTE, EngineOptions
from edge_app.archive.listing import listed as listing
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows, shards
from edge_app.archive.store.shards import Line
from edge_app.archive.store.stored import Store
from edge_app.archive.work import part
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import option_types
from edge_app.common.option_fields import add_options
from edge_app.sources.demo.demo_scene import Scene

_NUMS_WORKERS = (1, 2)
_LISTED_FILES_A_FOLDER = 1000  # files a folder, of those that are listed


class _Done(NamedTuple):
    """A shard that was read.

    Attributes:
        process: Of the worker.
        started_s: When, in seconds since 1970.
        ended_s: When.
        memory_mb: What the worker took then.
    """

    process: int
    started_s: float
    ended_s: float
    memory_mb: float


@benchmark
def add(chosen: Commands) -> None:
    """Add the commands."""
    read = chosen.add(
        "archives",
        _run_reading,
        text="read an archive with one and two workers",
        example="--count 1000",
    )
    benchmark_options.add_count(read, "how many pages", default=400)
    add_options(read, EngineOptions, names=("shard_size",), shard_size=50)
    read.add_argument(
        "--size",
        metavar="WxH",
        type=option_types.size,
        default="640x480",
        help="of the pages",
    )
    listed = chosen.add(
        "listing",
        _run_listing,
        text="list the files of an archive",
        example="--count 1000000",
    )
    benchmark_options.add_count(listed, "how many names", default=100_000)


def _run_reading(arguments: argparse.Namespace) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        scans = Path(folder) / "scans"
        scans.mkdir()
        for seed in tqdm(
            range(arguments.count), desc="pages", leave=False, disable=None
        ):
            cv2.imwrite(str(scans / f"{seed}.jpg"), _page(seed, arguments.size))
        found = [
            _reading(
                Store(Path(folder) / f"out{count}"), scans, arguments.shard_size, count
            )
            for count in _NUMS_WORKERS
        ]
    size = "{}x{}".format(*arguments.size)
    return Result(f"reading an archive of pages of {size} pixels", found)


def _run_listing(arguments: argparse.Namespace) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        row = _listing(Path(folder) / "names", arguments.count)
    return Result("listing the files of an archive", [row])


def _page(seed: int, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    drawn_wh = min(size_wh, TIMED_FRAMES.largest_drawn_wh)
    return enlarged(Scene(seed=seed, size_wh=drawn_wh).frame(0.0)[0], size_wh)


def _reading(store: Store, scans: Path, shard_size: int, count: int) -> Row:
    """Measure reading all of a folder, from the first shard on to the last one."""
    from edge_app.archive.work import engine  # Dask takes half a second

    shards.update(store.manifest, listing.files(str(scans)), shard_size=shard_size)
    settings = ArchiveSettings(ReaderSettings())
    task = part.Task(store, settings, settings.fingerprint())
    jobs = [
        engine.Job(f"shard-{number}", _write, (task, number, lines))
        for number, lines in shards.grouped(store.manifest)
    ]
    with engine.connected(engine.Workers(count)) as client:
        client.run(_warm, settings)
        started_s = time.time()
        found = tqdm(
            engine.results(client, iter(jobs)),
            total=len(jobs),
            desc=f"{count} workers",
            leave=False,
            disable=None,
        )
        done = sorted(found, key=attrgetter("ended_s"))
        took_s = time.time() - started_s
    parts = [str(path) for path in store.parts(task.fingerprint).values()]
    read = ds.dataset(parts).to_table(filter=pc.field("kind") == rows.PAGE)
    reading_s = pc.sum(read["milliseconds"]).as_py() / 1000
    size_bytes = sum(Path(path).stat().st_size for path in parts)
    scans_bytes = sum(path.stat().st_size for path in scans.iterdir())
    return {
        "workers": count,
        "pages": read.num_rows,
        "shards": len(jobs),
        "pages_per_s": round(read.num_rows / took_s, 1),
        "reading_share": round(reading_s / (count * took_s), 4),
        "engine_share": round(_engine_share(done, started_s), 4),
        "mb_per_scan": round(scans_bytes / read.num_rows / MEGABYTE, 2),
        "bytes_per_page": round(size_bytes / read.num_rows),
        **_memory(done),
    }


def _engine_share(done: Sequence[_Done], started_s: float) -> float:
    """Return the share of the workers' time, up to their last shard, between shards."""
    last_s = {shard.process: shard.ended_s for shard in done}
    total_s = sum(ended_s - started_s for ended_s in last_s.values())
    return 1 - sum(shard.ended_s - shard.started_s for shard in done) / total_s


def _memory(done: Sequence[_Done]) -> Row:
    """Return what a worker takes after its first shard, half way and at the end.

    Of several workers it is the one that takes most in the end.
    """
    by_process: dict[int, list[float]] = {}
    for shard in done:
        by_process.setdefault(shard.process, []).append(shard.memory_mb)
    most = max(by_process.values(), key=itemgetter(-1))
    return {
        "memory_first_mb": round(most[0]),
        "memory_half_mb": round(most[len(most) // 2]),
        "memory_end_mb": round(most[-1]),
    }


def _listing(folder: Path, count: int) -> Row:
    for index in tqdm(range(count), desc="names", leave=False, disable=None):
        below = folder / f"box{index // _LISTED_FILES_A_FOLDER:05}"
        if index % _LISTED_FILES_A_FOLDER == 0:
            below.mkdir(parents=True)
        (below / f"scan{index:08}.jpg").touch()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        took_s, memory_mb = pool.submit(_list, folder).result()
    return {
        "names": count,
        "folders": -(-count // _LISTED_FILES_A_FOLDER),
        "seconds": round(took_s, 1),
        "memory_mb": round(memory_mb),
    }


def _list(folder: Path) -> tuple[float, float]:
    started = time.perf_counter()
    manifest = folder.parent / "names.parquet"
    shards.update(manifest, listing.files(str(folder)), shard_size=500)
    took_s = time.perf_counter() - started
    return took_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def _warm(settings: ArchiveSettings) -> None:
    """Load the models, which is not measured."""
    for _ in part.reading(settings, [], is_careful=False):
        pass


def _write(
    task: part.Task, shard: int, lines: Sequence[Line], *, is_careful: bool
) -> _Done:
    """Write a part as `part.write` does and return what it took."""
    started_s = time.time()
    part.write(task, shard, lines, is_careful=is_careful)
    memory_mb = psutil.Process().memory_info().rss / 2**20
    return _Done(os.getpid(), started_s, time.time(), memory_mb)
