"""What each step of the pipeline is good for: scores with it left out."""

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
from train import scenes

_WHOLE = None  # no step is left out


@dataclass(frozen=True)
class Ablation:
    """Scores without one step.

    Attributes:
        step: Which one; `None` where none is left out.
        by_condition: The score of each condition's scenes.
        on_photos: Of all photographs; `None` where none are read.
    """

    step: str | None
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


def measure(
    tasks: Sequence[ConditionTask], folders: Sequence[Path], *, jobs: int
) -> Iterator[Ablation]:
    """Score the whole pipeline, then the one without each step.

    Args:
        tasks: The scenes to read, as for `conditions.measure`.
        folders: Annotated photographs, none for none.
        jobs: Processes that read at once.
    """
    every = [_WHOLE, *steps.STEPS]
    of_all = [
        replace(task, without=step, reader=_reader(step, task.reader))
        for step in every
        for task in tasks
    ]
    found = list(conditions.measure(of_all, jobs=jobs))
    for number, step in enumerate(every):
        of_step = found[number * len(tasks) : (number + 1) * len(tasks)]
        by_condition = {
            task.condition: photos.total(scores) for task, scores in of_step
        }
        on_photos = _on_photos(step, folders, tasks[0].reader) if folders else None
        yield Ablation(step, by_condition, on_photos)


def _on_photos(step: str | None, folders: Sequence[Path], choice: Choice) -> Score:
    with steps.left_out(step):
        reader = readers.open_reader(_reader(step, choice))
        return photos.total(
            score for folder in folders for _, score in reading.photos(folder, reader)
        )


def _reader(step: str | None, choice: Choice) -> Choice:
    return replace(choice, finder=steps.reader_of(step, choice.finder))


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
    conditions.add_options(parser, count=10)


def _run(arguments: argparse.Namespace) -> Result:
    tasks = conditions.tasks(arguments)
    found = list(measure(tasks, arguments.photos, jobs=arguments.jobs))
    title = (
        f"what is lost without each step, in points of F1; {arguments.count} scenes of "
        f"each of {len(tasks)} conditions, read with {readers.chosen(arguments)}"
    )
    return Result(title, [_row(ablation, found[0]) for ablation in found])


def _row(ablation: Ablation, whole: Ablation) -> Row:
    """Return a row: the scores, and the F1 points that the step gains."""
    row: Row = {"without": ablation.step or "(nothing)"}
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
