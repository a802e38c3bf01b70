"""The calibration of the confidence of digits that are read."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, readers
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from benchmarks.reading import FIRST_SCENE_SEED, photos, scores
from edge_app.cli.read_photos import PhotoReader, PictureFolders
from edge_app.reader import Reader
from edge_app.reading import Reading
from train import scenes
from train.report import reliability
from train.scenes.truth import Truth

if TYPE_CHECKING:  # it is only passed on
    from train.scenes.writing.hands import Hands

NUM_RANGES = 10
# Of each digit that counts: how sure, whether right.
JudgedDigits = list[tuple[float, bool]]


def of_scenes(reader: Reader, *, count: int, hands: "Hands | None") -> JudgedDigits:
    """Return confidences on rendered scenes, and whether each digit is right.

    Args:
        reader: What reads.
        count: Scenes of each condition; of those that lie on their side, none.
        hands: As `scenes.make` takes them.
    """
    conditions = [name for name in scenes.CONDITIONS if name not in scenes.TURNED]
    conditions += scenes.WITHOUT_DIGITS
    judged: JudgedDigits = []
    for condition in tqdm(conditions, unit="condition", leave=False):
        for seed in range(FIRST_SCENE_SEED, FIRST_SCENE_SEED + count):
            scene = scenes.make(condition, seed, hands=hands)
            judged += judge(scene.truth, reader.read(scene.frame))
    return judged


def of_photos(reader: Reader, folder: Path) -> JudgedDigits:
    """Return the same as `of_scenes`, on annotated photographs.

    Raises:
        DataError: An annotation is malformed, or there are none.
        ImageError: A photograph is missing or unreadable.
    """
    of_files = PhotoReader(reader, PictureFolders())
    return [
        judgment
        for truth in photos.read_truths(folder)
        for judgment in judge(truth, of_files.read(folder / truth.file))
    ]


def judge(truth: Truth, read: Reading) -> JudgedDigits:
    """Return how sure each digit that counts is, and whether it is right."""
    verdicts = photos.verdicts(truth, scores.labeled(read))
    return [
        (digit.confidence, verdict)
        for digit, verdict in zip(read.digits, verdicts, strict=True)
        if verdict is not None
    ]


def summary(source: str, judged: JudgedDigits) -> Iterator[Row]:
    """Yield rows of the ranges of confidence that occur, and of all."""
    confidences = np.array([confidence for confidence, _ in judged], np.float32)
    right = np.array([is_right for _, is_right in judged], bool)
    bins = reliability.bins(confidences, right, num_bins=NUM_RANGES)
    for bin_range in bins:
        if bin_range.count:
            span = f"{bin_range.low:.1f} to {bin_range.high:.1f}"
            off = abs(bin_range.accuracy - bin_range.confidence)
            yield _row(
                source,
                span,
                bin_range.count,
                bin_range.confidence,
                bin_range.accuracy,
                off,
            )
    if judged:
        error = reliability.expected_calibration_error(
            confidences, right, num_bins=NUM_RANGES
        )
        mean, share = float(confidences.mean()), float(right.mean())
        yield _row(source, "all", len(judged), mean, share, error)


def _row(
    source: str, span: str, count: int, confidence: float, right: float, error: float
) -> Row:
    return {
        "read_from": source,
        "confidence": span,
        "digits": count,
        "mean_confidence": confidence,
        "right": right,
        "calibration_error": error,
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "reliability-scenes",
        _run,
        text="compare confidence and accuracy of the digits on scenes and photographs",
        example="--photos ../shared/data/photos --strokes ../shared/data/strokes",
    )
    benchmark_options.add_count(parser, "scenes a condition", default=2)
    benchmark_options.add_photos(parser)
    heldout.add_options(parser)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    cv2.setNumThreads(1)
    hands = None
    if arguments.strokes:
        hands = heldout.hands(arguments.strokes, arguments.part)
    reader = readers.open_reader(choice)
    folders: Sequence[Path] = arguments.photos
    found = {str(folder): of_photos(reader, folder) for folder in folders}
    found["scenes"] = of_scenes(reader, count=arguments.count, hands=hands)
    rows = [row for name, judged in found.items() for row in summary(name, judged)]
    return Result(
        f"digits read with {choice}: their confidence, the share that is right, and "
        "the expected calibration error",
        rows,
        shown=in_percent(rows),
    )
