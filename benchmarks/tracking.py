"""How steady readings are over time, on the demo scene with noise and motion."""

import argparse
import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import readers
from benchmarks.command import Commands, Result
from edge_app import commands
from edge_app.reader import Reader
from edge_app.reading import Digit
from edge_app.scene import Scene, TrueDigit
from edge_app.track import Event, Tracker

RATES_FPS = (5, 15, 30)
_PAGE_S = 5.0  # how long each page is shown
_PAUSE_S = 3.0  # between two pages, without frames
_NOISE = 12.0  # grey levels, on top of the scene's own
_SHAKE = 0.008  # of the frame's width: how far a hand moves the camera
_SHAKES_PER_S = 0.9
_DEFOCUS_S, _DEFOCUSED_SHARE = 1.7, 0.15  # how often, and how long, focus is lost


@dataclass(frozen=True)
class Steadiness:
    """What a minute of reading is like.

    Attributes:
        fps: Frames a second.
        flips_before: Times a minute that a digit's label changed or vanished, as read.
        flips_after: The same of the tracked readings.
        numbers: How many numbers were shown.
        settled: How many of them settled.
        right: How many of those with the right text.
        settle_p50_s: Seconds from a number's first frame until it settled, median.
        settle_p95_s: Exceeded by one number in twenty.
    """

    fps: int
    flips_before: float
    flips_after: float
    numbers: int
    settled: int
    right: int
    settle_p50_s: float
    settle_p95_s: float


def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "tracking", _run, text="steadiness over time", example="--pages 20"
    )
    parser.add_argument(
        "--pages", type=commands.positive, default=6, help="each for 5 s at 3 rates"
    )
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    found = measure(readers.open_reader(choice), pages=arguments.pages)
    title = f"{arguments.pages} shaky pages read with {choice}"
    return Result(title, [dataclasses.asdict(row) for row in found])


def measure(reader: Reader, *, pages: int) -> Iterator[Steadiness]:
    """Steadiness at several frame rates, each over the same pages."""
    for fps in tqdm(RATES_FPS, unit="rate", leave=False):
        yield _measured(reader, fps, range(2000, 2000 + pages))


def _measured(reader: Reader, fps: int, seeds: Sequence[int]) -> Steadiness:
    tracker = Tracker()
    flips = {"before": 0, "after": 0}
    settle_s: list[float] = []
    right = 0
    for page, seed in enumerate(tqdm(seeds, unit="page", leave=False)):
        scene = Scene(seed=seed)
        started_s = page * (_PAGE_S + _PAUSE_S)
        labels: dict[str, list[int | None]] = {}
        events: list[Event] = []
        for n in range(round(_PAGE_S * fps)):
            frame, truth = _frame(scene, seed, n / fps)
            time_s = started_s + n / fps
            reading = reader.read(frame)
            tracked, happened = tracker.update(reading, time_s)
            events += happened
            for way, digits in (("before", reading.digits), ("after", tracked.digits)):
                now = _labels_at(truth, digits)
                flips[way] += _changes(labels.get(way, now), now)
                labels[way] = now
        first = {e.number_id: e for e in events if e.kind == "settled"}
        settle_s += [e.time_s - started_s for e in first.values()]
        last = {e.number_id: e.text for e in events if e.kind in ("settled", "changed")}
        right += sum(text in scene.numbers for text in last.values())
    minutes = len(seeds) * _PAGE_S / 60
    return Steadiness(
        fps=fps,
        flips_before=round(flips["before"] / minutes, 1),
        flips_after=round(flips["after"] / minutes, 1),
        numbers=sum(len(Scene(seed=seed).numbers) for seed in seeds),
        settled=len(settle_s),
        right=right,
        settle_p50_s=round(float(np.percentile(settle_s, 50)), 2),
        settle_p95_s=round(float(np.percentile(settle_s, 95)), 2),
    )


def _frame(
    scene: Scene, seed: int, time_s: float
) -> tuple[NDArray[np.uint8], list[TrueDigit]]:
    """The scene before a shaky, noisy camera that loses its focus now and then."""
    image, truth = scene.frame(time_s)
    width = image.shape[1]
    turn = 2 * math.pi * _SHAKES_PER_S * time_s
    shift = _SHAKE * width * np.array([math.sin(turn), math.cos(1.3 * turn)])
    motion = np.hstack([np.eye(2), shift[:, np.newaxis]])
    size_wh = image.shape[1::-1]
    seen = cv2.warpAffine(image, motion, size_wh, borderMode=cv2.BORDER_REPLICATE)
    if (time_s % _DEFOCUS_S) / _DEFOCUS_S < _DEFOCUSED_SHARE and time_s > 1:
        seen = cv2.GaussianBlur(seen, (0, 0), 1.6)
    rng = np.random.default_rng([seed, round(1000 * time_s)])
    noisy = seen + rng.normal(0, _NOISE, seen.shape)
    moved = [
        TrueDigit(
            d.label,
            (d.box_xywh[0] + shift[0], d.box_xywh[1] + shift[1], *d.box_xywh[2:]),
        )
        for d in truth
    ]
    return np.clip(noisy, 0, 255).astype(np.uint8), moved


def _labels_at(truth: Sequence[TrueDigit], digits: Sequence[Digit]) -> list[int | None]:
    """The label read at each true digit's middle, if any."""
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
