"""Separators between digits that hands nobody trained on wrote, reported or missed."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from edge_app.find.separators.separator_reader import CHARACTERS, SEPARATOR_LABELS
from edge_app.layout import grouping
from edge_app.reading import Reading

if TYPE_CHECKING:  # scenes are rendered where they are measured
    from train.page.crops.pool import Rendered

_NAME_OF_SIGN = dict(zip(CHARACTERS, SEPARATOR_LABELS[: len(CHARACTERS)], strict=True))


class Gap(NamedTuple):
    """A gap between two digits: one of `.,-/:`, or nothing.

    Attributes:
        read: As it was read.
        there: In truth.
    """

    read: str
    there: str


def gaps(reading: Reading, scene: "Rendered") -> Iterator[Gap]:
    """Yield what stands between neighbors among the digits that were read."""
    from train.separators.gap_pool import label_of

    read = dict(_read(reading))
    boxes = [digit.box_xywh for digit in reading.digits]
    for pair in {*read, *grouping.neighbors(boxes)}:
        left, right = (boxes[index] for index in pair)
        there = [*CHARACTERS, ""][label_of(left, right, scene)]
        yield Gap(read.get(pair, ""), there)


def _read(reading: Reading) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the separators of the numbers, by the digits on both sides."""
    for number in reading.numbers:
        for place, character in number.separators.items():
            left, right = number.digits[place - 1 : place + 1]
            yield (left, right), character


def rows(seen: Iterable[Gap]) -> list[Row]:
    """Return the counts of each separator, then of all together."""
    every = list(seen)
    of_signs = [_row(name, sign, every) for sign, name in _NAME_OF_SIGN.items()]
    return [*of_signs, _row("all", CHARACTERS, every)]


def _row(name: str, wanted: str, every: Sequence[Gap]) -> Row:
    signs = set(wanted)
    num_read = sum(gap.read in signs for gap in every)
    there = sum(gap.there in signs for gap in every)
    right = sum(gap.read == gap.there in signs for gap in every)
    return {
        "separator": name,
        "there": there,
        "reported": num_read,
        "right": right,
        "precision": round(right / num_read, 4) if num_read else None,
        "recall": round(right / there, 4) if there else None,
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "separators",
        _run,
        text="count points, commas, minuses, slashes and colons that are reported",
        example="--strokes ../shared/data/strokes --data ../shared/data/mnist",
    )
    heldout.add_options(parser, required=True)
    benchmark_options.add_count(parser, "scenes", default=1000)
    benchmark_options.add_data(parser)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    from train.page.crops.pool import SceneSources
    from train.scenes.writing.unipen import strokes_folder
    from train.separators.gap_pool import gap_scene

    choice = readers.chosen(arguments)
    reader = readers.open_reader(choice)
    sources = SceneSources(
        arguments.data, strokes_folder(arguments.strokes), arguments.part
    )
    seen: list[Gap] = []
    for number in tqdm(range(arguments.count), unit="scene", leave=False):
        scene = gap_scene(sources, number)
        frame = np.asarray(cv2.cvtColor(scene.gray, cv2.COLOR_GRAY2BGR), np.uint8)
        seen += gaps(reader.read(frame), scene)
    found = rows(seen)
    return Result(
        f"separators in {arguments.count} scenes with hands of the part "
        f"{arguments.part}, between the {len(seen)} neighbors among the digits that "
        f"were read with {choice}",
        found,
        shown=[
            row
            | {
                name: "" if row[name] is None else f"{row[name]:.1%}"
                for name in ("precision", "recall")
            }
            for row in found
        ],
    )
