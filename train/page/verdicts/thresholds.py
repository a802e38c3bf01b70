"""Judge a trained page network on scenes of hands that it never saw.

What reading needs to know of it is chosen here: how much its opinion weighs beside the
second reader's, and from which confidence a digit is accepted.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from tqdm import tqdm

from edge_app.find.candidate import Candidate
from edge_app.find.page.finder import SIGNS, SPLIT, PageFinder
from edge_app.find.page.maps import Kind
from edge_app.find.verdict import Verdict, near, second_scores
from edge_app.layout import grouping
from edge_app.model import classify
from edge_app.model.classify import NUM_DIGITS
from train.page import network, page_provenance
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources
from train.page.keras_pictures import KerasPictures
from train.page.page_settings import PageSettings
from train.page.verdicts.seen import (
    LARGE,
    NUM_TOUCHING,
    Seen,
    large_scenes,
    matched,
    see,
    touching_scenes,
)
from train.page.verdicts.splitting import splitting_of

_PEAK = 0.2  # below it there are ten times as many candidates and no more digits
_WEIGHTS = (
    "page_digit", "page_kind", "edge_digit", "digit_bias", "around", "page_label",
    "edge_label",
)  # fmt: skip
_FAR = 1e-4  # of what stands near: less counts as nothing, to keep matrices sparse
_STEP = 1e-3  # of weights: smaller ones drown in float32
_UNJUDGED = -1
_SIGNS_PRECISION, _FEWEST_SIGNS = 0.98, 20
_ACCEPT = np.arange(0.2, 0.96, 0.02)  # thresholds that are tried


@dataclass(frozen=True)
class Opinions:
    """What both readers say of the candidates of many scenes.

    Attributes:
        page: `(N, kinds)` float32 probability of each kind by itself.
        edge: `(N, 10)` float32 probability of each digit; 0 of what has no ink.
        labels: `(N,)` what they are; `NUM_DIGITS` for none, -1 for what is neither.
        near: `(N, N)` what stands near each, sparse: nothing of another scene.
        num_missed: Digits that are no candidate.
        signs: `(M,)` float32, probability of each separator between two digits.
        signs_right: `(M,)` whether it is one.
    """

    page: NDArray[np.float32]
    edge: NDArray[np.float32]
    labels: NDArray[np.int64]
    near: Any
    num_missed: int
    signs: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    signs_right: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))


def judge(run: Path, settings: PageSettings, sources: SceneSources) -> dict[str, Any]:
    """Return a run's metrics: thresholds, F1 on validation scenes, how it was made."""
    model = network.load(run / "best.keras")
    folder = run / "scenes" / "validation"
    finder = PageFinder(KerasPictures(model), thresholds={"peak": _PEAK})
    mixture = itertools.chain(
        (pool.read(folder, number) for number in range(settings.validation_scenes)),
        large_scenes(sources),
    )
    total = settings.validation_scenes + len(LARGE) + NUM_TOUCHING
    shown = itertools.chain(mixture, touching_scenes(sources))
    bar = tqdm(shown, total=total, unit="scene", desc="judging", leave=False)
    seen = list(see(finder, classify.load(), bar))
    found = opinions(seen[:-NUM_TOUCHING])  # else touching digits are all too common
    verdict = fitted(found)
    accept, f1 = accepted_from(found, verdict)
    splitting = splitting_of(seen, replace(verdict, accept=accept))
    return {
        "parameters": model.count_params(),
        "f1": f1,
        "thresholds": {
            "peak": _PEAK,
            **{name: getattr(verdict, name) for name in _WEIGHTS},
            "accept": accept,
            "accept_sign": signs_from(found),
            **{SPLIT + name: weight for name, weight in vars(splitting).items()},
        },
        "made_by": page_provenance.describe(
            settings, with_strokes=bool(sources.strokes)
        ),
    }


def opinions(scenes: Sequence[Seen]) -> Opinions:
    """Return what a page network and a second reader say of scenes."""
    page = [np.zeros((0, Kind.SYMBOL + 1), np.float32)]
    edge = [np.zeros((0, NUM_DIGITS), np.float32)]
    labels: list[int] = []
    surroundings = []
    num_missed = 0
    signs: list[tuple[float, bool]] = []
    for seen in scenes:
        found = seen.candidates
        signs += _judged_signs(found, seen.scene)
        of_scene, missed = _labels(found, seen.scene)
        num_missed += missed
        if not found:
            continue
        labels += of_scene
        page.append(np.array([candidate.scores for candidate in found], np.float32))
        edge.append(second_scores(found))
        boxes = np.array([candidate.box_xywh for candidate in found], np.float32)
        surroundings.append(_sparse(boxes))
    return Opinions(
        np.concatenate(page),
        np.concatenate(edge),
        np.array(labels, np.int64),
        sparse.csr_matrix(sparse.block_diag(surroundings))
        if surroundings
        else np.zeros((0, 0)),
        num_missed,
        np.array([share for share, _ in signs], np.float32),
        np.array([is_right for _, is_right in signs], bool),
    )


def _labels(found: Sequence[Candidate], scene: Rendered) -> tuple[list[int], int]:
    """Return the true label of each candidate, and how many digits have none."""
    inked = [
        i for i, candidate in enumerate(found) if candidate.class_scores is not None
    ]
    inked_labels, missed = matched([found[index].box_xywh for index in inked], scene)
    labels = [_UNJUDGED] * len(found)
    for index, label in zip(inked, inked_labels, strict=True):
        labels[index] = _UNJUDGED if label is None else label
    return labels, missed


def _sparse(boxes: NDArray[np.float32]) -> Any:
    weights = near(boxes)
    return sparse.csr_matrix(np.where(weights < _FAR, 0, weights))


def fitted(found: Opinions) -> Verdict:
    """Return the weights under which the true labels are likeliest."""
    if not len(found.labels):  # a network that finds nothing yet
        return Verdict()

    judged = np.flatnonzero(found.labels != _UNJUDGED)

    def loss(weights: NDArray[np.float64]) -> float:
        shares = _verdict(weights).shares(found.page, found.edge, found.near)[judged]
        no_digit = 1 - shares.sum(axis=1, keepdims=True)
        of_truth = np.hstack([shares, no_digit])[
            np.arange(len(judged)), found.labels[judged]
        ]
        return float(-np.log(np.maximum(of_truth, 1e-6)).mean())

    start = np.array([getattr(Verdict(), name) for name in _WEIGHTS])
    best = minimize(loss, start, method="L-BFGS-B", options={"eps": _STEP})
    return _verdict(np.round(best.x, 4))


def accepted_from(found: Opinions, verdict: Verdict) -> tuple[float, float]:
    """Return the confidence from which digits are accepted, and the F1 it gives."""
    judged = found.labels != _UNJUDGED
    shares = verdict.shares(found.page, found.edge, found.near)[judged]
    confidence, read = shares.max(axis=1), shares.argmax(axis=1)
    labels = found.labels[judged]
    right = read == labels
    num_digits = int((labels < NUM_DIGITS).sum()) + found.num_missed
    f1 = [
        2
        * (right & (confidence >= least)).sum()
        / (num_digits + (confidence >= least).sum())
        for least in _ACCEPT
    ]
    best = int(np.argmax(f1))
    return round(float(_ACCEPT[best]), 2), float(f1[best])


def signs_from(found: Opinions) -> float:
    """Return the least probability at which separators are precise enough, or 1.01."""
    for least in _ACCEPT:
        accepted = found.signs_right[found.signs >= least]
        if len(accepted) >= _FEWEST_SIGNS and accepted.mean() >= _SIGNS_PRECISION:
            return round(float(least), 2)
    return 1.01


def _judged_signs(
    candidates: list[Candidate], scene: Rendered
) -> list[tuple[float, bool]]:
    """Return each separator's probability and whether it is right, between digits."""
    boxes = [
        (round(x), round(y), round(w), round(h))
        for (x, y, w, h), kind in zip(scene.boxes.tolist(), scene.kinds, strict=True)
        if kind < NUM_DIGITS
    ]
    pairs = [
        (boxes[left], boxes[right])
        for line in grouping.lines(boxes)
        for left, right in pairwise(line)
    ]
    judged = []
    for candidate in candidates:
        if candidate.sign is None:
            continue
        sign = candidate.sign, candidate.box_xywh
        if not any(grouping.between([sign], *pair) for pair in pairs):
            continue
        x, y, w, h = candidate.box_xywh
        true = [
            kind
            for (bx, by, bw, bh), kind in zip(scene.boxes, scene.kinds, strict=True)
            if bx - 2 <= x + w / 2 <= bx + bw + 2 and by - 2 <= y + h / 2 <= by + bh + 2
        ]
        judged.append(
            (
                candidate.sign_share,
                any(SIGNS.get(int(k)) == candidate.sign for k in true),
            )
        )
    return judged


def _verdict(weights: NDArray[np.float64]) -> Verdict:
    return Verdict(
        **{name: float(weight) for name, weight in zip(_WEIGHTS, weights, strict=True)}
    )
