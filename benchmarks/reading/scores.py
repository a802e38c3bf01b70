"""Scores of reading: annotated photographs, and scenes of our own."""

import argparse
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.reading.photos import Score, read_truths, score, total
from edge_app import find
from edge_app.cli.read_photos import PhotoReader, PictureFolders
from edge_app.common import option_types
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sources.demo.demo_scene import Scene
from train.scenes.truth import LabeledDigit, Truth


def photos(folder: Path, reader: Reader) -> Iterator[tuple[str, Score]]:
    """Yield file name and score of each annotated photograph in a folder.

    They are read as `edge-digits read` does, turned where EXIF says so.

    Raises:
        DataError: An annotation is malformed, or there are none.
        ImageError: A photograph is missing or unreadable.
    """
    of_files = PhotoReader(reader, PictureFolders())
    for truth in tqdm(read_truths(folder), unit="photo", leave=False):
        read = of_files.read(folder / truth.file)
        yield truth.file, score(truth, labeled(read))


def scenes(count: int, reader: Reader, *, first_seed: int) -> Iterator[Score]:
    """Yield the scores of `count` demo scenes, a frame of each."""
    for seed in tqdm(range(first_seed, first_seed + count), unit="scene", leave=False):
        scene = Scene(seed=seed)
        frame, digits = scene.frame(0.0)
        ends = [0, *accumulate(map(len, scene.numbers))]
        truth = Truth(
            f"scene {seed}",
            tuple(LabeledDigit(d.box_xywh, d.label) for d in digits),
            numbers=tuple(tuple(range(*span)) for span in pairwise(ends)),
        )
        read = reader.read(frame)
        numbers = [number.digits for number in read.numbers]
        yield score(truth, labeled(read), numbers)


def predictions(reader: Reader, image: NDArray[np.uint8]) -> list[LabeledDigit]:
    """Return what a reader sees in an image `(H, W, 3)` uint8, BGR."""
    return labeled(reader.read(image))


def labeled(read: Reading) -> list[LabeledDigit]:
    """Return the digits of a reading, in reading order."""
    return [LabeledDigit(digit.box_xywh, digit.label) for digit in read.digits]


@benchmark
def add(chosen: Commands) -> None:
    """Add the two commands."""
    of_photos = chosen.add(
        "photos",
        _run_photos,
        text="score reading on annotated photographs",
        example="../shared/data/photos ../shared/data/photos2",
    )
    of_photos.add_argument(
        "folders",
        type=option_types.path,
        nargs="+",
        metavar="DIR",
        help="photographs and their NAME.json",
    )
    of_scenes = chosen.add(
        "scenes",
        _run_scenes,
        text="score reading on scenes of our own",
        example="--count 500",
    )
    benchmark_options.add_count(of_scenes, "how many scenes", default=200)
    of_scenes.add_argument(
        "--first-seed",
        type=option_types.positive,
        default=1000,
        help="seed of the first; the others have the numbers after it",
    )
    for parser in (of_photos, of_scenes):
        readers.add_options(parser)


def _run_photos(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    scores = _by_photo(arguments.folders, readers.open_reader(choice))
    classic = scores
    if choice.finder != find.CLASSIC:
        plain = dataclasses.replace(choice, finder=find.CLASSIC)
        classic = _by_photo(arguments.folders, readers.open_reader(plain))
    rows = []
    for name, found in scores.items():
        row = _row("photo", name, found)
        row["classic_f1"] = round(classic[name].f1, 4)
        row["classic_false_per_100"] = round(classic[name].false_per_100, 2)
        rows.append(row)
    return Result(f"photographs read with {choice}", rows)


def _by_photo(folders: Sequence[Path], reader: Reader) -> Mapping[str, Score]:
    """Return the score of each photograph, of each of several folders, and of all."""
    scores: dict[str, Score] = {}
    of_folders = []
    for folder in folders:
        found = dict(photos(folder, reader))
        of_folders.append(total(found.values()))
        if len(folders) == 1:
            scores |= found
        else:
            scores |= {str(folder / name): one for name, one in found.items()}
            scores[f"all of {folder}"] = of_folders[-1]
    scores["all"] = total(of_folders)
    return scores


def _run_scenes(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    reader = readers.open_reader(choice)
    found = scenes(arguments.count, reader, first_seed=arguments.first_seed)
    row = _row("scenes", str(arguments.count), total(found))
    return Result(f"demo scenes read with {choice}", [row])


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
