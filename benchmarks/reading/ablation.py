"""The worth of each step of the pipeline: scores with it left out."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.common import benchmark_options, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.common.readers import Choice
from benchmarks.reading import conditions, photos, steps
from benchmarks.reading import scores as reading
from benchmarks.reading.conditions import ConditionTask
from benchmarks.reading.photos import Score
from edge_app.common import option_types
from train import scenes

_NO_CHANGE = None  # no step is left out


@dataclass(frozen=True)
class Ablation:
    """Scores without one step, or with one constant moved.

    Attributes:
        change: The step, or the constant that is moved; `None` for neither.
        by_condition: The score of each condition's scenes.
        on_photos: Of all photographs; `None` where none are read.
    """

    change: str | None
    by_condition: Mapping[str, Score]
    on_photos: Score | None

    @property
    def on_scenes(self) -> Score:
        """Return the score of all scenes with digits."""
        return photos.total(
            self.by_condition[name]
            for name in scenes.CONDITIONS
            if name in self.by_condition
        )

    @property
    def false_without_digits(self) -> int:
        """Return how many digits are read in scenes that have none."""
        return sum(
            self.by_condition[name].false
            for name in scenes.WITHOUT_DIGITS
            if name in self.by_condition
        )


@dataclass(frozen=True)
class _Task:
    """Work of a process: the same scenes with each of some steps left out."""

    scenes: ConditionTask
    changes: tuple[str | None, ...]


def measure(
    tasks: Sequence[ConditionTask],
    folders: Sequence[Path],
    *,
    changes: Sequence[str],
    jobs: int,
) -> Iterator[Ablation]:
    """Score the whole pipeline, then the one with each change.

    Args:
        tasks: The scenes to read, as for `conditions.measure`.
        folders: Annotated photographs, none for none.
        changes: Steps to leave out or constants to move, as `steps.changed` takes them.
        jobs: Processes that read at once.
    """
    every = (_NO_CHANGE, *changes)
    todo = [_Task(task, every) for task in tasks]
    found = list(conditions.in_processes(_scores, todo, jobs=jobs))
    for number, change in enumerate(every):
        by_condition = {
            task.condition: photos.total(of_task[number])
            for task, of_task in zip(tasks, found, strict=True)
        }
        on_photos = _on_photos(change, folders, tasks[0].reader) if folders else None
        yield Ablation(change, by_condition, on_photos)


def _scores(task: _Task) -> list[list[Score]]:
    """Return the scores of a condition's scenes for each change."""
    scenes_of_task = list(conditions.rendered(task.scenes, range(task.scenes.count)))
    found = []
    for change in task.changes:
        with steps.changed(change):
            reader = _reader(change, task.scenes.reader)
            changed = replace(task.scenes, reader=reader)
            found.append(conditions.scores_of(scenes_of_task, changed))
    return found


def _on_photos(change: str | None, folders: Sequence[Path], choice: Choice) -> Score:
    with steps.changed(change):
        reader = readers.open_reader(_reader(change, choice))
        return photos.total(
            score for folder in folders for _, score in reading.photos(folder, reader)
        )


def _reader(change: str | None, choice: Choice) -> Choice:
    return replace(choice, finder=steps.reader_of(change, choice.finder))


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "ablation",
        _run,
        text="score reading with each step of the pipeline left out",
        example="--photos ../shared/data/photos --count 20",
    )
    benchmark_options.add_photos(parser)
    parser.add_argument(
        "--constants",
        type=option_types.share,
        metavar="SHARE",
        help="move each constant of the steps by this share, down and up, instead of "
        "leaving steps out",
    )
    conditions.add_options(parser, count=10)


def _run(arguments: argparse.Namespace) -> Result:
    tasks, share = conditions.tasks(arguments), arguments.constants
    changes = list(steps.STEPS) if share is None else steps.moved(share)
    found = list(measure(tasks, arguments.photos, changes=changes, jobs=arguments.jobs))
    what = "without each step" if share is None else f"by moving constants by {share:g}"
    title = (
        f"what is lost {what}, in points of F1; {arguments.count} scenes of "
        f"each of {len(tasks)} conditions, read with {readers.chosen(arguments)}"
    )
    kind = "without" if share is None else "constant"
    return Result(title, [_row(kind, ablation, found[0]) for ablation in found])


def _row(kind: str, ablation: Ablation, whole: Ablation) -> Row:
    """Return a row: the scores, and the F1 points that the step gains.

    Args:
        kind: Of the changes: the name of their column.
        ablation: What is shown.
        whole: The scores without any change.
    """
    row: Row = {kind: ablation.change or "(nothing)"}
    row |= _scored("scenes", ablation.on_scenes, whole.on_scenes)
    row["false_without_digits"] = ablation.false_without_digits
    if ablation.on_photos is not None and whole.on_photos is not None:
        row |= _scored("photos", ablation.on_photos, whole.on_photos)
    gains = {
        name: 100 * (whole.by_condition[name].f1 - score.f1)
        for name, score in ablation.by_condition.items()
        if score.digits
    }
    for title, name in (
        ("helps_most", max(gains, key=lambda name: gains[name], default=None)),
        ("harms_most", min(gains, key=lambda name: gains[name], default=None)),
    ):
        has_effect = name is not None and abs(gains[name]) >= 0.05
        row[title] = f"{name} {gains[name]:+.1f}" if name and has_effect else ""
    return row


def _scored(kind: str, score: Score, whole: Score) -> Row:
    return {
        f"{kind}_f1": round(score.f1, 4),
        f"{kind}_whole": round(score.whole_share, 4),
        f"{kind}_gain": round(100 * (whole.f1 - score.f1), 2),
    }
