"""The time of reading a frame, stage by stage."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from edge_app.common import option_types
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sources.demo.demo_scene import Scene
from train import scenes

_TOTAL = "total"

Size = tuple[int, int]
FrameImage = NDArray[np.uint8]

# What may stand before a camera, by name: some of it costs more than other.
CONTENTS: dict[str, Callable[[int, Size], FrameImage]] = {
    "print": lambda seed, size: _scene("no digits: print", seed, size),
    "sudoku": lambda seed, size: _scene("sudoku", seed, size),
    "table": lambda seed, size: _scene("table", seed, size),
    "leaves": lambda seed, size: _scene("no digits: leaves", seed, size),
    "blank": lambda _, size: np.full((size[1], size[0], 3), 230, np.uint8),
    "demo scene, first frame": lambda _, size: Scene(seed=1, size_wh=size).frame(0.0)[
        0
    ],
    "10 spread digits": lambda seed, size: _digits(10, seed, size),
}


@dataclass(frozen=True)
class FrameConstants:
    """The frames whose reading is timed.

    Attributes:
        sizes_wh: Of frames of one content, in pixels.
        content_size_wh: Of frames of several contents, in pixels.
        largest_drawn_wh: In pixels; larger frames are enlarged: their light and noise
            cost more.
        num_warmup: Frames that are read before any that counts.
        most_of_content: Frames of a content, read in turn.
        demo_seed: Of the demo scene.
    """

    sizes_wh: tuple[tuple[int, int], ...] = ((640, 480), (1280, 720), (4000, 3000))
    content_size_wh: tuple[int, int] = (1280, 960)
    largest_drawn_wh: tuple[int, int] = (1280, 960)
    num_warmup: int = 3
    most_of_content: int = 4
    demo_seed: int = 4


TIMED_FRAMES = FrameConstants()


@dataclass(frozen=True)
class FrameLatency:
    """Milliseconds that frames of one kind took.

    Attributes:
        content: What is on them.
        frame: Width and height.
        digits: Read in a frame, median.
        stages_ms: Median of each stage of reading.
        total_ms: Median of the whole reading.
        p95_ms: Exceeded by one frame in twenty.
        p99_ms: Exceeded by one in a hundred.
    """

    content: str
    frame: str
    digits: int
    stages_ms: Mapping[str, float]
    total_ms: float
    p95_ms: float
    p99_ms: float

    def row(self, content: str | None = None) -> Row:
        """Return the figures, called otherwise if need be."""
        return {
            "content": content or self.content,
            "frame": self.frame,
            "digits": self.digits,
            **{f"{stage}_ms": value for stage, value in self.stages_ms.items()},
            "total_ms": self.total_ms,
            "p95_ms": self.p95_ms,
            "p99_ms": self.p99_ms,
        }


def measure(
    reader: Reader, *, runs: int, num_digits: int | None = None
) -> Iterator[FrameLatency]:
    """Measure frames of several sizes, a moment later each time.

    Args:
        reader: What is timed.
        runs: Timed frames of each size, after a warm-up.
        num_digits: On each frame, of scenes of another writer each time; `None` for the
            demo scene.
    """
    content = "demo scene" if num_digits is None else f"{num_digits} digits"
    for size_wh in tqdm(TIMED_FRAMES.sizes_wh, unit="size", leave=False):
        drawn_wh = min(size_wh, TIMED_FRAMES.largest_drawn_wh)
        frames = _frames(num_digits, TIMED_FRAMES.num_warmup + runs, drawn_wh)
        readings = [reader.read(enlarged(frame, size_wh)) for frame in frames]
        yield _summary(content, size_wh, readings[TIMED_FRAMES.num_warmup :])


def measure_contents(reader: Reader, *, runs: int) -> Iterator[FrameLatency]:
    """Measure frames of one size with each of `CONTENTS`.

    Args:
        reader: What is timed.
        runs: Timed frames of each, after a warm-up.
    """
    for name, make in tqdm(CONTENTS.items(), unit="content", leave=False):
        drawn = [
            make(seed, TIMED_FRAMES.content_size_wh)
            for seed in range(1, 1 + min(runs, TIMED_FRAMES.most_of_content))
        ]
        readings = [
            reader.read(drawn[n % len(drawn)])
            for n in range(TIMED_FRAMES.num_warmup + runs)
        ]
        yield _summary(
            name, TIMED_FRAMES.content_size_wh, readings[TIMED_FRAMES.num_warmup :]
        )


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "frames",
        _run,
        text="time whole frames, stage by stage",
        example="--runs 200",
    )
    benchmark_options.add_runs(parser, "timed frames a kind", default=100)
    readers.add_threads(parser)
    parser.add_argument(
        "--digits",
        type=option_types.positive,
        metavar="N",
        help="frames with so many digits only (default: the demo scene's 29, and "
        "several contents)",
    )
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    runs, choice = arguments.runs, readers.chosen(arguments)
    reader = readers.open_reader(choice)
    cv2.setNumThreads(choice.num_threads)
    found = measure(reader, runs=runs, num_digits=arguments.digits)
    rows = [latency.row() for latency in found]
    if arguments.digits is None:
        contents = list(measure_contents(reader, runs=runs))
        slowest = max(contents, key=lambda latency: latency.total_ms)
        rows += [latency.row() for latency in contents]
        rows.append(slowest.row(f"slowest content: {slowest.content}"))
    return Result(
        f"{runs} frames each after a warm-up, threads {choice.num_threads}, read "
        f"with {choice}",
        rows,
    )


def _frames(num_digits: int | None, count: int, size_wh: Size) -> Iterator[FrameImage]:
    scene = Scene(seed=TIMED_FRAMES.demo_seed, size_wh=size_wh)
    for n in range(count):
        if num_digits is None:
            yield scene.frame(n / 15)[0]
        else:
            yield _digits(num_digits, n, size_wh)


def _digits(count: int, seed: int, size_wh: Size) -> FrameImage:
    return scenes.of_digits(count, seed, size_wh=size_wh).frame


def _scene(condition: str, seed: int, size_wh: Size) -> FrameImage:
    return scenes.make(condition, seed, size_wh=size_wh).frame


def enlarged(frame: FrameImage, size_wh: Size) -> FrameImage:
    """Return a frame with so many pixels, of which the drawn ones are fewer."""
    if frame.shape[1::-1] == size_wh:
        return frame
    return np.asarray(cv2.resize(frame, size_wh), np.uint8)


def _summary(content: str, size_wh: Size, readings: Sequence[Reading]) -> FrameLatency:
    def percentile(stage: str, percent: float) -> float:
        times_ms = [reading.latency_ms[stage] for reading in readings]
        return round(float(np.percentile(times_ms, percent)), 2)

    stages = [stage for stage in readings[0].latency_ms if stage != _TOTAL]
    return FrameLatency(
        content=content,
        frame=f"{size_wh[0]}x{size_wh[1]}",
        digits=int(np.median([len(reading.digits) for reading in readings])),
        stages_ms={stage: percentile(stage, 50) for stage in stages},
        total_ms=percentile(_TOTAL, 50),
        p95_ms=percentile(_TOTAL, 95),
        p99_ms=percentile(_TOTAL, 99),
    )
