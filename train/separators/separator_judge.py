"""Judge a separator network on scenes of hands that it never saw.

From which probability a separator is told is chosen here: a number with a wrong point
in it is worse than one without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.find.separators.separator_patches import to_gap_input
from edge_app.find.separators.separator_reader import (
    SeparatorVerdict,
    probabilities,
)
from train.page import page_provenance
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.page.verdicts.thresholds import precise_from
from train.separators import gap_pool
from train.separators.gap_pool import NO_SEPARATOR, LabeledGaps
from train.separators.separator_settings import SeparatorSettings


@dataclass(frozen=True)
class SeparatorJudgeConstants:
    """Demands on the separators that are told.

    Attributes:
        precision_share: Of what is told, how much must be right at least.
        fewest: How much must be told at least to say so.
        gaps_a_batch: That the network looks at together.
    """

    precision_share: float = 0.98
    fewest: int = 20
    gaps_a_batch: int = 512


_SEPARATOR_JUDGE = SeparatorJudgeConstants()


def judge(
    run: Path, settings: SeparatorSettings, sources: SceneSources
) -> dict[str, Any]:
    """Return a run's metrics: the threshold, what it gives, how it was made."""
    model = keras.saving.load_model(run / "best.keras", compile=False)
    folder = gap_pool.gaps_folder(run, "validation")
    gaps = [
        gap_pool.read(pool.path(folder, number))
        for number in range(settings.validation_scenes)
    ]
    shares, labels = judged_gaps(gaps, model)
    accept = separators_from(shares, labels)
    num_accepted, right, there = counts(shares, labels, accept)
    return {
        "parameters": model.count_params(),
        "f1": 2 * right / max(1, num_accepted + there),
        "precision": right / max(1, num_accepted),
        "recall": right / max(1, there),
        "thresholds": vars(SeparatorVerdict(accept)),
        "made_by": page_provenance.describe(
            settings, with_strokes=bool(sources.strokes)
        ),
    }


def judged_gaps(
    scenes: Sequence[LabeledGaps], model: keras.Model
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return what a network says of the gaps of scenes, `(N, 6)`, and what is true."""
    shares = [np.zeros((0, NO_SEPARATOR + 1), np.float32)]
    size = _SEPARATOR_JUDGE.gaps_a_batch
    for scene in scenes:
        inputs = to_gap_input(scene.patches)
        shares += [
            probabilities(
                np.asarray(model.predict_on_batch(inputs[start : start + size]))
            )
            for start in range(0, len(inputs), size)
        ]
    labels = np.concatenate([scene.labels for scene in scenes])
    return np.concatenate(shares), labels


def separators_from(shares: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Return the probability from which on separators are precise enough, or `NEVER`.

    Args:
        shares: `(N, 6)`, what the network says.
        labels: `(N,)`, what is true.
    """
    best = shares[:, :NO_SEPARATOR].argmax(axis=1)
    return precise_from(
        shares[:, :NO_SEPARATOR].max(axis=1),
        best == labels,
        precision=_SEPARATOR_JUDGE.precision_share,
        fewest=_SEPARATOR_JUDGE.fewest,
    )


def counts(
    shares: NDArray[np.float32], labels: NDArray[np.int64], accept: float
) -> tuple[int, int, int]:
    """Return how many separators are told from a threshold, rightly, and are there."""
    best = shares[:, :NO_SEPARATOR].argmax(axis=1)
    is_accepted = shares[:, :NO_SEPARATOR].max(axis=1) >= accept
    right = is_accepted & (best == labels)
    return int(is_accepted.sum()), int(right.sum()), int((labels != NO_SEPARATOR).sum())
