"""Judge a trained page network on scenes of hands that it never saw.

What reading needs to know of it is chosen here: how much its opinion weighs beside the
second reader's, and from which confidence a digit is accepted.
"""

import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_app.find.page.finder import SPLIT, PageFinder
from edge_app.find.verdict import Verdict
from edge_app.model import classify
from edge_app.model.classify import NUM_DIGITS, Classifier
from edge_app.model.runtime import PictureModel
from train.page import network, page_provenance
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.page.keras_pictures import KerasPictures
from train.page.page_settings import PageSettings
from train.page.verdicts.opinions import UNJUDGED, LabeledOpinions, opinions
from train.page.verdicts.seen import (
    LARGE,
    SEEN,
    large_scenes,
    see,
    touching_scenes,
)
from train.page.verdicts.splitting import splitting_of
from train.page.verdicts.weights import fitted

NEVER = 1.01  # a confidence that nothing reaches


@dataclass(frozen=True)
class ThresholdConstants:
    """Thresholds that are given, and those that are tried.

    Attributes:
        peak_share: Below it there are ten times as many candidates and no more digits.
        accept_shares: First, end and step of the thresholds that are tried.
        precise_shares: The same where most must be right.
        as_good_f1: By how much F1 may fall short of the best: of thresholds that are
            as good, it is the middle.
    """

    peak_share: float = 0.2
    accept_shares: tuple[float, float, float] = (0.2, 0.96, 0.02)
    precise_shares: tuple[float, float, float] = (0.3, 1.0, 0.01)
    as_good_f1: float = 1e-3


THRESHOLD = ThresholdConstants()


def judge(run: Path, settings: PageSettings, sources: SceneSources) -> dict[str, Any]:
    """Return a run's metrics: thresholds, F1 on validation scenes, how it was made."""
    model = network.load(run / "best.keras")
    f1, thresholds = thresholds_of(
        KerasPictures(model),
        classify.load(),
        (run / "scenes" / "validation", settings.validation_scenes),
        sources,
    )
    return {
        "parameters": model.count_params(),
        "f1": f1,
        "thresholds": thresholds,
        "made_by": page_provenance.describe(
            settings, with_strokes=bool(sources.strokes)
        ),
    }


def thresholds_of(
    model: PictureModel,
    second_reader: Classifier,
    scenes: tuple[Path, int],
    sources: SceneSources,
) -> tuple[float, dict[str, Any]]:
    """Return F1 on validation scenes, and the thresholds and weights that give it.

    Args:
        model: The page network.
        second_reader: Reads what it finds again.
        scenes: The folder of its validation scenes, and how many there are; large
            ones, and touching digits, are added.
        sources: Whose writing these show.
    """
    finder = PageFinder(model, thresholds={"peak": THRESHOLD.peak_share})
    folder, count = scenes
    shown = itertools.chain(
        (pool.read(folder, number) for number in range(count)),
        large_scenes(sources),
        touching_scenes(sources),
    )
    total = count + len(LARGE) + SEEN.num_touching
    bar = tqdm(shown, total=total, unit="scene", desc="judging", leave=False)
    seen = list(see(finder, second_reader, bar))
    # Those that touch are left out: else touching digits are all too common.
    found = opinions(seen[: -SEEN.num_touching])
    verdict = fitted(found)
    accept, f1 = accepted_from(found, verdict)
    splitting = splitting_of(seen, replace(verdict, accept=accept))
    return f1, {
        "peak": THRESHOLD.peak_share,
        **vars(verdict),
        "accept": accept,
        **{SPLIT + name: weight for name, weight in vars(splitting).items()},
    }


def accepted_from(found: LabeledOpinions, verdict: Verdict) -> tuple[float, float]:
    """Return the confidence from which digits are accepted, and the F1 it gives."""
    judged = found.labels != UNJUDGED
    shares = verdict.shares(found)[judged]
    labels = found.labels[judged]
    num_digits = int((labels < NUM_DIGITS).sum()) + found.num_missed
    return best_threshold(
        shares.max(axis=1), shares.argmax(axis=1) == labels, num_digits
    )


def best_threshold(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], num_digits: int
) -> tuple[float, float]:
    """Return the confidence from which readings are accepted, and the F1 it gives.

    It is the middle of those with which F1 is about as good as it gets: farthest from
    where it falls.

    Args:
        confidence: `(N,)` of readings.
        right: `(N,)` whether each is a digit and read rightly.
        num_digits: How many there are to be read.
    """
    tried = np.arange(*THRESHOLD.accept_shares)
    f1 = [
        2
        * (right & (confidence >= least)).sum()
        / (num_digits + (confidence >= least).sum())
        for least in tried
    ]
    as_good = np.flatnonzero(np.array(f1) >= max(f1) - THRESHOLD.as_good_f1)
    best = int(as_good[(len(as_good) - 1) // 2])
    return round(float(tried[best]), 2), float(f1[best])


def precise_from(
    confidence: NDArray[np.floating],
    right: NDArray[np.bool_],
    *,
    precision: float,
    fewest: int,
) -> float:
    """Return the confidence from which on enough readings are right.

    Args:
        confidence: `(N,)` of readings.
        right: `(N,)` whether each is right.
        precision: Share of those accepted that must be, with each higher one, too.
        fewest: Readings that must be accepted to say so.

    Returns:
        A confidence, `NEVER` if none is enough.
    """
    chosen = NEVER
    for least in np.arange(*THRESHOLD.precise_shares)[::-1]:
        accepted = right[confidence >= least]
        if len(accepted) >= fewest:
            if accepted.sum() < precision * len(accepted):
                break
            chosen = round(float(least), 2)
    return chosen
