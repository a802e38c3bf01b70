"""A long run with everything on: does its memory grow, does it miss an event?"""

import argparse
import contextlib
import dataclasses
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import psutil
from tqdm import tqdm

from benchmarks.common.command import Commands, Result, benchmark
from benchmarks.live.live_runs import camera
from benchmarks.live.processes import (
    free_port,
    memory_fifths,
    slope_mb_per_hour,
    wait_for,
)
from edge_app.common import option_types
from edge_app.common.errors import EdgeDigitsError

_FETCHED_PATHS = ("", "picture", "events", "metrics", "picture.jpg")
_HISTORY = "history.sqlite"
_SETTLED = 'edge_digits_events_total{kind="settled"}'  # of `/metrics`


@dataclass(frozen=True)
class SoakConstants:
    """The crowd and the faults of a long run.

    Attributes:
        num_clients: That watch at once.
        stay_s: How long one watches, from least to most.
        fault_every_s: From one fault of the camera to the next.
        fault_s: How long one lasts.
        end_s: How long the process may take to end.
    """

    num_clients: int = 20
    stay_s: tuple[float, float] = (0.5, 20.0)
    fault_every_s: int = 20
    fault_s: int = 3
    end_s: float = 5.0


SOAK = SoakConstants()


@dataclass(frozen=True)
class Soak:
    """One long ``edge-digits run``.

    Attributes:
        minutes: How long it ran.
        visits: Clients that came and went.
        faults: Times that the camera failed on purpose.
        settled: Numbers that settled, as the program counts them.
        missed: Those of them that its history does not hold.
        memory_mb: Resident memory (2**20 bytes) after each fifth of the time.
        slope_mb_per_hour: Of a line through all samples after two fifths of the time.
        threads: At the end.
        open_files: At the end.
        cpu_percent: Of one processor, over all of it.
        end_s: From SIGTERM to the end of the process.
    """

    minutes: float
    visits: int
    faults: int
    settled: int
    missed: int
    memory_mb: str
    slope_mb_per_hour: float
    threads: int
    open_files: int
    cpu_percent: float
    end_s: float


class _Crowd:
    """Clients of the live page that come, watch for a while and go."""

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        self._ended = threading.Event()
        self.visits = 0
        for seed in range(size):
            threading.Thread(target=self._visit, args=(seed,), daemon=True).start()

    def _visit(self, seed: int) -> None:
        choose = random.Random(seed)
        while not self._ended.is_set():
            page = self._url + choose.choice(_FETCHED_PATHS)
            leaves_s = time.monotonic() + choose.uniform(*SOAK.stay_s)
            pause_s = choose.choice((0.0, 0.0, 0.5))  # one in three is slow
            with (
                contextlib.suppress(OSError, HTTPException),
                urllib.request.urlopen(page, timeout=5) as response,
            ):
                while time.monotonic() < leaves_s and response.read(4096):
                    self._ended.wait(pause_s)
            self.visits += 1
            self._ended.wait(choose.uniform(0.1, 1.0))

    def end(self) -> None:
        self._ended.set()


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "soak",
        _run,
        text="memory of a long run with web clients",
        example="--minutes 30",
    )
    parser.add_argument(
        "--minutes", type=option_types.positive, default=30, help="how long it runs"
    )


def _run(arguments: argparse.Namespace) -> Result:
    row = dataclasses.asdict(measure(arguments.minutes))
    title = f"edge-digits run with everything on and {SOAK.num_clients} web clients"
    return Result(title, [row])


def measure(minutes: float, num_clients: int = SOAK.num_clients) -> Soak:
    """Run that long with a stream, all files and a crowd of clients.

    Raises:
        EdgeDigitsError: The process ended by itself.
    """
    with tempfile.TemporaryDirectory() as folder, camera() as (url, server):
        port = free_port()
        process = subprocess.Popen(_command(url, port, Path(folder)))
        try:
            wait_for(port, process)
            crowd = _Crowd(f"http://127.0.0.1:{port}/", num_clients)
            samples, faults = _sampled(process, server, minutes * 60)
            crowd.end()
            settled = _num_settled(port)
            watched = psutil.Process(process.pid)
            threads, files = watched.num_threads(), watched.num_fds()
            used = sum(watched.cpu_times()[:2])
            started = time.monotonic()
            process.terminate()
            process.wait(SOAK.end_s)
            end_s = time.monotonic() - started
            kept = _num_kept(Path(folder) / _HISTORY)
        finally:
            process.kill()
    return Soak(
        minutes=minutes,
        visits=crowd.visits,
        faults=faults,
        settled=settled,
        missed=max(0, settled - kept),
        memory_mb=memory_fifths(samples),
        slope_mb_per_hour=slope_mb_per_hour(samples),
        threads=threads,
        open_files=files,
        cpu_percent=round(100 * used / (minutes * 60), 1),
        end_s=round(end_s, 2),
    )


def _command(url: str, port: int, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "edge_app", "run", "--source", url),
        *("--view", "web", "--port", str(port)),
        *("--jsonl", str(folder / "readings.jsonl"), "--every-frame"),
        *("--csv", str(folder / "readings.csv")),
        *("--history", str(folder / _HISTORY)),
        *("--save-unsure", str(folder / "unsure"), "--log-level", "error"),
    ]


def _sampled(
    process: "subprocess.Popen[bytes]", server: "subprocess.Popen[str]", seconds: float
) -> tuple[list[float], int]:
    """Return the resident megabytes of each second, and how many faults were made."""
    watched = psutil.Process(process.pid)
    samples, faults = [], 0
    started = time.monotonic()
    for second in tqdm(range(round(seconds)), unit="s", leave=False):
        time.sleep(max(0.0, started + second - time.monotonic()))
        if process.poll() is not None:
            raise EdgeDigitsError(f"the process ended with {process.returncode}")
        samples.append(watched.memory_info().rss / 2**20)
        phase = second % SOAK.fault_every_s
        if phase in (SOAK.fault_every_s - SOAK.fault_s, 0) and second:
            mode = "well" if phase == 0 else "end"
            faults += mode == "end"
            assert server.stdin is not None
            server.stdin.write(f"{mode}\n")
    return samples, faults


def _num_settled(port: int) -> int:
    """Return how many numbers settled until now, as the program counts them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
        lines = response.read().decode().splitlines()
    (line,) = (line for line in lines if line.startswith(_SETTLED))
    return int(float(line.split()[-1]))


def _num_kept(path: Path) -> int:
    """Return how many numbers settled as a history file has it."""
    with contextlib.closing(sqlite3.connect(path)) as history:
        counted = "SELECT count(*) FROM happenings WHERE kind = 'settled'"
        return int(history.execute(counted).fetchone()[0])
