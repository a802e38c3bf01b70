"""Train a network of patches and write its run folder."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from edge_app.cli import commands
from edge_app.common import files
from train.data.data_options import DataOptions
from train.fit.begun import begun

if TYPE_CHECKING:  # what reads scenes imports Keras
    from train.page.crops.pool import SceneSources

_Settings = TypeVar("_Settings")


class Work(NamedTuple):
    """Work that is done for a network.

    Attributes:
        fit: Trains it; returns whether to the end. Takes the run folder, its settings,
            whose writing is in scenes, and `jobs`, the processes that cut patches.
        judge: Returns its metrics, of the first three of these.
        summary: Returns these in a few words.
    """

    fit: Callable[..., bool]
    judge: "Callable[[Path, Any, SceneSources], dict[str, Any]]"
    summary: Callable[[Mapping[str, Any]], str]


def train(
    given: Mapping[str, Any],
    chosen: Callable[[Mapping[str, Any]], _Settings],
    work: Callable[[], Work],
    *,
    run: Path,
    sources: DataOptions,
    resume: bool,
    say: Callable[[str], None],
) -> int:
    """Train a network of patches and write its run folder; return the exit status.

    Args:
        given: Settings by name; those left out are at their defaults.
        chosen: Returns the settings with these values.
        work: Returns what is done; called once the settings fit, for it imports Keras.
        run: The run folder.
        sources: Where the data are, and how many processes cut patches.
        resume: Whether the run there goes on.
        say: Takes what the user should know, a line each.

    Raises:
        TrainingError: A setting is out of its range, or differs from the resumed run's.
        DataError: The data are not where they were said to be, or damaged.
    """
    settings: Any = begun(run, given, chosen, resume=resume)
    fit, judge, summary = work()
    from train.page.crops.pool import SceneSources

    if not resume:
        files.write_json(run / "settings.json", dataclasses.asdict(settings))
    writing = SceneSources(sources.data, sources.strokes)
    if not fit(run, settings, writing, jobs=sources.jobs):
        say(f"\nStopped. {run / 'best.keras'} is the best so far. Go on with --resume.")
        return commands.INTERRUPTED
    metrics = judge(run, settings, writing)
    files.write_json(run / "metrics.json", metrics)
    say(f"{run / 'best.keras'}: {summary(metrics)}")
    return 0
