"""The speed and age of live readings, from a real stream to whole processes."""

import argparse
import contextlib
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import psutil
from tqdm import tqdm

from benchmarks.common.command import Commands, Result, benchmark
from benchmarks.live.camera_server import stamped_age_s
from edge_app.common import option_types
from edge_app.common.errors import EdgeDigitsError
from edge_app.sources import open_source
from edge_app.sources.newest import Newest


@dataclass(frozen=True)
class LiveRunConstants:
    """Cameras and readers that are measured.

    Attributes:
        sizes_wh_px: Of the streams.
        camera_fps: Of a camera at its ease and of one in a hurry.
        num_warmup: Frames before any that counts.
        reader_ms: That slow readers take for a frame.
    """

    sizes_wh_px: tuple[tuple[int, int], ...] = ((640, 480), (1280, 720))
    camera_fps: tuple[int, ...] = (15, 60)
    num_warmup: int = 15
    reader_ms: tuple[int, ...] = (10, 200, 1000)


_LIVE_RUNS = LiveRunConstants()


@dataclass(frozen=True)
class Live:
    """One ``edge-digits run`` on one stream.

    Attributes:
        frame: Width and height.
        camera_fps: Pictures a second that the camera sends.
        fps: Frames a second that were read.
        age_p50_ms: From the arrival of a picture to the end of its reading, median.
        age_p95_ms: Exceeded by one frame in twenty.
        age_p99_ms: Exceeded by one in a hundred.
        cpu_percent: Of one processor, all threads together.
        memory_mb: Resident at the end (2**20 bytes).
        first_s: From the start of the process to its first reading.
    """

    frame: str
    camera_fps: int
    fps: float
    age_p50_ms: float
    age_p95_ms: float
    age_p99_ms: float
    cpu_percent: float
    memory_mb: float
    first_s: float


@dataclass(frozen=True)
class Age:
    """Frames taken by a reader that is slower than the camera.

    Attributes:
        reader_ms: What it takes for a frame.
        frames: How many it took.
        age_p50_ms: From the making of a picture in the camera until it was taken.
        age_p95_ms: Exceeded by one frame in twenty.
        age_last_ms: Of the last one: a queue would have made it the oldest.
    """

    reader_ms: int
    frames: int
    age_p50_ms: float
    age_p95_ms: float
    age_last_ms: float


@benchmark
def add(chosen: Commands) -> None:
    """Add the commands."""
    live = chosen.add(
        "live",
        _run_live,
        text="time whole live runs on a real stream",
        example="--seconds 60",
    )
    age = chosen.add(
        "age",
        _run_age,
        text="age of frames when the reader is slow",
        example="--seconds 60",
    )
    for parser in (live, age):
        parser.add_argument(
            "--seconds", type=option_types.positive, default=20, help="for each case"
        )


def _run_live(arguments: argparse.Namespace) -> Result:
    rows = [dataclasses.asdict(row) for row in measure(arguments.seconds)]
    title = f"edge-digits run on an MJPEG stream of this machine, {arguments.seconds} s"
    return Result(title, rows)


def _run_age(arguments: argparse.Namespace) -> Result:
    rows = [dataclasses.asdict(row) for row in ages(arguments.seconds)]
    return Result("age of the newest frame, camera at 15/s", rows)


@contextlib.contextmanager
def camera(
    size_wh: tuple[int, int] = (640, 480), fps: int = 15
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Start a network camera on this machine; yield its URL and its process."""
    size = ["--width", str(size_wh[0]), "--height", str(size_wh[1])]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "benchmarks.live.camera_server",
            "--fps",
            str(fps),
            *size,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.wait()


def measure(seconds: int) -> Iterator[Live]:
    """Read live in each size, from a camera at its ease and from one in a hurry."""
    cases = list(product(_LIVE_RUNS.sizes_wh_px, _LIVE_RUNS.camera_fps))
    for size_wh, fps in tqdm(cases, unit="case", leave=False):
        with camera(size_wh, fps) as (url, _):
            yield _measured(url, size_wh, fps, seconds)


def ages(seconds: int) -> Iterator[Age]:
    """Measure the age of frames for readers up to fifteen times too slow."""
    for reader_ms in tqdm(_LIVE_RUNS.reader_ms, unit="reader", leave=False):
        with camera() as (url, _):
            found = _ages(url, reader_ms / 1000, seconds)
        yield Age(
            reader_ms=reader_ms,
            frames=len(found),
            age_p50_ms=_percentile(found, 50),
            age_p95_ms=_percentile(found, 95),
            age_last_ms=round(found[-1], 1),
        )


def _measured(
    url: str, size_wh: tuple[int, int], camera_fps: int, seconds: int
) -> Live:
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", "--source", url, "--view", "json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        rows = _rows(process.stdout)
        next(rows)
        first_s = time.monotonic() - started
        for _ in range(_LIVE_RUNS.num_warmup):
            next(rows)
        watched = psutil.Process(process.pid)
        before, began = watched.cpu_times(), time.monotonic()
        ages_ms = []
        while (elapsed := time.monotonic() - began) < seconds:
            ages_ms.append(next(rows)["age_ms"])
        after, memory = watched.cpu_times(), watched.memory_info().rss
    finally:
        process.terminate()
        process.wait()
    used = after.user + after.system - before.user - before.system
    return Live(
        frame=f"{size_wh[0]}x{size_wh[1]}",
        camera_fps=camera_fps,
        fps=round(len(ages_ms) / elapsed, 1),
        age_p50_ms=_percentile(ages_ms, 50),
        age_p95_ms=_percentile(ages_ms, 95),
        age_p99_ms=_percentile(ages_ms, 99),
        cpu_percent=round(100 * used / elapsed, 1),
        memory_mb=round(memory / 2**20, 1),
        first_s=round(first_s, 2),
    )


def _rows(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield json.loads(line)
    raise EdgeDigitsError("edge-digits run ended by itself; see above")


def _ages(url: str, reader_s: float, seconds: int) -> list[float]:
    newest = Newest(open_source(url), lambda: open_source(url))
    found = []
    ends = time.monotonic() + seconds
    with contextlib.closing(newest):
        for frame in newest.frames():
            now = time.monotonic()
            if now > ends:
                break
            if frame is not None:
                found.append(1000 * stamped_age_s(frame.image, now))
                time.sleep(reader_s)
    return found


def _percentile(values: list[float], percent: float) -> float:
    return round(float(np.percentile(values, percent)), 1)
