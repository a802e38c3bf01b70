"""A whole ``edge-digits read`` from a cold start: seconds and peak memory."""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import psutil

from benchmarks.common import benchmark_options
from benchmarks.common.command import Commands, Result, benchmark
from edge_app.common.errors import EdgeDigitsError
from edge_app.sources.demo.demo_scene import Scene

_POLL_S = 0.005


@dataclass(frozen=True)
class Start:
    """One process that read one 640x480 photograph.

    Attributes:
        seconds: From its start to its end.
        peak_mb: The most resident memory it had, in megabytes (2**20 bytes).
    """

    seconds: float
    peak_mb: float


def measure(runs: int) -> list[Start]:
    """Start `runs` processes one after the other, on a photograph of the demo scene.

    Raises:
        EdgeDigitsError: A process failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "scene.png"
        cv2.imwrite(str(photo), Scene(seed=1).frame(0.0)[0])
        return [_measured(photo) for _ in range(runs)]


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "start",
        _run,
        text="time whole processes from a cold start",
        example="--runs 9",
    )
    benchmark_options.add_runs(parser, "how many processes", default=5)


def _run(arguments: argparse.Namespace) -> Result:
    starts = measure(arguments.runs)
    row = {
        "processes": len(starts),
        "median_s": round(median(start.seconds for start in starts), 3),
        "worst_s": round(max(start.seconds for start in starts), 3),
        "peak_mb": round(max(start.peak_mb for start in starts), 1),
    }
    return Result("edge-digits read of a 640x480 photograph", [row])


def _measured(photo: Path) -> Start:
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "read", str(photo)],
        stdout=subprocess.DEVNULL,
    )
    watched = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(_POLL_S)
    if process.wait() != 0:
        raise EdgeDigitsError(f"edge-digits read {photo} failed")
    return Start(time.perf_counter() - started, peak / 2**20)
