"""`python -m train --arch page`: scenes, training and what came of it."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from edge_app.cli import commands
from edge_app.common import files
from train.data import mnist as data
from train.data.data_options import DataOptions
from train.fit.begun import begun
from train.page.page_settings import chosen


def train(
    given: Mapping[str, Any],
    *,
    run: Path,
    sources: DataOptions,
    resume: bool,
    say: Callable[[str], None],
) -> int:
    """Train a page network and write its run folder; return the exit status.

    Args:
        given: Settings by name; those left out are at their defaults.
        run: The run folder.
        sources: Where the data are, and how many processes render scenes of them.
        resume: Whether the run there goes on.
        say: Takes what the user should know, a line each.

    Raises:
        TrainingError: A setting is out of its range, or differs from the resumed run's.
        DataError: The data are not where they were said to be, or damaged.
    """
    settings = begun(run, given, chosen, resume=resume)
    # Keras starts only for settings that fit.
    from train.page import page_fit, page_report
    from train.page.crops.pool import SceneSources
    from train.page.verdicts import thresholds

    data.load(sources.data, "train")  # downloaded once, before processes ask for it
    if sources.strokes is None:
        say(
            "Without --strokes digits are MNIST's and drawn ones, and letters drawn "
            "ones: hands that differ from these will be read less well."
        )
    if not resume:
        files.write_json(run / "settings.json", dataclasses.asdict(settings))
    rendered_from = SceneSources(sources.data, sources.strokes)
    if not page_fit.fit(run, settings, rendered_from, jobs=sources.jobs):
        say(f"\nStopped. {run / 'best.keras'} is the best so far. Go on with --resume.")
        return commands.INTERRUPTED
    metrics = thresholds.judge(run, settings, rendered_from)
    files.write_json(run / "metrics.json", metrics)
    page_report.write(run, rendered_from)
    say(f"{run / 'best.keras'}: F1 {metrics['f1']:.4f} on scenes of other hands")
    say(f"{run / 'report.html'}: the pictures")
    return 0
