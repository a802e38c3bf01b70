"""An archive whose workers and scheduler are killed while it is read."""

import argparse
import hashlib
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyarrow.dataset as ds
from tqdm import tqdm

from benchmarks.common import benchmark_options, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.time import rendered_archive
from edge_app.archive.archive_settings import EngineOptions
from edge_app.archive.store import rows
from edge_app.archive.store.stored import Store
from edge_app.common import option_types
from edge_app.common.errors import EdgeDigitsError
from edge_app.common.option_fields import add_options

# Pages are torn and files crash, so not all is well, though all is read.
_ALL_IS_READ = 1

RowPlace = tuple[str, int, int, int]  # kind, file, page and number of a row
Readings = dict[RowPlace, str]  # and the hash of what it says


@dataclass(frozen=True)
class KillSettings:
    """Settings of the reading that is disturbed, and how it is.

    Attributes:
        memory_limit_mb: Of a worker.
        num_workers: How many read at once.
        scheduler_share: Of the kills.
        most_starts: After which an archive that is not read never will be.
        look_every_s: How often the number of parts is looked up.
        longest_pause_s: From a part to a kill: into the midst of the next.
    """

    memory_limit_mb: int = 700
    num_workers: int = 2
    scheduler_share: float = 0.4
    most_starts: int = 100
    look_every_s: float = 0.01
    longest_pause_s: float = 0.2


_KILLS = KillSettings()


@dataclass(frozen=True)
class KillPlan:
    """Plan of what is killed and when.

    Attributes:
        seed: Of the random moments and victims.
        num_kills: How many kills there are.
        most_parts: How many parts are written before a kill, at most.
    """

    seed: int
    num_kills: int
    most_parts: int


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "kills",
        _run,
        text="kill workers and schedulers of an archive that is read, and compare",
        example="--count 2000 --seeds 3",
    )
    benchmark_options.add_count(parser, "how many pages", default=2000)
    parser.add_argument(
        "--seeds", type=option_types.positive, default=3, help="how often it is read"
    )
    parser.add_argument(
        "--kills", type=option_types.positive, default=6, help="each time, at most"
    )
    add_options(parser, EngineOptions, names=("shard_size",), shard_size=100)
    readers.add_reader(parser)


def _run(arguments: argparse.Namespace) -> Result:
    how = ["--shard-size", str(arguments.shard_size)]
    if arguments.reader:
        how += ["--reader", arguments.reader]
    with tempfile.TemporaryDirectory() as folder:
        scans = Path(folder) / "scans"
        rendered_archive.write(scans, arguments.count)
        expected = undisturbed(scans, Path(folder) / "out", how)
        num_parts = math.ceil(arguments.count / arguments.shard_size)
        found = []
        for seed in tqdm(range(arguments.seeds), desc="seeds", disable=None):
            plan = KillPlan(seed, arguments.kills, 2 * num_parts // arguments.kills)
            found.append(disturbed(scans, Path(folder) / f"out{seed}", how, plan))
            found[-1] |= differences(expected, Path(folder) / f"out{seed}")
            tqdm.write(json.dumps(found[-1]), file=sys.stderr)
    title = f"reading {arguments.count} pages, some of which end their reader"
    return Result(title, found)


def undisturbed(scans: Path, out: Path, how: Sequence[str]) -> Readings:
    """Read an archive and return its rows.

    Args:
        scans: The folder of the scans.
        out: The folder of the results.
        how: Options of `edge-digits archive read`.

    Raises:
        EdgeDigitsError: Not all of it was read.
    """
    with _reading(scans, out, how) as process:
        process.wait()
    _verify(out, process.returncode)
    return dict(readings(out))


def disturbed(scans: Path, out: Path, how: Sequence[str], plan: KillPlan) -> Row:
    """Read an archive, kill as planned, start again until all is read.

    Args:
        scans: The folder of the scans.
        out: The folder of the results.
        how: Options of `edge-digits archive read`.
        plan: What is killed.

    Returns:
        What was killed.

    Raises:
        EdgeDigitsError: Not all of it was read.
    """
    choose = random.Random(plan.seed)
    killed: Counter[str] = Counter()
    num_starts = 0
    while num_starts < _KILLS.most_starts:
        num_starts += 1
        with _reading(scans, out, how) as process:
            while killed.total() < plan.num_kills:
                if _ends_meanwhile(process, out, choose, plan):
                    break
                victim = _kill_one(process, choose)
                killed[victim] += victim != ""
                if victim == "scheduler":
                    break
            process.wait()
        if process.returncode != -signal.SIGKILL:
            break
    _verify(out, process.returncode)
    return {
        "seed": plan.seed,
        "starts": num_starts,
        "workers_killed": killed["worker"],
        "schedulers_killed": killed["scheduler"],
    }


def readings(out: Path) -> Iterator[tuple[RowPlace, str]]:
    """Yield the place and the hash of each row of an archive, but for its time."""
    store = Store(out)
    parts = [str(path) for path in store.parts(store.fingerprint()).values()]
    columns = [name for name in rows.ROWS_SCHEMA.names if name != "milliseconds"]
    for batch in ds.dataset(parts, schema=rows.ROWS_SCHEMA).to_batches(columns=columns):
        for row in batch.to_pylist():
            place = row["kind"], row["file"], row["page"], row["number"] or 0
            yield place, hashlib.sha256(json.dumps(row).encode()).hexdigest()


def differences(expected: Readings, out: Path) -> Row:
    """Return in how many rows an archive differs from what is expected of it."""
    found = list(readings(out))
    places = Counter(place for place, _ in found)
    return {
        "rows": len(found),
        "missing": len(expected.keys() - places.keys()),
        "twice": sum(count > 1 for count in places.values()),
        "different": sum(expected.get(place) != text for place, text in found),
    }


@contextmanager
def _reading(
    scans: Path, out: Path, how: Sequence[str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the command, in a group of processes that ends with the block."""
    limits = [
        "--workers",
        str(_KILLS.num_workers),
        "--memory-limit",
        str(_KILLS.memory_limit_mb),
    ]
    words = ["archive", "read", str(scans), str(out), *limits, *how]
    with _log(out).open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge_app", *words],
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _num_parts(out: Path) -> int:
    return len(list((out / "readings").glob("part-*.parquet")))


def _ends_meanwhile(
    process: "subprocess.Popen[bytes]", out: Path, choose: random.Random, plan: KillPlan
) -> bool:
    """Wait for a random moment; return whether the process has ended before."""
    # Moments of the work, since a machine's speed is not known.
    num_parts = _num_parts(out) + choose.randint(0, plan.most_parts)
    return _ends_before(process, num_parts, out) or _ends_within(
        process, choose.uniform(0, _KILLS.longest_pause_s)
    )


def _ends_before(process: "subprocess.Popen[bytes]", num_parts: int, out: Path) -> bool:
    """Wait for so many parts; return whether the process has ended before."""
    while process.poll() is None:
        if _num_parts(out) >= num_parts:
            return False
        time.sleep(_KILLS.look_every_s)
    return True


def _ends_within(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill_one(process: "subprocess.Popen[bytes]", choose: random.Random) -> str:
    """Kill a worker or the process with the scheduler; return which, or nothing."""
    if choose.random() < _KILLS.scheduler_share:
        process.kill()
        return "scheduler"
    workers = _workers(process.pid)
    if not workers:
        return ""
    choose.choice(workers).kill()
    return "worker"


def _workers(pid: int) -> list[psutil.Process]:
    """Return the processes that read; other children look after semaphores."""
    found = []
    try:
        for child in psutil.Process(pid).children():
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    except psutil.NoSuchProcess:  # they end as we look
        return []
    return found


def _verify(out: Path, status: int) -> None:
    verify = [sys.executable, "-m", "edge_app", "archive", "verify", str(out)]
    done = subprocess.run(verify, stdout=subprocess.PIPE, text=True)
    if status != _ALL_IS_READ or done.returncode:
        raise EdgeDigitsError(
            f"{out}: archive read ended with status {status}, {_ALL_IS_READ} expected "
            f"({_log(out).read_text().strip()}); archive verify: {done.stdout.strip()}"
        )


def _log(out: Path) -> Path:
    return out.with_suffix(".log")
