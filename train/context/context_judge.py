"""Judge a context network on scenes of hands that it never saw.

How much its opinion weighs beside the other readers', and from which confidence a digit
is accepted, is chosen here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from edge_app.find.context.context_verdict import ContextVerdict
from edge_app.find.context.patches import to_context_input
from train.context import patch_pool
from train.context.context_settings import ContextSettings
from train.context.context_weights import (
    JudgedScene,
    accepted_cut_from,
    accepted_from,
    fitted,
    looked_at,
    unless_sure,
)
from train.context.patch_pool import LabeledPatches
from train.page import page_provenance
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources
from train.page.verdicts.cut_off import cut_off
from train.page.verdicts.seen import LARGE, large_scenes
from train.page.verdicts.thresholds import NEVER, THRESHOLD


@dataclass(frozen=True)
class ContextJudgeConstants:
    """Shares that are tried, and patches that are looked at together.

    Attributes:
        least_shares: Tried as `ContextVerdict.least`, ascending.
        sure_shares: Tried as `ContextVerdict.sure`, descending.
        patches_a_batch: That the network looks at together.
    """

    least_shares: tuple[float, ...] = (
        patch_pool.PATCH_POOL.least_share, 0.05, 0.1, 0.2, 0.3,
    )  # fmt: skip
    sure_shares: tuple[float, ...] = (0.99, 0.98, 0.97, 0.95, 0.9, 0.85)
    patches_a_batch: int = 512


_CONTEXT_JUDGE = ContextJudgeConstants()


def judge(
    run: Path, settings: ContextSettings, sources: SceneSources
) -> dict[str, Any]:
    """Return a run's metrics: weights, F1 on validation scenes, how it was made."""
    model = keras.saving.load_model(run / "best.keras", compile=False)
    files = patch_pool.files_of(run, settings, sources, "validation")
    total = len(files) + len(LARGE)
    scenes = _scenes(files, sources)
    bar = tqdm(scenes, total=total, unit="scene", desc="judging", leave=False)
    seen = [judged(scene, model.predict_on_batch) for scene in bar]
    assert settings.page_run is not None
    folder = Path(settings.page_run) / "scenes" / "validation"
    cut = [
        judged(patch_pool.labeled(scene, *patch_pool.readers()), model.predict_on_batch)
        for scene in cut_scenes(folder, settings.validation_scenes)
    ]
    f1, verdict = best(seen, cut)
    return {
        "parameters": model.count_params(),
        "f1": f1,
        "thresholds": vars(verdict),
        "made_by": page_provenance.describe(
            settings, with_strokes=bool(sources.strokes)
        ),
    }


def judged(scene: LabeledPatches, logits_of: Callable[[Any], Any]) -> JudgedScene:
    """Return what a network says of a scene's candidates.

    Args:
        scene: What can be looked at again.
        logits_of: The network: `(N, 14)` float32 of `(N, 48, 48, 3)` float32.
    """
    inputs = to_context_input(scene.patches)
    size = _CONTEXT_JUDGE.patches_a_batch
    logits = [
        logits_of(inputs[start : start + size]) for start in range(0, len(inputs), size)
    ]
    opinions = replace(
        scene.opinions, logits=np.concatenate([scene.opinions.logits[:0], *logits])
    )
    return JudgedScene(opinions, scene.labels, scene.num_missed)


def best(
    seen: Sequence[JudgedScene], cut: Sequence[JudgedScene] = ()
) -> tuple[float, ContextVerdict]:
    """Return the highest F1, and the weights and thresholds that give it.

    Of shares from which candidates are looked at again that are about as good, it is
    the highest, and the lowest of those from which they need no look: the fewer, the
    faster.

    Args:
        seen: Scenes.
        cut: Others, from `cut_scenes`.
    """
    tried = [_tried(seen, least, NEVER) for least in _CONTEXT_JUDGE.least_shares]
    least_f1 = max(f1 for f1, _ in tried) - THRESHOLD.as_good_f1
    f1, verdict = [found for found in tried if found[0] >= least_f1][-1]
    tried = [
        (f1, verdict),
        *(_tried(seen, verdict.least, sure) for sure in _CONTEXT_JUDGE.sure_shares),
    ]
    f1, verdict = [found for found in tried if found[0] >= least_f1][-1]
    cut = [looked_at(scene, verdict.least) for scene in cut]
    return f1, replace(verdict, accept_cut=accepted_cut_from(cut, verdict))


def _tried(
    seen: Sequence[JudgedScene], least: float, sure: float
) -> tuple[float, ContextVerdict]:
    """Return the F1 and the verdict where only these shares are looked at again."""
    looked = [unless_sure(looked_at(scene, least), sure) for scene in seen]
    verdict = replace(fitted(looked, sure=sure), least=least, sure=sure)
    accept, f1 = accepted_from(looked, verdict)
    return f1, replace(verdict, accept=accept)


def cut_scenes(folder: Path, count: int) -> Iterator[Rendered]:
    """Yield those of a folder's scenes that have digits, each cut through one."""
    shown = (cut_off(pool.read(folder, number), number) for number in range(count))
    yield from (scene for scene in shown if scene is not None)


def _scenes(files: Sequence[Path], sources: SceneSources) -> Iterator[LabeledPatches]:
    for file in files:
        yield patch_pool.read(file)
    for scene in large_scenes(sources):
        yield patch_pool.labeled(scene, *patch_pool.readers())
