"""How long reading a frame takes, stage by stage."""

import argparse
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.command import Commands, Result
from edge_app import classify, commands
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.scene import Scene
from train import scenes

SIZES_WH = ((640, 480), (1280, 720), (4000, 3000))
_WARMUP = 3
_LARGEST_DRAWN_WH = (1280, 960)  # larger frames are enlarged: light and noise cost more


@dataclass(frozen=True)
class FrameLatency:
    """Milliseconds that frames of one size took.

    Attributes:
        frame: Width and height.
        digits: Read in a frame, median.
        segment_ms: Median, as are the next two.
        normalise_ms: From ink to model inputs.
        classify_ms: In the model.
        total_ms: Median of the whole reading.
        p95_ms: Exceeded by one frame in twenty.
        p99_ms: Exceeded by one in a hundred.
    """

    frame: str
    digits: int
    segment_ms: float
    normalise_ms: float
    classify_ms: float
    total_ms: float
    p95_ms: float
    p99_ms: float


def measure(
    reader: Reader, *, runs: int, num_threads: int, num_digits: int | None = None
) -> Iterator[FrameLatency]:
    """Latencies of frames of the demo scene, a moment later each time.

    Args:
        reader: What is timed.
        runs: Timed frames of each size, after a warm-up.
        num_threads: Threads that OpenCV may use.
        num_digits: On each frame, of scenes of another writer each time; `None` for the
            demo scene.
    """
    cv2.setNumThreads(num_threads)
    for size_wh in tqdm(SIZES_WH, unit="size", leave=False):
        drawn_wh = min(size_wh, _LARGEST_DRAWN_WH)
        frames = _frames(num_digits, _WARMUP + runs, drawn_wh)
        readings = [reader.read(_enlarged(frame, size_wh)) for frame in frames]
        yield _summary(size_wh, readings[_WARMUP:])


def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "frames",
        _run,
        text="time whole frames, stage by stage",
        example="--runs 200",
    )
    parser.add_argument(
        "--runs", type=commands.positive, default=100, help="timed frames a size"
    )
    parser.add_argument(
        "--threads", type=commands.positive, default=1, help="of OpenCV and the model"
    )
    parser.add_argument(
        "--digits",
        type=commands.positive,
        metavar="N",
        help="on each frame (default: the demo scene's 29)",
    )
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="which model reads")


def _run(arguments: argparse.Namespace) -> Result:
    runs, num_threads = arguments.runs, arguments.threads
    reader = Reader(classify.load(arguments.model, num_threads=num_threads))
    found = measure(
        reader, runs=runs, num_threads=num_threads, num_digits=arguments.digits
    )
    return Result(
        f"{runs} frames each after a warm-up, threads {num_threads}",
        [dataclasses.asdict(row) for row in found],
    )


def _frames(
    num_digits: int | None, count: int, size_wh: tuple[int, int]
) -> Iterator[NDArray[np.uint8]]:
    if num_digits is None:
        scene = Scene(seed=4, size_wh=size_wh)
        yield from (scene.frame(n / 15)[0] for n in range(count))
        return
    for seed in range(count):
        yield scenes.of_digits(num_digits, seed, size_wh=size_wh).frame


def _enlarged(frame: NDArray[np.uint8], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    if frame.shape[1::-1] == size_wh:
        return frame
    return np.asarray(cv2.resize(frame, size_wh), np.uint8)


def _summary(size_wh: tuple[int, int], readings: list[Reading]) -> FrameLatency:
    def percentile(stage: str, percent: float) -> float:
        times_ms = [reading.latency_ms[stage] for reading in readings]
        return round(float(np.percentile(times_ms, percent)), 2)

    return FrameLatency(
        frame=f"{size_wh[0]}x{size_wh[1]}",
        digits=int(np.median([len(reading.digits) for reading in readings])),
        segment_ms=percentile("segment", 50),
        normalise_ms=percentile("normalise", 50),
        classify_ms=percentile("classify", 50),
        total_ms=percentile("total", 50),
        p95_ms=percentile("total", 95),
        p99_ms=percentile("total", 99),
    )
