"""The accuracy on scenes of our own, condition by condition."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import cv2
from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.common.readers import Choice
from benchmarks.reading import FIRST_SCENE_SEED, contact_sheet, photos
from benchmarks.reading import scores as reading
from benchmarks.reading.photos import Score
from edge_app.common import files, option_types
from edge_app.common.errors import DataError
from edge_app.layout.grouping import Number
from edge_app.reader import Reader
from edge_app.reading import Reading
from train import parallel, scenes
from train.scenes import variations

if TYPE_CHECKING:  # train needs more than a benchmark without MNIST does
    from train.data.mnist import Split
    from train.scenes.writing.hands import Hands
    from train.scenes.writing.trajectories import Part

# Those that were there first: their figures can be compared with older ones.
FIRST_CONDITIONS = tuple(variations.VARIATIONS)[:45]
_Given = TypeVar("_Given")
_Scores = TypeVar("_Scores")


@dataclass(frozen=True)
class ConditionTask:
    """Scenes that a process reads.

    Attributes:
        condition: As `scenes.make` takes it.
        count: How many scenes, from seed 1 on.
        reader: Which reader.
        size_wh: Of the frames.
        mnist: Digits that people wrote, as `scenes.make` takes them.
        strokes: Folder with pen strokes of real hands; `None` for none.
        part: Whose hands.
    """

    condition: str
    count: int
    reader: Choice
    size_wh: tuple[int, int]
    mnist: "Split | None"
    strokes: Path | None = None
    part: "Part" = "test"


def chosen(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the conditions of these names, all of them for `None`.

    Raises:
        DataError: There is no condition of such a name.
    """
    known = scenes.CONDITIONS + scenes.WITHOUT_DIGITS
    for name in names or ():
        if name not in known:
            raise DataError(f"no condition {name!r}; there are: {', '.join(known)}")
    return tuple(names) if names else known


def measure(
    todo: Sequence[ConditionTask], *, jobs: int
) -> Iterator[tuple[ConditionTask, list[Score]]]:
    """Yield each task with the scores of its scenes, in their order.

    Args:
        todo: What is read.
        jobs: Processes that read at once.
    """
    yield from zip(todo, in_processes(scores, todo, jobs=jobs), strict=True)


def in_processes(
    work: Callable[[_Given], _Scores], todo: Sequence[_Given], *, jobs: int
) -> Iterator[_Scores]:
    """Yield what some work makes of each condition's task, and show the progress.

    Args:
        work: A function of a module.
        todo: The tasks.
        jobs: Processes that work at once.
    """
    made = parallel.in_order(work, todo, jobs=jobs)
    yield from tqdm(made, total=len(todo), unit="condition", leave=False)


def scores(task: ConditionTask) -> list[Score]:
    """Return the score of each of a task's scenes."""
    return scores_of(rendered(task, range(task.count)), task)


def scores_of(
    found: Iterable[scenes.RenderedScene], task: ConditionTask
) -> list[Score]:
    """Return the score of each of these scenes, read as a task says."""
    cv2.setNumThreads(1)
    reader = _reader(task)
    return [_score(scene, reader.read(scene.frame)) for scene in found]


def write_sheet(task: ConditionTask, found: Sequence[Score], folder: Path) -> None:
    """Write a contact sheet of a task's worst scenes with what was read drawn in.

    The worst come first. Digits that were missed or misread are red, what does not
    count is blue.
    """
    worst = sorted(range(len(found)), key=lambda i: _merit(found[i]))
    reader = _reader(task)
    shown = rendered(task, worst[: contact_sheet.MOST_SCENES_ON_SHEET])
    _, content = cv2.imencode(
        ".png",
        contact_sheet.grid([contact_sheet.tile(scene, reader) for scene in shown]),
    )
    name = task.condition.replace(":", "").replace(" ", "-")
    files.write_bytes(folder / f"{name}.png", content.tobytes())


def rendered(
    task: ConditionTask, indexes: Sequence[int]
) -> Iterator[scenes.RenderedScene]:
    """Yield these scenes of a task."""
    hands = _hands(task.strokes, task.part) if task.strokes else None
    for index in indexes:
        yield scenes.make(
            task.condition,
            FIRST_SCENE_SEED + index,
            size_wh=task.size_wh,
            mnist=task.mnist,
            hands=hands,
        )


def _reader(task: ConditionTask) -> Reader:
    # A page that lies on its side is read by asking for it; elsewhere nobody would.
    rotate: Literal["auto", 0] = "auto" if task.condition in scenes.TURNED else 0
    return readers.open_reader(task.reader, rotate=rotate)


@cache
def _hands(folder: Path, part: "Part") -> "Hands":
    return heldout.hands(folder, part)


def _score(scene: scenes.RenderedScene, read: Reading) -> Score:
    numbers = [part for number in read.numbers for part in _parts(number)]
    return photos.score(scene.truth, reading.labeled(read), numbers)


def _parts(number: Number) -> Iterator[tuple[int, ...]]:
    """Yield the digits between a number's separators, which end a scene's numbers."""
    for start, end in pairwise([0, *number.separators, len(number.digits)]):
        yield number.digits[start:end]


def _merit(score: Score) -> tuple[float, int]:
    return score.f1 if score.digits else 0.0, -score.false


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "conditions",
        _run,
        text="score reading on scenes of our own, condition by condition",
        example="--conditions plain,pencil --worst seen/",
    )
    add_options(parser, count=40)
    parser.add_argument(
        "--worst",
        type=option_types.path,
        metavar="DIR",
        help="write the worst scenes there",
    )


def add_options(parser: argparse.ArgumentParser, *, count: int) -> None:
    """Add the options that say which scenes are read, and with what.

    Args:
        parser: Of the command.
        count: How many scenes a condition, unless another number is asked for.
    """
    benchmark_options.add_count(parser, "scenes a condition", default=count)
    parser.add_argument(
        "--conditions", metavar="A,B,...", help="only these (default: all)"
    )
    parser.add_argument(
        "--size",
        metavar="WxH",
        type=option_types.size,
        default="640x480",
        help="of the frames",
    )
    benchmark_options.add_data(
        parser, without_it="none; else half of the pages are drawn with it"
    )
    benchmark_options.add_jobs(parser)
    heldout.add_options(parser)
    readers.add_options(parser)


def tasks(arguments: argparse.Namespace) -> list[ConditionTask]:
    """Return the tasks that the options of `add_options` ask for.

    Raises:
        DataError: An unknown condition, or MNIST is not where it was said to be.
    """
    names = arguments.conditions.split(",") if arguments.conditions else None
    mnist = _validation_digits(arguments.data) if arguments.data else None
    if arguments.strokes:
        _hands(arguments.strokes, arguments.part)  # an error here is one line
    reader = readers.chosen(arguments)
    return [
        ConditionTask(
            name,
            arguments.count,
            reader,
            arguments.size,
            mnist,
            arguments.strokes,
            arguments.part,
        )
        for name in chosen(names)
    ]


def _run(arguments: argparse.Namespace) -> Result:
    rows = []
    found: dict[str, list[Score]] = {}
    for task, task_scores in measure(tasks(arguments), jobs=arguments.jobs):
        if arguments.worst:
            write_sheet(task, task_scores, arguments.worst)
        rows.append(_row(task.condition, task_scores))
        found[task.condition] = task_scores
    for title, names in (
        (f"the first {len(FIRST_CONDITIONS)}", FIRST_CONDITIONS),
        ("all with digits", scenes.CONDITIONS),
        ("all without digits", scenes.WITHOUT_DIGITS),
    ):
        if group_scores := [score for name in names for score in found.get(name, ())]:
            rows.append(_row(title, group_scores))
    writers = f", by hands of the part {arguments.part}" if arguments.strokes else ""
    return Result(
        f"{arguments.count} scenes a condition{writers}, read with "
        f"{readers.chosen(arguments)}",
        rows,
    )


def _row(condition: str, found: Sequence[Score]) -> Row:
    score = photos.total(found)
    has_digits = score.digits > 0
    return {
        "condition": condition,
        "scenes": len(found),
        "digits": score.digits,
        "right": score.right,
        "false": score.false,
        "precision": round(score.precision, 4) if has_digits else None,
        "recall": round(score.recall, 4) if has_digits else None,
        "f1": round(score.f1, 4) if has_digits else None,
        "whole_numbers": round(score.whole_share, 4) if score.numbers else None,
        "false_per_100_scenes": round(100 * score.false / len(found), 1),
    }


def _validation_digits(folder: Path) -> "Split":
    """Return the MNIST training digits that `python -m train` validates with."""
    from train.data import mnist as data
    from train.fit import fitting
    from train.fit.fit_settings import Settings

    return fitting.validation_split(data.load(folder, "train"), Settings())[1]
