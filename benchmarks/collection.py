"""How well digits are read that were collected elsewhere, by other people."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import mnist, options
from benchmarks.command import Commands, Result, Row, benchmark, in_percent
from convert.images import SUFFIXES
from edge_app import normalise
from edge_app.classify import NUM_DIGITS, Classifier
from edge_app.errors import DataError
from edge_app.sources.images import read_image
from train.data import Split

_ENLARGED = 4  # scikit-learn's are of 8x8 pixels
_FULL_INK = 16  # their darkest value


def scikit_learn() -> Split:
    """The 1,797 digits that come with scikit-learn, as the app would normalise them.

    43 people wrote them (Alpaydin and Kaynak, Optical recognition of handwritten
    digits, UCI Machine Learning Repository, 1998); each is 8x8 pixels of 17 levels.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    inks = np.asarray(np.rint(found.images * (255 / _FULL_INK)), np.uint8)
    images = [
        normalise.normalise(
            np.asarray(
                cv2.resize(
                    ink,
                    None,
                    fx=_ENLARGED,
                    fy=_ENLARGED,
                    interpolation=cv2.INTER_CUBIC,
                ),
                np.uint8,
            )
        )
        for ink in inks
    ]
    return Split(np.stack(images), found.target.astype(np.uint8))


def folder(path: Path) -> Split:
    """The digits in a folder, as the app would normalise them.

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
        if file.suffix.lower() in SUFFIXES
    ]
    if not files:
        raise DataError(
            f"{path}: sub-folders 0 to 9 with pictures of digits expected "
            f"({', '.join(SUFFIXES)})"
        )
    images = [
        normalise.normalise(_ink(read_image(file)))
        for file, _ in tqdm(files, unit="picture", leave=False)
    ]
    return Split(np.stack(images), np.array([label for _, label in files], np.uint8))


def measure(classifiers: Mapping[str, Classifier], digits: Split) -> list[Row]:
    """Accuracy of each model with and without rejection.

    Args:
        classifiers: The models by name.
        digits: What is read, as `normalise` makes it.
    """
    inputs = normalise.to_model_input(digits.images)
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
                "accuracy_of_accepted": float(np.mean(right[accepted])),
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
        type=Path,
        nargs="?",
        metavar="DIR",
        help="sub-folders 0 to 9 of pictures (default: the digits that come with "
        "scikit-learn)",
    )
    options.add_models(parser)


def _run(arguments: argparse.Namespace) -> Result:
    digits = folder(arguments.folder) if arguments.folder else scikit_learn()
    rows = measure(mnist.classifiers(arguments.models), digits)
    whose = arguments.folder or "scikit-learn"
    return Result(f"{len(digits):,} digits of {whose}", rows, shown=in_percent(rows))


def _ink(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink of a picture of one digit, bright on 0: what differs from its border."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(border))
    if ground > grey.mean():
        grey, ground = 255 - grey, 255 - ground
    ink = np.asarray(cv2.subtract(grey, np.full_like(grey, ground)), np.uint8)
    threshold, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    return np.asarray(
        cv2.threshold(ink, threshold / 2, 255, cv2.THRESH_TOZERO)[1], np.uint8
    )
