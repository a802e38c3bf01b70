"""`python -m train --arch context`: patches, training and what came of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from train.context.context_settings import chosen
from train.data.data_options import DataOptions
from train.patches import patch_command
from train.patches.patch_command import Work


def train(
    given: Mapping[str, Any],
    *,
    run: Path,
    sources: DataOptions,
    resume: bool,
    say: Callable[[str], None],
) -> int:
    """Train a context network; as `patch_command.train`."""
    return patch_command.train(
        given, chosen, _work, run=run, sources=sources, resume=resume, say=say
    )


def _work() -> Work:
    from train.context import context_fit, context_judge

    return Work(context_fit.fit, context_judge.judge, _summary)


def _summary(metrics: Mapping[str, Any]) -> str:
    return f"F1 {metrics['f1']:.4f} on scenes of other hands"
