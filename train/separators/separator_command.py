"""`python -m train --arch separator`: gaps, training and what came of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from train.data.data_options import DataOptions
from train.patches import patch_command
from train.patches.patch_command import Work
from train.separators.separator_settings import chosen


def train(
    given: Mapping[str, Any],
    *,
    run: Path,
    sources: DataOptions,
    resume: bool,
    say: Callable[[str], None],
) -> int:
    """Train a separator network; as `patch_command.train`."""
    return patch_command.train(
        given, chosen, _work, run=run, sources=sources, resume=resume, say=say
    )


def _work() -> Work:
    from train.separators import separator_fit, separator_judge

    return Work(separator_fit.fit, separator_judge.judge, _summary)


def _summary(metrics: Mapping[str, Any]) -> str:
    return (
        f"of separators told on scenes of other hands {metrics['precision']:.1%} are "
        f"right, of those there {metrics['recall']:.1%} are told"
    )
