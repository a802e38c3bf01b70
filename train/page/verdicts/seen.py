"""The views of scenes of known truth, by a page network and the second reader."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from edge_app.common.geometry import Box, BoxF, overlap
from edge_app.find import touching
from edge_app.find.candidate import Candidate
from edge_app.find.page.finder import PageFinder
from edge_app.find.second_reader import SecondReader
from edge_app.find.touching import Proposal
from edge_app.model.classify import NUM_DIGITS, Classifier
from train import scenes
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources

LARGE = [
    name
    for name in (*scenes.CONDITIONS, *scenes.WITHOUT_DIGITS)
    if name not in scenes.TURNED
]
_TOUCHING_CONDITIONS = ("touching", "overlapping")
_NO_PICTURE = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True)
class SeenConstants:
    """The scenes that are added to a mixture, and when a box is of a digit.

    Attributes:
        least_overlap_share: Intersection over union from which a box is a digit's, as
            photographs are scored.
        most_covered_share: Of a box: where an unjudged one covers more, it is neither
            right nor wrong.
        large_wh_px: Of scenes as large as photographs.
        large_seed: Of these, beyond all other scenes' seeds.
        num_touching: Scenes in which digits touch.
        touching_seed: The first of these, likewise.
    """

    least_overlap_share: float = 0.4
    most_covered_share: float = 0.3
    large_wh_px: tuple[int, int] = (1600, 1200)
    large_seed: int = 4 * 10**7
    num_touching: int = 80
    touching_seed: int = 5 * 10**7


SEEN = SeenConstants()


@dataclass(frozen=True)
class Seen:
    """Candidates seen in one scene.

    Attributes:
        candidates: Those with the network's scores, without what takes memory.
        proposals: What of them may be read in pieces.
        scene: Its truth, without its pictures.
    """

    candidates: list[Candidate]
    proposals: list[Proposal]
    scene: Rendered


def see(
    finder: PageFinder, classifier: Classifier, shown: Iterable[Rendered]
) -> Iterator[Seen]:
    """Yield what is seen of each scene."""
    for scene in shown:
        frame = np.asarray(cv2.cvtColor(scene.gray, cv2.COLOR_GRAY2BGR), np.uint8)
        second = SecondReader(classifier)
        candidates = second(finder(frame))
        proposals = [
            Proposal(proposal.members, _lighter(proposal.pieces))
            for proposal in touching.proposals(candidates, second)
        ]
        truth = replace(scene, gray=_NO_PICTURE, ink=_NO_PICTURE)
        yield Seen(_lighter(candidates), proposals, truth)


def _lighter(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [
        replace(candidate, ink=None, view=None, image=None) for candidate in candidates
    ]


def large_scenes(sources: SceneSources) -> Iterator[Rendered]:
    """Render scenes as large as photographs: most of them is not writing."""
    yield from _rendered(sources, LARGE, [SEEN.large_seed], size_wh=SEEN.large_wh_px)


def touching_scenes(sources: SceneSources) -> Iterator[Rendered]:
    """Render more scenes in which digits touch than the mixture has."""
    count = SEEN.num_touching // len(_TOUCHING_CONDITIONS)
    seeds = range(SEEN.touching_seed, SEEN.touching_seed + count)
    yield from _rendered(sources, _TOUCHING_CONDITIONS, seeds)


def _rendered(
    sources: SceneSources, names: Sequence[str], seeds: Iterable[int], **options: Any
) -> Iterator[Rendered]:
    """Render scenes written by hands that are kept for validation."""
    mnist, hands = pool.writing(replace(sources, part="validation"))
    for name in names:
        for seed in seeds:
            scene = scenes.make(name, seed, mnist=mnist, hands=hands, **options)
            yield pool.rendered(scene)


def matched(found: Sequence[Box], scene: Rendered) -> tuple[list[int | None], int]:
    """Return the true label of each box, and how many digits have none.

    The label is `NUM_DIGITS` for what is no digit, and `None` for what is neither.
    """
    digits = [
        (_box(box), int(kind))
        for box, kind in zip(scene.boxes, scene.kinds, strict=True)
        if kind < NUM_DIGITS
    ]
    taken: set[int] = set()
    labels: list[int | None] = []
    for values in found:
        box = _box(values)
        best = max(
            (i for i in range(len(digits)) if i not in taken),
            key=lambda i: overlap(digits[i][0], box),
            default=None,
        )
        if (
            best is not None
            and overlap(digits[best][0], box) >= SEEN.least_overlap_share
        ):
            taken.add(best)
            labels.append(digits[best][1])
        elif any(
            _covered(box, _box(unjudged)) > SEEN.most_covered_share
            for unjudged in scene.unjudged
        ):
            labels.append(None)
        else:
            labels.append(NUM_DIGITS)
    return labels, len(digits) - len(taken)


def _box(values: Any) -> BoxF:
    x, y, w, h = (float(n) for n in values)
    return x, y, w, h


def _covered(box: BoxF, by: BoxF) -> float:
    """Return the share of a box that another one covers."""
    width = min(box[0] + box[2], by[0] + by[2]) - max(box[0], by[0])
    height = min(box[1] + box[3], by[1] + by[3]) - max(box[1], by[1])
    return max(0.0, width) * max(0.0, height) / (box[2] * box[3])
