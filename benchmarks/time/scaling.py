"""The growth of a reading's time with a frame's pixels, and with its digits."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options, readers
from benchmarks.common.command import Commands, Result, benchmark
from edge_app.common import files
from edge_app.reader import Reader
from train import scenes


@dataclass(frozen=True)
class ScalingConstants:
    """The frames whose reading is timed.

    Attributes:
        sizes_wh: In pixels, where these are varied.
        fixed_num_digits: On a page, meanwhile.
        num_digits: On a page, where these are varied.
        fixed_size_wh: In pixels, meanwhile.
        num_warmup: Readings of each frame before any that counts.
    """

    sizes_wh: tuple[tuple[int, int], ...] = (
        (320, 240), (640, 480), (960, 720), (1280, 960), (2048, 1536), (2816, 2112),
        (4000, 3000),
    )  # fmt: skip
    fixed_num_digits: int = 30
    num_digits: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256)
    fixed_size_wh: tuple[int, int] = (1280, 960)
    num_warmup: int = 2


_SCALING = ScalingConstants()


@dataclass(frozen=True)
class ScalingPoint:
    """Time of one kind of frame.

    Attributes:
        against: `"pixels"` or `"digits"`: what is varied.
        frame: Width and height.
        digits: On the page.
        pixels: Of the frame.
        median_ms: Of whole readings, one thread.
        best_ms: Of the fastest one.
    """

    against: str
    frame: str
    digits: int
    pixels: int
    median_ms: float
    best_ms: float

    @property
    def amount(self) -> int:
        """Return how much there is of what is varied."""
        return self.pixels if self.against == "pixels" else self.digits


def measure(reader: Reader, *, runs: int) -> list[ScalingPoint]:
    """Measure times against pixels, at a fixed number of digits, and against digits.

    Args:
        reader: What is timed.
        runs: Timed readings of each frame, taken in turn with those of the others so
            that a busy moment of the machine slows all of them.
    """
    cv2.setNumThreads(1)
    cases = [
        ("pixels", _SCALING.fixed_num_digits, size_wh) for size_wh in _SCALING.sizes_wh
    ]
    cases += [
        ("digits", count, _SCALING.fixed_size_wh) for count in _SCALING.num_digits
    ]
    frames = [
        scenes.of_digits(count, 1, size_wh=size_wh).frame
        for _, count, size_wh in tqdm(cases, "draw", leave=False)
    ]
    times_ms: list[list[float]] = [[] for _ in cases]
    for run in tqdm(range(_SCALING.num_warmup + runs), "read", leave=False):
        for frame, times in zip(frames, times_ms, strict=True):
            latency_ms = reader.read(frame).latency_ms["total"]
            if run >= _SCALING.num_warmup:
                times.append(latency_ms)
    return [
        ScalingPoint(
            against=against,
            frame=f"{width}x{height}",
            digits=count,
            pixels=width * height,
            median_ms=round(float(np.median(times)), 2),
            best_ms=round(min(times), 2),
        )
        for (against, count, (width, height)), times in zip(
            cases, times_ms, strict=True
        )
    ]


def exponent(points: Sequence[ScalingPoint]) -> float:
    """Return by which power of what is varied the time grows; 1 is linear.

    The slope of the straight line that fits the logarithms best. The fastest reading
    counts: whatever else the machine does can only add to it.
    """
    amounts = np.log([point.amount for point in points])
    times = np.log([point.best_ms for point in points])
    return float(np.polyfit(amounts, times, 1)[0])


def steepest(points: Sequence[ScalingPoint]) -> float:
    """Return the largest exponent between a point and one of twice its amount or more.

    A fixed cost hides in `exponent` what happens at the large end; it does not here.
    """
    return max(
        exponent([a, b])
        for i, a in enumerate(points)
        for b in points[i + 1 :]
        if b.amount >= 2 * a.amount
    )


def plot(points: Sequence[ScalingPoint], path: Path) -> None:
    """Write a picture of the times, both axes logarithmic, beside linear growth.

    Args:
        points: What `measure` returned.
        path: The picture; its suffix chooses the format.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    both = figure.subplots(1, 2)
    for axes, against in zip(both, ("pixels", "digits"), strict=True):
        selected = [point for point in points if point.against == against]
        amounts = np.array([point.amount for point in selected], float)
        times = np.array([point.best_ms for point in selected])
        slope, offset = np.polyfit(np.log(amounts), np.log(times), 1)
        linear = times[-1] * amounts / amounts[-1]
        axes.loglog(amounts, times, "o", label="measured")
        axes.loglog(
            amounts, np.exp(offset) * amounts**slope, label=f"{against}^{slope:.2f}"
        )
        axes.loglog(amounts, linear, ":", color="gray", label="linear")
        axes.set_xlabel(f"{against} of the frame")
        axes.set_ylabel("milliseconds a reading")
        axes.grid(visible=True, which="both", alpha=0.3)
        axes.legend()
    with files.replacing(path) as unfinished:
        figure.savefig(unfinished, format=path.suffix.lstrip(".") or "png", dpi=110)


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "scaling",
        _run,
        text="time reading against pixels and against digits",
        example="--plot scaling.png",
    )
    benchmark_options.add_runs(parser, "timed readings a frame", default=15)
    benchmark_options.add_plot(parser, "the times")
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    reader = readers.open_reader(readers.chosen(arguments))
    points = measure(reader, runs=arguments.runs)
    if arguments.plot:
        plot(points, arguments.plot)
    by_pixels, by_digits = (
        [point for point in points if point.against == against]
        for against in ("pixels", "digits")
    )
    title = (
        f"time grows with pixels^{exponent(by_pixels):.2f} (steepest "
        f"{steepest(by_pixels):.2f}) and digits^{exponent(by_digits):.2f} (steepest "
        f"{steepest(by_digits):.2f}); {arguments.runs} readings each, one thread"
    )
    return Result(title, [vars(point) for point in points])
