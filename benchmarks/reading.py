"""Scores of reading: annotated photographs, and scenes of our own."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.photos import Labelled, Score, Truth, read_truths, score
from edge_app.reader import Reader
from edge_app.scene import Scene
from edge_app.sources.images import read_image


def photos(folder: Path, reader: Reader) -> Iterator[tuple[str, Score]]:
    """File name and score of each annotated photograph in a folder.

    Raises:
        DataError: An annotation is malformed, or there are none.
        ImageError: A photograph is missing or unreadable.
    """
    for truth in tqdm(read_truths(folder), unit="photo", leave=False):
        image = read_image(folder / truth.file)
        yield truth.file, score(truth, predictions(reader, image))


def scenes(count: int, reader: Reader, *, first_seed: int) -> Iterator[Score]:
    """Scores of that many demo scenes, a frame of each."""
    for seed in tqdm(range(first_seed, first_seed + count), unit="scene", leave=False):
        frame, digits = Scene(seed=seed).frame(0.0)
        truth = Truth(
            f"scene {seed}", tuple(Labelled(d.box_xywh, d.label) for d in digits)
        )
        yield score(truth, predictions(reader, frame))


def predictions(reader: Reader, image: NDArray[np.uint8]) -> list[Labelled]:
    """What a reader sees in an image `(H, W, 3)` uint8, BGR."""
    return [
        Labelled(digit.box_xywh, digit.label) for digit in reader.read(image).digits
    ]
