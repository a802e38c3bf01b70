"""Scores of reading: annotated photographs, and scenes of our own."""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.command import Commands, Result, Row
from benchmarks.photos import Score, read_truths, score, total
from edge_app import classify, commands
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.scene import Scene
from edge_app.sources.images import read_image
from train.scenes.truth import Labelled, Truth


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
    return labelled(reader.read(image))


def labelled(read: Reading) -> list[Labelled]:
    """The digits of a reading, in reading order."""
    return [Labelled(digit.box_xywh, digit.label) for digit in read.digits]


def add(chosen: Commands) -> None:
    """Add the two commands."""
    of_photos = chosen.add(
        "photos",
        _run_photos,
        text="score reading on annotated photographs",
        example="DIR",
    )
    of_photos.add_argument(
        "folder", type=Path, metavar="DIR", help="photographs and their NAME.json"
    )
    of_scenes = chosen.add(
        "scenes",
        _run_scenes,
        text="score reading on scenes of our own",
        example="--count 500",
    )
    of_scenes.add_argument(
        "--count", type=commands.positive, default=200, help="how many scenes"
    )
    of_scenes.add_argument(
        "--first-seed",
        type=commands.positive,
        default=1000,
        help="seed of the first; the others have the numbers after it",
    )
    for parser in (of_photos, of_scenes):
        parser.add_argument("--model", metavar="NAME_OR_PATH", help="which model reads")


def _run_photos(arguments: argparse.Namespace) -> Result:
    scores = dict(photos(arguments.folder, Reader(classify.load(arguments.model))))
    scores["all"] = total(scores.values())
    return Result(
        _title("photographs", arguments.model),
        [_row("photo", name, each) for name, each in scores.items()],
    )


def _run_scenes(arguments: argparse.Namespace) -> Result:
    reader = Reader(classify.load(arguments.model))
    found = scenes(arguments.count, reader, first_seed=arguments.first_seed)
    row = _row("scenes", str(arguments.count), total(found))
    return Result(_title("demo scenes", arguments.model), [row])


def _title(what: str, model: str | None) -> str:
    return f"{what} read with {model or classify.default_model()}"


def _row(kind: str, name: str, found: Score) -> Row:
    return {
        kind: name,
        **dataclasses.asdict(found),
        "precision": round(found.precision, 4),
        "recall": round(found.recall, 4),
        "f1": round(found.f1, 4),
        "whole_share": round(found.whole_share, 4),
        "false_per_100": round(found.false_per_100, 2),
    }
