"""The opinions of both readers on the candidates of scenes, beside what these are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from edge_app.find.candidate import Candidate
from edge_app.find.page.maps import Kind
from edge_app.find.verdict import Opinions, opinions_of
from edge_app.model.classify import NUM_DIGITS
from train.page.crops.pool import Rendered
from train.page.verdicts.seen import Seen, matched

UNJUDGED = -1
# Of what stands near: less counts as nothing, to keep matrices sparse.
_FAR_WEIGHT = 1e-4
_NO_OPINIONS = Opinions(
    np.zeros((0, Kind.SYMBOL + 1), np.float32),
    np.zeros((0, NUM_DIGITS), np.float32),
    np.zeros((0, 0), np.float32),
    np.zeros(0, np.float32),
)


@dataclass(frozen=True)
class LabeledOpinions(Opinions):
    """Both readers' opinions on the candidates of many scenes, and their true labels.

    Attributes:
        labels: `(N,)` what they are; `NUM_DIGITS` for none, -1 for what is neither.
        weights: `(N,)` how much each counts: a scene's together as the root of their
            number, or pages full of glyphs would drown the lone digits.
        num_missed: Digits that are no candidate.
    """

    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    num_missed: int


def opinions(scenes: Sequence[Seen]) -> LabeledOpinions:
    """Return what a page network and a second reader say of scenes."""
    every = [_NO_OPINIONS]
    labels: list[int] = []
    weights: list[float] = []
    num_missed = 0
    for seen in scenes:
        scene_labels, missed = _labels(seen.candidates, seen.scene)
        labels += scene_labels
        num_judged = sum(label != UNJUDGED for label in scene_labels)
        weights += [max(1, num_judged) ** -0.5] * len(scene_labels)
        num_missed += missed
        if seen.candidates:
            every.append(opinions_of(seen.candidates))
    return LabeledOpinions(
        page=np.concatenate([said.page for said in every]),
        edge=np.concatenate([said.edge for said in every]),
        near=sparse.csr_matrix(
            sparse.block_diag([_sparse(said.near) for said in every])
        ),
        heights=np.concatenate([said.heights for said in every]),
        labels=np.array(labels, np.int64),
        weights=np.array(weights),
        num_missed=num_missed,
    )


def _labels(found: Sequence[Candidate], scene: Rendered) -> tuple[list[int], int]:
    """Return the true label of each candidate, and how many digits have none."""
    inked = [
        i for i, candidate in enumerate(found) if candidate.class_scores is not None
    ]
    inked_labels, missed = matched([found[index].box_xywh for index in inked], scene)
    labels = [UNJUDGED] * len(found)
    for index, label in zip(inked, inked_labels, strict=True):
        labels[index] = UNJUDGED if label is None else label
    return labels, missed


def _sparse(weights: NDArray[np.float32]) -> Any:
    return sparse.csr_matrix(np.where(weights < _FAR_WEIGHT, 0, weights))
