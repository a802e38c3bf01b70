"""Judge a trained page network on scenes of hands that it never saw.

What reading needs to know of it is chosen here: how much its opinion weighs beside the
second reader's, and from which confidence a digit is accepted.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from edge_app import classify
from edge_app.classify import NUM_DIGITS, Classifier
from edge_app.find.candidate import Candidate
from edge_app.find.page import PageFinder
from edge_app.find.verdict import Verdict
from edge_app.normalise import normalise, to_model_input
from train.page import pool, provenance
from train.page.keras_pictures import KerasPictures
from train.page.pool import Rendered, Sources
from train.page.settings import PageSettings
from train.scenes.truth import BoxF, overlap

_PEAK = 0.2  # below it there are ten times as many candidates and no more digits
_MATCH = 0.4  # intersection over union, as photographs are scored
_NONE = NUM_DIGITS
_ACCEPT = np.arange(0.2, 0.96, 0.02)  # thresholds that are tried


@dataclass(frozen=True)
class Opinions:
    """What both readers say of the candidates of many scenes.

    Attributes:
        page, edge: `(N, 10)` float32 probabilities of each digit.
        labels: `(N,)` what they are; `NUM_DIGITS` for none.
        num_missed: Digits that are no candidate.
    """

    page: NDArray[np.float32]
    edge: NDArray[np.float32]
    labels: NDArray[np.int64]
    num_missed: int


def judge(run: Path, settings: PageSettings, sources: Sources) -> dict[str, Any]:
    """Return a run's metrics: thresholds, F1 on validation scenes, how it was made."""
    model = keras.saving.load_model(run / "best.keras", compile=False)
    folder = run / "scenes" / "validation"
    finder = PageFinder(KerasPictures(model), thresholds={"peak": _PEAK})
    numbers = range(settings.validation_scenes)
    bar = tqdm(numbers, unit="scene", desc="judging", leave=False)
    found = opinions(finder, classify.load(), [pool.read(folder, n) for n in bar])
    verdict = fitted(found)
    accept, f1 = accepted_from(found, verdict)
    return {
        "parameters": model.count_params(),
        "f1": f1,
        "thresholds": {
            "peak": _PEAK,
            "page_weight": verdict.page_weight,
            "edge_weight": verdict.edge_weight,
            "none_bias": verdict.none_bias,
            "accept": accept,
        },
        "made_by": provenance.describe(settings, with_strokes=bool(sources.strokes)),
    }


def opinions(
    finder: PageFinder, second: Classifier, scenes: list[Rendered]
) -> Opinions:
    """Return what a page network and a second reader say of scenes."""
    page, labels = [], []
    edge = [np.zeros((0, NUM_DIGITS), np.float32)]
    num_missed = 0
    for scene in scenes:
        frame = np.asarray(cv2.cvtColor(scene.gray, cv2.COLOR_GRAY2BGR), np.uint8)
        candidates = [c for c in finder(frame) if c.ink is not None]
        own, missed = matched(candidates, scene)
        num_missed += missed
        kept = [
            (c, label)
            for c, label in zip(candidates, own, strict=True)
            if label is not None and c.scores is not None and c.ink is not None
        ]
        if not kept:
            continue
        page += [c.scores for c, _ in kept]
        images = np.stack([normalise(c.ink) for c, _ in kept if c.ink is not None])
        edge.append(second.scores(to_model_input(images))[:, :NUM_DIGITS])
        labels += [label for _, label in kept]
    return Opinions(
        np.array(page, np.float32).reshape(-1, NUM_DIGITS),
        np.concatenate(edge),
        np.array(labels, np.int64),
        num_missed,
    )


def matched(
    candidates: list[Candidate], scene: Rendered
) -> tuple[list[int | None], int]:
    """Return each candidate's true label, and how many digits are no candidate.

    The label is `NUM_DIGITS` for what is no digit, and `None` for what is neither.
    """
    digits = [
        (_box(box), int(kind))
        for box, kind in zip(scene.boxes, scene.kinds, strict=True)
        if kind < NUM_DIGITS
    ]
    taken: set[int] = set()
    labels: list[int | None] = []
    for candidate in candidates:
        box = _box(candidate.box_xywh)
        best = max(
            (i for i in range(len(digits)) if i not in taken),
            key=lambda i: overlap(digits[i][0], box),
            default=None,
        )
        if best is not None and overlap(digits[best][0], box) >= _MATCH:
            taken.add(best)
            labels.append(digits[best][1])
        elif any(_covered(box, _box(each)) > 0.3 for each in scene.unjudged):
            labels.append(None)
        else:
            labels.append(_NONE)
    return labels, len(digits) - len(taken)


def fitted(found: Opinions) -> Verdict:
    """Return the weights under which the true labels are likeliest."""
    if not len(found.labels):  # a network that finds nothing yet
        return Verdict()

    def loss(weights: NDArray[np.float64]) -> float:
        shares = _verdict(weights).shares(found.page, found.edge)
        own = shares[np.arange(len(found.labels)), found.labels]
        return float(-np.log(np.maximum(own, 1e-9)).mean())

    best = minimize(loss, np.array([1.0, 0.5, 0.0]), method="Nelder-Mead")
    return _verdict(best.x)


def accepted_from(found: Opinions, verdict: Verdict) -> tuple[float, float]:
    """Return the confidence from which digits are accepted, and the F1 it gives."""
    shares = verdict.shares(found.page, found.edge)[:, :NUM_DIGITS]
    confidence, read = shares.max(axis=1), shares.argmax(axis=1)
    right = read == found.labels
    num_digits = int((found.labels < NUM_DIGITS).sum()) + found.num_missed
    f1 = [
        2
        * (right & (confidence >= each)).sum()
        / (num_digits + (confidence >= each).sum())
        for each in _ACCEPT
    ]
    best = int(np.argmax(f1))
    return round(float(_ACCEPT[best]), 2), float(f1[best])


def _verdict(weights: NDArray[np.float64]) -> Verdict:
    page, edge, bias = (round(float(each), 4) for each in weights)
    return replace(Verdict(), page_weight=page, edge_weight=edge, none_bias=bias)


def _box(values: Any) -> BoxF:
    x, y, w, h = (float(n) for n in values)
    return x, y, w, h


def _covered(box: BoxF, by: BoxF) -> float:
    """Return the share of a box that another one covers."""
    width = min(box[0] + box[2], by[0] + by[2]) - max(box[0], by[0])
    height = min(box[1] + box[3], by[1] + by[3]) - max(box[1], by[1])
    return max(0.0, width) * max(0.0, height) / (box[2] * box[3])
