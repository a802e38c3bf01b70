"""Two cameras in one process, of which one is lost and comes back, again and again."""

import argparse
import contextlib
import dataclasses
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
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

_FPS = 3  # of each camera: little enough for two of them on a busy machine
# The camera is there, then lost: its connection ends, or hangs without a word.
_PHASES = ("well", "end", "well", "silent")
_COUNTERS = re.compile(r"^edge_digits_(frames|reconnects)_total (\S+)$", re.MULTILINE)
_SETTLING_S = 10  # after a change of phase: the camera is missed, or opened again


@dataclass(frozen=True)
class TwoCameras:
    """One long ``edge-digits run`` of two cameras.

    Attributes:
        minutes: How long it ran.
        lost: Times that the first camera was lost on purpose.
        recovered: Of these, those after which it gave frames again.
        back: Times that it was opened again, on a busy machine once more now and then.
        fps_meanwhile: Frames a second of the other camera while the first was lost.
        fps_otherwise: Frames a second of the other camera while both were there.
        fewest_in_10_s: Frames of the other camera in its worst ten seconds.
        memory_mb: Resident memory (2**20 bytes) after each fifth of the time.
        slope_mb_per_hour: Of a line through all samples after two fifths of the time.
    """

    minutes: float
    lost: int
    recovered: int
    back: int
    fps_meanwhile: float
    fps_otherwise: float
    fewest_in_10_s: int
    memory_mb: str
    slope_mb_per_hour: float


@dataclass(frozen=True)
class _Second:
    """Measurements of one second."""

    is_lost: bool
    is_settled: bool
    num_first: int  # frames of the camera that is lost, so far
    num_frames: int  # of the other camera, so far
    memory_mb: float


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "cameras",
        _run,
        text="frame rate and memory with two cameras, one of them lost and back",
        example="--minutes 30",
    )
    parser.add_argument(
        "--minutes", type=option_types.positive, default=30, help="how long it runs"
    )
    parser.add_argument(
        "--phase",
        type=option_types.positive,
        default=60,
        metavar="S",
        help="seconds that the first camera is there, or lost",
    )


def _run(arguments: argparse.Namespace) -> Result:
    row = dataclasses.asdict(measure(arguments.minutes, phase_s=arguments.phase))
    title = f"edge-digits run with two cameras at {_FPS}/s, one of them lost and back"
    return Result(title, [row])


def measure(minutes: float, *, phase_s: int) -> TwoCameras:
    """Run that long with two streams, all files and the page.

    Args:
        minutes: How long.
        phase_s: Seconds that the first camera is there, or lost; over 10.

    Raises:
        EdgeDigitsError: That is too short to see what a lost camera does to the other,
            or the process ended by itself.
    """
    _check(minutes, phase_s)
    with (
        tempfile.TemporaryDirectory() as folder,
        camera(fps=_FPS) as (first, server),
        camera(fps=_FPS) as (second, _),
    ):
        port = free_port()
        process = subprocess.Popen(_command(Path(folder), port, first, second))
        try:
            wait_for(port, process)
            url = f"http://127.0.0.1:{port}/camera"
            seconds, num_lost = _watched(process, server, url, minutes, phase_s)
            num_back = _counters(f"{url}/first")["reconnects"]
            process.terminate()
            process.wait()
        finally:
            process.kill()
    memory = [second.memory_mb for second in seconds]
    return TwoCameras(
        minutes=minutes,
        lost=num_lost,
        recovered=_num_recovered(seconds),
        back=num_back,
        fps_meanwhile=_rate(seconds, is_lost=True),
        fps_otherwise=_rate(seconds, is_lost=False),
        fewest_in_10_s=_fewest_in_10_s(seconds),
        memory_mb=memory_fifths(memory),
        slope_mb_per_hour=slope_mb_per_hour(memory),
    )


def _check(minutes: float, phase_s: int) -> None:
    if phase_s <= _SETTLING_S:
        raise EdgeDigitsError(
            f"--phase {phase_s}: more than {_SETTLING_S} seconds expected, which a "
            "camera has to be missed or opened again"
        )
    if 60 * minutes < 2 * phase_s:
        raise EdgeDigitsError(
            f"--minutes {minutes:g}: at least two phases of {phase_s} seconds expected "
            "(--phase), of which the second one loses the camera"
        )


def _command(folder: Path, port: int, first: str, second: str) -> list[str]:
    config = folder / "edge-digits.toml"
    config.write_text(
        f'[camera.first]\nsource = "{first}"\n[camera.second]\nsource = "{second}"\n'
    )
    return [
        *(sys.executable, "-m", "edge_app", "run", "--config", str(config)),
        *("--view", "web", "--port", str(port)),
        *("--jsonl", str(folder / "events.jsonl"), "--csv", str(folder / "events.csv")),
        *("--history", str(folder / "history.db"), "--log-level", "error"),
    ]


def _watched(
    process: "subprocess.Popen[bytes]",
    server: "subprocess.Popen[str]",
    url: str,
    minutes: float,
    phase_s: int,
) -> tuple[list[_Second], int]:
    """Return what each second shows, and how often the first camera was lost."""
    watched = psutil.Process(process.pid)
    seconds, num_lost, mode = [], 0, _PHASES[0]
    started = time.monotonic()
    for second in tqdm(range(round(60 * minutes)), unit="s", leave=False):
        time.sleep(max(0.0, started + second - time.monotonic()))
        if process.poll() is not None:
            raise EdgeDigitsError(f"the process ended with {process.returncode}")
        now = _PHASES[second // phase_s % len(_PHASES)]
        if now != mode:
            mode, num_lost = now, num_lost + (now != "well")
            assert server.stdin is not None
            server.stdin.write(f"{mode}\n")
        seconds.append(
            _Second(
                is_lost=mode != "well",
                is_settled=second % phase_s >= _SETTLING_S,
                num_first=_counters(f"{url}/first")["frames"],
                num_frames=_counters(f"{url}/second")["frames"],
                memory_mb=watched.memory_info().rss / 2**20,
            )
        )
    return seconds, num_lost


def _counters(url: str) -> dict[str, int]:
    """Return frames and reconnects of a camera so far."""
    with contextlib.closing(urllib.request.urlopen(f"{url}/metrics")) as answer:
        text = answer.read().decode()
    return {name: int(float(value)) for name, value in _COUNTERS.findall(text)}


def _num_recovered(seconds: list[_Second]) -> int:
    """Return after how many of its losses the first camera gave frames."""
    stretches = [list(alike) for _, alike in groupby(seconds, lambda now: now.is_lost)]
    return sum(
        not after[0].is_lost and after[-1].num_first > after[0].num_first
        for after in stretches[1:]
    )


def _fewest_in_10_s(seconds: list[_Second]) -> int:
    """Return the fewest frames that the other camera gave in ten seconds."""
    frames = [second.num_frames for second in seconds]
    return min(
        after - before for before, after in zip(frames, frames[10:], strict=False)
    )


def _rate(seconds: list[_Second], *, is_lost: bool) -> float:
    """Return frames a second of the other camera while the first is lost, or is not."""
    gained = [
        after.num_frames - before.num_frames
        for before, after in pairwise(seconds)
        if after.is_lost == is_lost and after.is_settled
    ]
    return round(float(np.mean(gained)), 3)
