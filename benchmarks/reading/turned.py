"""The turning of pages that lie on their side by `--rotate auto`, and of no others."""

import argparse
from collections.abc import Iterator, Sequence

import cv2
from tqdm import tqdm

from benchmarks.common import benchmark_options, readers
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from benchmarks.reading import FIRST_SCENE_SEED
from edge_app.common import geometry
from edge_app.common.geometry import QUARTERS, Quarter
from edge_app.reader import Reader
from train import scenes

_AMBIGUOUS = ("lone", "one digit")  # a 6 is a 9 upside down, a 0 is a 0


def measure(reader: Reader, *, count: int) -> Iterator[tuple[Quarter, Quarter]]:
    """Yield turns that make scenes upright, and those that a reader found.

    Args:
        reader: With `rotate="auto"`.
        count: Of upright scenes; of turned ones as many, a third of them each way.
    """
    conditions = [
        name for name in scenes.CONDITIONS if name not in scenes.TURNED + _AMBIGUOUS
    ]
    for number in tqdm(range(count), unit="scene", leave=False):
        condition = conditions[number % len(conditions)]
        frame = scenes.make(condition, FIRST_SCENE_SEED + number).frame
        yield 0, reader.read(frame).rotation
        needed = QUARTERS[1 + number % 3]
        lying = geometry.turned(frame, geometry.back(needed))
        yield needed, reader.read(lying).rotation


def summary(found: Sequence[tuple[Quarter, Quarter]]) -> list[Row]:
    """Return how often the turn was right: of upright scenes, each way, all turned.

    Args:
        found: The turn that makes each scene upright, and the one that was found.
    """
    rows = [_row(_name(turn), found, [turn]) for turn in QUARTERS]
    return [
        row for row in [*rows, _row("turned", found, QUARTERS[1:])] if row["scenes"]
    ]


def _name(turn: Quarter) -> str:
    return f"turned {turn}" if turn else "upright"


def _row(
    name: str, found: Sequence[tuple[Quarter, Quarter]], turns: Sequence[Quarter]
) -> Row:
    selected = [(needed, taken) for needed, taken in found if needed in turns]
    right = sum(needed == taken for needed, taken in selected)
    count = max(1, len(selected))
    return {
        "scenes_are": name,
        "scenes": len(selected),
        "left_or_made_upright": right / count,
        "turned_wrongly": sum(taken not in (0, needed) for needed, taken in selected)
        / count,
        "left_lying": sum(needed != taken == 0 for needed, taken in selected) / count,
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "turned",
        _run,
        text="count pages that `--rotate auto` turns rightly and wrongly",
        example="--count 84",
    )
    benchmark_options.add_count(
        parser, "upright scenes, and as many turned ones", default=84
    )
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    cv2.setNumThreads(1)
    reader = readers.open_reader(choice, rotate="auto")
    rows = summary(list(measure(reader, count=arguments.count)))
    return Result(
        f"{arguments.count} upright scenes and as many turned ones, read with --rotate "
        f"auto and {choice}",
        rows,
        shown=in_percent(rows),
    )
