"""The steadiness of readings over time, before a shaky, noisy camera."""

import argparse
import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, readers
from benchmarks.common.command import Commands, Result, benchmark
from benchmarks.common.percentiles import percentile
from benchmarks.live import swaps
from benchmarks.live.shaken import shaken
from edge_app.common.errors import DataError
from edge_app.live.tracking.track import Event, Tracker
from edge_app.reader import Reader
from edge_app.reading import Digit
from edge_app.sources.demo.demo_scene import Scene, TrueDigit

_COUNTS = {"steadiness": 6, "swaps": 200, "writing": 200, "rests": 60}


@dataclass(frozen=True)
class SteadinessConstants:
    """Rates and times at which pages are shown.

    Attributes:
        rates_fps: Frames a second, one after the other.
        shown_s: For which each page is.
        between_pages_s: Between two pages, without frames.
        first_seed: Of the pages.
    """

    rates_fps: tuple[int, ...] = (5, 15, 30)
    shown_s: float = 5.0
    between_pages_s: float = 3.0
    first_seed: int = 2000


_STEADINESS = SteadinessConstants()


@dataclass(frozen=True)
class Steadiness:
    """Measures of a minute of reading.

    Attributes:
        fps: Frames a second.
        flips_before: Times a minute that a digit's label changed or vanished, as read.
        flips_after: The same of the tracked readings.
        numbers: How many numbers were shown.
        settled: How many of them settled.
        right: How many of those with the right text.
        settle_p50_s: Seconds from a number's first frame until it settled, median;
            `None` where none did.
        settle_p95_s: Exceeded by one number in twenty.
    """

    fps: int
    flips_before: float
    flips_after: float
    numbers: int
    settled: int
    right: int
    settle_p50_s: float | None
    settle_p95_s: float | None


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "tracking",
        _run,
        text="steadiness over time, while pages are swapped, and while a hand writes",
        example="--of swaps --count 200",
    )
    parser.add_argument(
        "--of",
        choices=tuple(_COUNTS),
        default="steadiness",
        help="pages that are shown for 5 s at 3 rates, pages that take each other's "
        "place, numbers that are being written (--strokes), or these with several "
        "times that written digits rest before they settle",
    )
    counts = ", ".join(f"{count} for {of}" for of, count in _COUNTS.items())
    benchmark_options.add_count(
        parser, f"pages, swaps or numbers (default: {counts})", default=None
    )
    heldout.add_options(parser)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    count = arguments.count or _COUNTS[arguments.of]
    if arguments.of in ("writing", "rests"):
        return _of_writing(arguments, choice, count)
    reader = readers.open_reader(choice)
    if arguments.of == "swaps":
        title = f"{count} swaps of pages read with {choice}"
        return Result(title, list(swaps.measure(reader, swaps=count)))
    found = measure(reader, pages=count)
    title = f"{count} shaky pages read with {choice}"
    return Result(title, [dataclasses.asdict(row) for row in found])


def _of_writing(
    arguments: argparse.Namespace, choice: readers.Choice, count: int
) -> Result:
    if arguments.strokes is None:
        raise DataError("numbers are written by real hands: --strokes DIR")
    hands = heldout.hands(arguments.strokes, arguments.part)
    from benchmarks.live import writing  # it needs what scenes are drawn with

    reader = readers.open_reader(choice)
    title = f"numbers written by hands of the part {arguments.part}, read with {choice}"
    if arguments.of == "rests":
        return Result(title, list(writing.measure_rests(reader, hands, count=count)))
    return Result(title, [writing.measure(reader, hands, count=count)])


def measure(reader: Reader, *, pages: int) -> Iterator[Steadiness]:
    """Measure steadiness at several frame rates, over the same pages."""
    first = _STEADINESS.first_seed
    for fps in tqdm(_STEADINESS.rates_fps, unit="rate", leave=False):
        yield _measured(reader, fps, range(first, first + pages))


def _measured(reader: Reader, fps: int, seeds: Sequence[int]) -> Steadiness:
    tracker = Tracker()
    flips = {"before": 0, "after": 0}
    settle_s: list[float] = []
    right = 0
    for page, seed in enumerate(tqdm(seeds, unit="page", leave=False)):
        scene = Scene(seed=seed)
        started_s = page * (_STEADINESS.shown_s + _STEADINESS.between_pages_s)
        labels: dict[str, list[int | None]] = {}
        events: list[Event] = []
        for n in range(round(_STEADINESS.shown_s * fps)):
            frame, truth = _frame(scene, seed, n / fps)
            time_s = started_s + n / fps
            reading = reader.read(frame)
            tracked, happened = tracker.update(reading, time_s)
            events += happened
            for stage, digits in (
                ("before", reading.digits),
                ("after", tracked.digits),
            ):
                now = _labels_at(truth, digits)
                flips[stage] += _changes(labels.get(stage, now), now)
                labels[stage] = now
        first = {e.number_id: e for e in events if e.kind == "settled"}
        settle_s += [e.time_s - started_s for e in first.values()]
        last = {e.number_id: e.text for e in events if e.kind in ("settled", "changed")}
        right += sum(text in scene.numbers for text in last.values())
    minutes = len(seeds) * _STEADINESS.shown_s / 60
    return Steadiness(
        fps=fps,
        flips_before=round(flips["before"] / minutes, 1),
        flips_after=round(flips["after"] / minutes, 1),
        numbers=sum(len(Scene(seed=seed).numbers) for seed in seeds),
        settled=len(settle_s),
        right=right,
        settle_p50_s=percentile(settle_s, 50),
        settle_p95_s=percentile(settle_s, 95),
    )


def _frame(
    scene: Scene, seed: int, time_s: float
) -> tuple[NDArray[np.uint8], list[TrueDigit]]:
    """Return a scene as a shaky, noisy camera sees it, out of focus now and then."""
    image, truth = scene.frame(time_s)
    seen, shift = shaken(image, seed, time_s)
    moved = [
        TrueDigit(
            d.label,
            (d.box_xywh[0] + shift[0], d.box_xywh[1] + shift[1], *d.box_xywh[2:]),
        )
        for d in truth
    ]
    return seen, moved


def _labels_at(truth: Sequence[TrueDigit], digits: Sequence[Digit]) -> list[int | None]:
    """Return the label read at each true digit's middle, if any."""
    found: list[int | None] = []
    for true in truth:
        x, y, width, height = true.box_xywh
        middle_x, middle_y = x + width / 2, y + height / 2
        found.append(
            next(
                (
                    digit.label
                    for digit in digits
                    if 0 <= middle_x - digit.box_xywh[0] <= digit.box_xywh[2]
                    and 0 <= middle_y - digit.box_xywh[1] <= digit.box_xywh[3]
                ),
                None,
            )
        )
    return found


def _changes(before: Sequence[int | None], now: Sequence[int | None]) -> int:
    pairs = zip(before, now, strict=True)
    return sum(was is not None and was != label for was, label in pairs)
