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
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from edge_app.find.context.context_verdict import (
    ContextOpinions,
    ContextVerdict,
    context_features,
    label_evidence,
)
from edge_app.find.context.patches import to_context_input
from edge_app.model.classify import NUM_DIGITS
from train.context import patch_pool
from train.context.context_settings import ContextSettings
from train.context.patch_pool import LabeledPatches
from train.page import page_provenance
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources
from train.page.verdicts.cut_off import cut_off
from train.page.verdicts.opinions import UNJUDGED
from train.page.verdicts.seen import LARGE, large_scenes
from train.page.verdicts.thresholds import (
    AS_GOOD,
    NEVER,
    best_threshold,
    precise_from,
)
from train.page.verdicts.weights import (
    WEIGHT_DECIMALS,
    PerceptronFit,
    perceptron_fit,
)

_LEASTS = (
    patch_pool.LEAST_PATCH_SHARE,
    0.05,
    0.1,
    0.2,
    0.3,
)  # tried as `ContextVerdict.least`, ascending
_PATCHES_A_BATCH = 512
# Of digits that the border cuts off and that are accepted so many must be right, and so
# many must be accepted to say so.
_CUT_PRECISION, _FEWEST_CUT = 0.95, 50
_CONTEXT_VERDICT_FIT = PerceptronFit(num_hidden=16, regularization=0.3, num_epochs=20)


@dataclass(frozen=True)
class JudgedScene:
    """Candidates of a scene that were looked at again, and their true labels.

    Attributes:
        opinions: What all readers say.
        labels: `(N,)` as `patch_pool.LabeledPatches.labels`.
        num_missed: Digits that were not looked at.
    """

    opinions: ContextOpinions
    labels: NDArray[np.int64]
    num_missed: int


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
    logits = [
        logits_of(inputs[start : start + _PATCHES_A_BATCH])
        for start in range(0, len(inputs), _PATCHES_A_BATCH)
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
    the highest: the fewer, the faster.

    Args:
        seen: Scenes.
        cut: Others, from `cut_scenes`.
    """
    tried = []
    for least in _LEASTS:
        looked = [looked_at(scene, least) for scene in seen]
        verdict = fitted(looked)
        accept, f1 = accepted_from(looked, verdict)
        tried.append((f1, replace(verdict, least=least, accept=accept)))
    highest = max(f1 for f1, _ in tried)
    f1, verdict = [found for found in tried if found[0] >= highest - AS_GOOD][-1]
    cut = [looked_at(scene, verdict.least) for scene in cut]
    return f1, replace(verdict, accept_cut=accepted_cut_from(cut, verdict))


def looked_at(scene: JudgedScene, least: float) -> JudgedScene:
    """Return what of a scene is looked at again, from a share."""
    opinions = scene.opinions
    chosen = opinions.shares.max(axis=1, initial=0) >= least
    is_digit = (scene.labels >= 0) & (scene.labels < NUM_DIGITS)
    return JudgedScene(
        ContextOpinions(
            opinions.shares[chosen],
            opinions.near_log_odds[chosen],
            opinions.near[np.ix_(chosen, chosen)],
            opinions.page[chosen],
            opinions.edge[chosen],
            opinions.logits[chosen],
        ),
        scene.labels[chosen],
        scene.num_missed + int((is_digit & ~chosen).sum()),
    )


def fitted(found: Sequence[JudgedScene]) -> ContextVerdict:
    """Return the weights under which the true labels are likeliest."""
    features = np.concatenate([context_features(scene.opinions) for scene in found])
    labels = np.concatenate([scene.labels for scene in found])
    weights = np.concatenate([_weights(scene.labels) for scene in found])
    is_right_or_wrong = labels != UNJUDGED
    is_digit = is_right_or_wrong & (labels < NUM_DIGITS)
    if is_digit.sum() in (0, is_right_or_wrong.sum()):  # a network that knows nothing
        return ContextVerdict()
    hidden, output = perceptron_fit(
        features[is_right_or_wrong],
        is_digit[is_right_or_wrong],
        weights[is_right_or_wrong],
        _CONTEXT_VERDICT_FIT,
    )
    evidence = [
        np.concatenate(parts)[is_digit]
        for parts in zip(
            *(label_evidence(scene.opinions) for scene in found), strict=True
        )
    ]
    page_label, edge_label, context_label = _label_weights(evidence, labels[is_digit])
    return ContextVerdict(
        hidden=hidden,
        output=output,
        page_label=page_label,
        edge_label=edge_label,
        context_label=context_label,
    )


def accepted_from(
    found: Sequence[JudgedScene], verdict: ContextVerdict
) -> tuple[float, float]:
    """Return the confidence from which digits are accepted, and the F1 it gives."""
    shares = np.concatenate([verdict.shares(scene.opinions) for scene in found])
    labels = np.concatenate([scene.labels for scene in found])
    shares, labels = shares[labels != UNJUDGED], labels[labels != UNJUDGED]
    num_digits = int((labels < NUM_DIGITS).sum())
    num_digits += sum(scene.num_missed for scene in found)
    return best_threshold(
        shares.max(axis=1), shares.argmax(axis=1) == labels, num_digits
    )


def accepted_cut_from(cut: Sequence[JudgedScene], verdict: ContextVerdict) -> float:
    """Return the confidence from which digits that the border cuts off are accepted."""
    if not cut:
        return NEVER
    shares = np.concatenate([verdict.shares(scene.opinions) for scene in cut])
    labels = np.concatenate([scene.labels for scene in cut])
    # A digit is found in its place; what else stands there is not what was cut.
    is_digit = (labels >= 0) & (labels < NUM_DIGITS)
    shares, labels = shares[is_digit], labels[is_digit]
    return precise_from(
        shares.max(axis=1),
        shares.argmax(axis=1) == labels,
        precision=_CUT_PRECISION,
        fewest=_FEWEST_CUT,
    )


def cut_scenes(folder: Path, count: int) -> Iterator[Rendered]:
    """Yield those of a folder's scenes that have digits, each cut through one."""
    shown = (cut_off(pool.read(folder, number), number) for number in range(count))
    yield from (scene for scene in shown if scene is not None)


def _scenes(files: Sequence[Path], sources: SceneSources) -> Iterator[LabeledPatches]:
    for file in files:
        yield patch_pool.read(file)
    for scene in large_scenes(sources):
        yield patch_pool.labeled(scene, *patch_pool.readers())


def _weights(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much each counts: a scene's together as the root of their number."""
    count = max(1, int((labels != UNJUDGED).sum()))
    return np.full(len(labels), count**-0.5)


def _label_weights(
    evidence: Sequence[NDArray[np.float64]], truth: NDArray[np.int64]
) -> list[float]:
    """Return how much each reader's opinion of which digit it is weighs."""

    def loss(weights: NDArray[np.float64]) -> float:
        logits = sum(
            weight * logs for weight, logs in zip(weights, evidence, strict=True)
        )
        most = logits.max(axis=1)
        total = most + np.log(np.exp(logits - most[:, np.newaxis]).sum(axis=1))
        return float((total - logits[np.arange(len(truth)), truth]).mean())

    best = minimize(loss, np.full(len(evidence), 0.5), method="L-BFGS-B")
    return [round(float(weight), WEIGHT_DECIMALS) for weight in best.x]
