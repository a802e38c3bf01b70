"""The accuracy on digits that were collected elsewhere, by other people."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import (
    Commands,
    Result,
    Row,
    benchmark,
    in_percent,
    share,
)
from convert.source.own_images import IMAGE_SUFFIXES
from edge_app.common import option_types
from edge_app.common.errors import DataError
from edge_app.model import normalize
from edge_app.model.classify import NUM_DIGITS, Classifier
from edge_app.sources.pictures.images import read_image
from train.data.mnist import Split

_ENLARGED_FACTOR = 4  # scikit-learn's are of 8x8 pixels
_FULL_INK = 16  # their darkest value


def scikit_learn() -> Split:
    """Return scikit-learn's 1,797 digits, as the app would normalize them.

    43 people wrote them (Alpaydin and Kaynak, Optical recognition of handwritten
    digits, UCI Machine Learning Repository, 1998); each is 8x8 pixels of 17 levels.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    inks = np.asarray(np.rint(found.images * (255 / _FULL_INK)), np.uint8)
    images = [
        normalize.normalize(
            np.asarray(
                cv2.resize(
                    ink,
                    None,
                    fx=_ENLARGED_FACTOR,
                    fy=_ENLARGED_FACTOR,
                    interpolation=cv2.INTER_CUBIC,
                ),
                np.uint8,
            )
        )
        for ink in inks
    ]
    return Split(np.stack(images), found.target.astype(np.uint8))


def folder(path: Path) -> Split:
    """Return the digits in a folder, as the app would normalize them.

    Args:
        path: Holds sub-folders `0` to `9` of pictures of one digit each, dark on light
            or light on dark.

    Raises:
        DataError: There are none, or one cannot be read.
    """
    files = [
        (file, label)
        for label in range(NUM_DIGITS)
        for file in sorted((path / str(label)).glob("*"))
        if file.suffix.lower() in IMAGE_SUFFIXES
    ]
    if not files:
        raise DataError(
            f"{path}: sub-folders 0 to 9 with pictures of digits expected "
            f"({', '.join(IMAGE_SUFFIXES)})"
        )
    images = [
        normalize.normalize(_ink(read_image(file)))
        for file, _ in tqdm(files, unit="picture", leave=False)
    ]
    return Split(np.stack(images), np.array([label for _, label in files], np.uint8))


def measure(classifiers: Mapping[str, Classifier], digits: Split) -> list[Row]:
    """Return the accuracy of each model with and without rejection.

    Args:
        classifiers: The models by name.
        digits: What is read, as `normalize` makes it.
    """
    inputs = normalize.to_model_input(digits.images)
    rows = []
    for name, classifier in classifiers.items():
        readings = classifier(inputs)
        accepted = np.array([reading.accepted for reading in readings])
        right = np.array([reading.label for reading in readings]) == digits.labels
        rows.append(
            {
                "model": name,
                "digits": len(digits),
                "accuracy": float(np.mean(right)),
                "accepted": float(np.mean(accepted)),
                "accuracy_of_accepted": share(right[accepted]),
            }
        )
    return rows


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "collection",
        _run,
        text="score digits that were collected elsewhere, with and without rejection",
        example="scans --models edge-int8",
    )
    parser.add_argument(
        "folder",
        type=option_types.path,
        nargs="?",
        metavar="DIR",
        help="sub-folders 0 to 9 of pictures (default: the digits that come with "
        "scikit-learn)",
    )
    benchmark_options.add_models(parser)


def _run(arguments: argparse.Namespace) -> Result:
    digits = folder(arguments.folder) if arguments.folder else scikit_learn()
    rows = measure(test_digits.classifiers(arguments.models), digits)
    whose = arguments.folder or "scikit-learn"
    return Result(f"{len(digits):,} digits of {whose}", rows, shown=in_percent(rows))


def _ink(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture's ink, bright on 0: what differs from its border."""
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ground = float(np.median(border))
    if ground > gray.mean():
        gray, ground = 255 - gray, 255 - ground
    ink = np.asarray(cv2.subtract(gray, np.full_like(gray, ground)), np.uint8)
    threshold, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    return np.asarray(
        cv2.threshold(ink, threshold / 2, 255, cv2.THRESH_TOZERO)[1], np.uint8
    )
