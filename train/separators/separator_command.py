"""`python -m train --arch separator`: gaps, training and what came of it."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from edge_app.cli import commands
from edge_app.common import files
from train.data.data_options import DataOptions
from train.fit.begun import begun
from train.separators.separator_settings import chosen


def train(
    given: Mapping[str, Any],
    *,
    run: Path,
    sources: DataOptions,
    resume: bool,
    say: Callable[[str], None],
) -> int:
    """Train a separator network and write its run folder; return the exit status.

    Args:
        given: Settings by name; those left out are at their defaults.
        run: The run folder.
        sources: Where the data are, and how many processes cut gaps.
        resume: Whether the run there goes on.
        say: Takes what the user should know, a line each.

    Raises:
        TrainingError: A setting is out of its range, or differs from the resumed run's.
        DataError: The data are not where they were said to be, or damaged.
    """
    settings = begun(run, given, chosen, resume=resume)
    # Keras starts only for settings that fit.
    from train.page.crops.pool import SceneSources
    from train.separators import separator_fit, separator_judge

    if not resume:
        files.write_json(run / "settings.json", dataclasses.asdict(settings))
    writing = SceneSources(sources.data, sources.strokes)
    if not separator_fit.fit(run, settings, writing, jobs=sources.jobs):
        say(f"\nStopped. {run / 'best.keras'} is the best so far. Go on with --resume.")
        return commands.INTERRUPTED
    metrics = separator_judge.judge(run, settings, writing)
    files.write_json(run / "metrics.json", metrics)
    say(
        f"{run / 'best.keras'}: of separators told on scenes of other hands "
        f"{metrics['precision']:.1%} are right, of those there {metrics['recall']:.1%} "
        "are told"
    )
    return 0
