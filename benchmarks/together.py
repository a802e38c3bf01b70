"""What rules and the page network read together, beside what rules read alone.

On scenes and digits that neither network was trained on, nor any figure is quoted of:
the validation part of the hands and of MNIST's training images. Here the constants are
tried that say when the network is believed (`edge_app/reader.py`, `agreed.py`).
"""

import argparse
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import heldout, options, photos, reading
from benchmarks.command import Commands, Result, Row, benchmark
from edge_app import classify, rules
from edge_app.reader import Reader
from train import scenes
from train.page import pool
from train.page.pool import Sources
from train.scenes.truth import Labelled, Truth

_FIRST_SEED = 5000  # the conditions' figures are of those from 1 on
_UPRIGHT = [name for name in scenes.CONDITIONS if name not in scenes.TURNED]
_MARGINS, _ENLARGED = (0, 3, 11), (1, 3, 10)  # pixels around 28x28, and how often

Shown = tuple[NDArray[np.uint8], Truth]


def measure(reader: Reader, classifier: classify.Classifier, shown: list[Shown]) -> Row:
    """Return counts of frames `(H, W, 3)` uint8, BGR, and of what is read in them."""
    alone = [
        photos.score(truth, _by_rules(frame, classifier)) for frame, truth in shown
    ]
    both = [
        photos.score(truth, reading.predictions(reader, frame))
        for frame, truth in shown
    ]
    return {
        "frames": len(shown),
        "digits": sum(each.digits for each in both),
        "right_by_rules": sum(each.right for each in alone),
        "false_by_rules": sum(each.false for each in alone),
        "right": sum(each.right for each in both),
        "false": sum(each.false for each in both),
    }


def _by_rules(
    frame: NDArray[np.uint8], classifier: classify.Classifier
) -> list[Labelled]:
    digits = rules.read(frame, classifier).digits
    return [
        Labelled(each.box_xywh, each.label) for each in digits if each.reject is None
    ]


def of_condition(name: str, count: int, sources: Sources) -> Iterator[Shown]:
    """Yield scenes of a condition by hands kept for validation."""
    mnist, hands = pool.writing(sources)
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        scene = scenes.make(name, seed, mnist=mnist, hands=hands)
        yield scene.frame, scene.truth


def single(count: int, sources: Sources) -> Iterator[Shown]:
    """Yield pictures of one digit each, of several sizes, margins and polarities."""
    mnist, _ = pool.writing(sources)
    for index in range(count):
        margin, times = _MARGINS[index % 3], _ENLARGED[index // 3 % 3]
        image = mnist.images[index]
        image = np.pad(image, margin)
        image = np.repeat(np.repeat(image, times, axis=0), times, axis=1)
        x, y, w, h = cv2.boundingRect((image > 60).astype(np.uint8))
        truth = Truth("", (Labelled((x, y, w, h), int(mnist.labels[index])),))
        image = 255 - image if index % 2 else image
        yield np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8), truth


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "together",
        _run,
        text="what rules and the page network read together, beside rules alone",
        example="--data ../shared/data/mnist --strokes ../shared/data/strokes",
    )
    options.add_data(parser)
    heldout.add_strokes(parser)
    options.add_count(parser, "frames of each kind", default=10)


def _run(arguments: argparse.Namespace) -> Result:
    sources = Sources(arguments.data, arguments.strokes, "validation")
    classifier = classify.load()
    reader = Reader(classifier)
    rows: list[Row] = []
    kinds = (*_UPRIGHT, *scenes.WITHOUT_DIGITS)
    for name in tqdm(kinds, unit="kind", leave=False):
        shown = list(of_condition(name, arguments.count, sources))
        rows.append({"frames of": name, **measure(reader, classifier, shown)})
    shown = list(single(10 * arguments.count, sources))
    rows.append({"frames of": "MNIST alone", **measure(reader, classifier, shown)})
    return Result("Read by rules alone, and with the page network", rows)
