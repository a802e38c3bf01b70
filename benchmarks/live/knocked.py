"""A benchmark of fields before a camera that is knocked: do they follow it?"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from benchmarks.live import meter
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.values.value import MOVED
from edge_app.model import classify
from edge_app.model.normalize import to_model_input
from train.data.mnist import Split, load


@dataclass(frozen=True)
class _Knocks:
    """Knocks, and the meters that are knocked.

    Attributes:
        most_shift_share: The most that a knock shifts, of the frame's sides.
        most_turn_deg: The most that it turns, degrees.
        light: Factor of the light, from least to most.
        least_confidence: Of the right label, of a digit by itself that is legible.
        num_validation: The usual validation images, at the end of the training ones;
            models may have been fitted to the others.
        num_faces: Meters; each is knocked again and again.
    """

    most_shift_share: float = 0.05
    most_turn_deg: float = 3.0
    light: tuple[float, float] = (0.75, 1.15)
    least_confidence: float = 0.99
    num_validation: int = 10_000
    num_faces: int = 10


_KNOCKS = _Knocks()


@dataclass(frozen=True)
class KnockedField:
    """A field after a knock.

    Attributes:
        still: What it read without the knock.
        followed: What it read, with the reference.
        left: What it read where it had been.
        is_lost: Whether it said that the camera moved.
        truth: What stands there.
    """

    still: str | None
    followed: str | None
    left: str | None
    is_lost: bool
    truth: str


def measure(
    digits: Split, settings: ReaderSettings, *, count: int, seed: int
) -> Iterator[KnockedField]:
    """Yield the fields of meters, each before and after a knock.

    Args:
        digits: What their numbers are made of.
        settings: How they are read.
        count: Knocks.
        seed: Of meters and knocks.
    """
    rng = np.random.default_rng(seed)
    fixed = Setup(fields=meter.fields())
    reader = LiveReader(settings, LiveSetup())
    with tempfile.TemporaryDirectory() as folder:
        references = [Path(folder) / f"{face}.jpg" for face in range(_KNOCKS.num_faces)]
        for face, path in enumerate(references):
            first = meter.draw(digits, rng, face_seed=face)
            cv2.imwrite(str(path), meter.seen(first, rng=rng))
        for number in tqdm(range(count), unit="knock", leave=False):
            face = number * _KNOCKS.num_faces // count
            followed = Setup(fields=fixed.fields, reference=references[face])
            now = meter.draw(digits, rng, face_seed=face)
            knocked = _seen_after_a_knock(now, rng)
            still = reader.read_fields(meter.seen(now, rng=rng), fixed).fields
            left = reader.read_fields(knocked, fixed).fields
            found = reader.read_fields(knocked, followed).fields
            for before, here, there in zip(still, found, left, strict=True):
                yield KnockedField(
                    before.text,
                    here.text,
                    there.text,
                    here.fault == MOVED,
                    now.numbers[before.name],
                )


def _seen_after_a_knock(
    now: meter.Meter, rng: np.random.Generator
) -> NDArray[np.uint8]:
    shift, turn = _KNOCKS.most_shift_share, _KNOCKS.most_turn_deg
    return meter.seen(
        now,
        shift_xy=(rng.uniform(-shift, shift), rng.uniform(-shift, shift)),
        degrees=rng.uniform(-turn, turn),
        brightness=rng.uniform(*_KNOCKS.light),
        rng=rng,
    )


def legible(digits: Split) -> Split:
    """Return the digits that the default model reads by themselves, and is sure of.

    The others would measure handwriting, which other benchmarks do.
    """
    scores = classify.load().scores(to_model_input(digits.images))
    right = scores[np.arange(len(digits)), digits.labels] >= _KNOCKS.least_confidence
    return Split(digits.images[right], digits.labels[right])


def summary(found: Sequence[KnockedField]) -> list[Row]:
    """Return how many values are right, before knocks and after them."""
    count = len(found)
    texts = {
        "before the knock": [field.still for field in found],
        "after it, with the reference": [field.followed for field in found],
        "after it, without": [field.left for field in found],
    }
    truths = [field.truth for field in found]
    return [
        {
            "fields": name,
            "values": count,
            "right": sum(map(str.__eq__, truths, map(str, read))) / count,
            "wrong": sum(
                text not in (None, truth)
                for text, truth in zip(read, truths, strict=True)
            )
            / count,
            "camera_moved": sum(field.is_lost for field in found) / count
            if "with the" in name
            else 0.0,
        }
        for name, read in texts.items()
    ]


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "knocked",
        _run,
        text="count values of fields that are right after the camera was knocked",
        example="--count 20",
    )
    benchmark_options.add_count(parser, "knocks, of two fields", default=200)
    benchmark_options.add_seed(parser)
    parser.add_argument(
        "--part",
        choices=("train", "validation", "test"),
        default="validation",
        help="of MNIST's images: the test images, the last 10,000 training images for "
        "validation, or the training images before them",
    )
    parser.add_argument(
        "--every-hand",
        action="store_true",
        default=False,
        help="take digits that cannot be read by themselves, too",
    )
    benchmark_options.add_data(parser)


def _run(arguments: argparse.Namespace) -> Result:
    cv2.setNumThreads(1)
    if arguments.part == "test":
        digits = test_digits.test_images(arguments.data)
    else:
        training, count = load(arguments.data, "train"), _KNOCKS.num_validation
        of_part = slice(-count) if arguments.part == "train" else slice(-count, None)
        digits = Split(training.images[of_part], training.labels[of_part])
    if not arguments.every_hand:
        digits = legible(digits)
    found = measure(
        digits, ReaderSettings(), count=arguments.count, seed=arguments.seed
    )
    rows = summary(list(found))
    hands = "" if arguments.every_hand else "the legible ones of "
    return Result(
        f"{arguments.count} knocks of up to {_KNOCKS.most_shift_share:.0%} and "
        f"{_KNOCKS.most_turn_deg:g} degrees of meters with two fields of {hands}"
        f"MNIST's {arguments.part} digits",
        rows,
        shown=in_percent(rows),
    )
