"""Strips with a number, such as a check's amount, written by held-out hands."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count as counted
from itertools import islice
from typing import TYPE_CHECKING

from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.reading import FIRST_SCENE_SEED, photos, scores
from benchmarks.reading.photos import Score
from edge_app.reader import Reader
from train import scenes

if TYPE_CHECKING:  # it is only passed on
    from train.scenes.writing.hands import Hands

_CONDITION = "strip"


@dataclass(frozen=True)
class Strip:
    """A strip and what was read on it.

    Attributes:
        expected: The digits on it, from left to right.
        read: Those that were read, in reading order, without those that do not count.
        score: Digit by digit.
    """

    expected: str
    read: str
    score: Score


def measure(reader: Reader, hands: "Hands", *, count: int) -> Iterator[Strip]:
    """Yield what is read on `count` strips that have a digit, by rising seed."""
    drawn = (
        scenes.make(_CONDITION, seed, hands=hands) for seed in counted(FIRST_SCENE_SEED)
    )
    with_digits = (scene for scene in drawn if scene.truth.digits)
    for scene in tqdm(islice(with_digits, count), total=count, leave=False):
        seen = scores.predictions(reader, scene.frame)
        verdicts = photos.verdicts(scene.truth, seen)
        digits = sorted(scene.truth.digits, key=lambda digit: digit.box[0])
        yield Strip(
            "".join(str(digit.label) for digit in digits),
            "".join(
                str(prediction.label)
                for prediction, verdict in zip(seen, verdicts, strict=True)
                if verdict is not None
            ),
            photos.score(scene.truth, seen),
        )


def edit_distance(a: Sequence[object], b: Sequence[object]) -> int:
    """Return how many insertions, deletions and changes turn one into the other.

    Wagner and Fischer, The string-to-string correction problem, 1974.
    """
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            changed = before + (x != y)
            before = row[j]
            row[j] = min(changed, before + 1, row[j - 1] + 1)
    return row[-1]


def summary(strips: Sequence[Strip]) -> Row:
    """Return the figures of all strips."""
    score = photos.total(strip.score for strip in strips)
    digits = sum(len(strip.expected) for strip in strips)
    edits = sum(edit_distance(strip.expected, strip.read) for strip in strips)
    whole = sum(strip.expected == strip.read for strip in strips)
    return {
        "strips": len(strips),
        "digits": digits,
        "whole_strips": whole,
        "whole_share": round(whole / len(strips), 4),
        "edits": edits,
        "edits_per_digit": round(edits / max(1, digits), 4),
        "f1": round(score.f1, 4),
        "false_per_100": round(score.false_per_100, 2),
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "strips",
        _run,
        text="read strips with a number, written by people whom nobody trained on",
        example="--strokes ../shared/data/strokes --count 300",
    )
    heldout.add_options(parser, required=True)
    benchmark_options.add_count(parser, "how many strips", default=300)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    hands = heldout.hands(arguments.strokes, arguments.part)
    reader = readers.open_reader(choice)
    strips = list(measure(reader, hands, count=arguments.count))
    return Result(
        f"strips by hands of the part {arguments.part}, read with {choice}",
        [summary(strips)],
    )
