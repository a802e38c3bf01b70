"""Gaps between the digits that are read in scenes, on disk: cut once, read often."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.geometry import Box
from edge_app.find.candidate import Finder
from edge_app.find.context.patches import Patches
from edge_app.find.judge import judged
from edge_app.find.page.maps import Kind
from edge_app.find.page.page_file import load_page
from edge_app.find.separators.separator_patches import gap_patches
from edge_app.find.separators.separator_reader import SEPARATOR_LABELS
from edge_app.layout.arrangement import accepted
from edge_app.layout.grouping import neighbors
from edge_app.model import classify
from edge_app.model.classify import Classifier
from train import scenes
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources

# Conditions whose numbers hold separators: half of the scenes; the others are of the
# page network's mixture, where most gaps are empty or show something else.
SEPARATED = (
    "dates", "amounts", "lists", "codes", "sums", "equations", "cheque line", "form"
)  # fmt: skip
NO_SEPARATOR = len(SEPARATOR_LABELS) - 1
_SEEDED_PARTS = ("train", "validation", "test")
_SEPARATOR_LABEL_OF_KIND = {
    int(kind): label
    for label, kind in enumerate(
        (Kind.POINT, Kind.COMMA, Kind.MINUS, Kind.SLASH, Kind.COLON)
    )
}


@dataclass(frozen=True)
class GapSceneConstants:
    """Seeds of the scenes with separators, and where these may stand.

    Attributes:
        first_seed: Beyond all other scenes' seeds.
        seeds_a_part: How many each part has.
        reach_share: Of the taller digit's height: how far a separator may reach out of
            the gap: a slash leans over its neighbors, a comma hangs below them.
    """

    first_seed: int = 6 * 10**7
    seeds_a_part: int = 10**6
    reach_share: float = 0.25


_GAP_SCENE = GapSceneConstants()


@dataclass(frozen=True)
class LabeledGaps:
    """Gaps between the digits that were read in a scene, and what stands there.

    Attributes:
        patches: Of each gap.
        labels: `(N,)` indexes of `SEPARATOR_LABELS`.
    """

    patches: Patches
    labels: NDArray[np.int64]


def gap_scene(sources: SceneSources, number: int) -> Rendered:
    """Return a scene by its number within its part."""
    if number % 2:
        return pool.rendered(pool.mixed(sources, number))
    seed, condition = divmod(number // 2, len(SEPARATED))
    mnist, hands = pool.writing(sources)
    part = _SEEDED_PARTS.index(sources.part)
    seed += _GAP_SCENE.first_seed + _GAP_SCENE.seeds_a_part * part
    return pool.rendered(
        scenes.make(SEPARATED[condition], seed, mnist=mnist, hands=hands)
    )


def cut(
    sources: SceneSources, folder: Path, numbers: range, *, jobs: int
) -> Iterator[int]:
    """Cut the gaps of these scenes that are not there yet.

    Args:
        sources: Whose writing.
        folder: Where the gaps are kept, a file a scene.
        numbers: Of the scenes.
        jobs: Processes that read at once.

    Yields:
        How many more are there, each time some are.
    """
    yield from pool.in_processes(
        partial(_cut_chunk, sources, folder), folder, numbers, jobs=jobs
    )


def of_part(
    sources: SceneSources, part: Literal["train", "validation", "test"]
) -> SceneSources:
    """Return sources of another part's hands."""
    return replace(sources, part=part)


def gaps_folder(run: Path, part: str) -> Path:
    """Return where a run keeps the gaps of a part."""
    return run / "gaps" / part


def read(file: Path) -> LabeledGaps:
    """Return the gaps of a scene."""
    with np.load(file) as stored:
        return LabeledGaps(**{name: stored[name] for name in stored.files})


def labeled(scene: Rendered, finder: Finder, classifier: Classifier) -> LabeledGaps:
    """Return the gaps between the digits that are read in a scene, and their truth."""
    frame = np.asarray(cv2.cvtColor(scene.gray, cv2.COLOR_GRAY2BGR), np.uint8)
    digits = accepted(judged(finder(frame), classifier, finder).digits)
    boxes = [digit.box_xywh for digit in digits]
    pairs = neighbors(boxes)
    labels = [label_of(boxes[left], boxes[right], scene) for left, right in pairs]
    return LabeledGaps(gap_patches(scene.gray, digits, pairs), np.array(labels, int))


def label_of(left: Box, right: Box, scene: Rendered) -> int:
    """Return which separator stands between two digits of a scene.

    Args:
        left: The box of the digit on its left.
        right: The box of the digit on its right.
        scene: Its truth.
    """
    there = [
        _SEPARATOR_LABEL_OF_KIND[int(kind)]
        for box, kind in zip(scene.boxes.tolist(), scene.kinds, strict=True)
        if int(kind) in _SEPARATOR_LABEL_OF_KIND and _is_between(box, left, right)
    ]
    return there[0] if there else NO_SEPARATOR


def _is_between(box: Sequence[float], left: Box, right: Box) -> bool:
    middle_x, middle_y = box[0] + box[2] / 2, box[1] + box[3] / 2
    room = _GAP_SCENE.reach_share * max(left[3], right[3])
    bottom = max(left[1] + left[3], right[1] + right[3])
    return (
        max(left[0] + left[2] - room, left[0] + left[2] / 2) < middle_x
        and middle_x < min(right[0] + room, right[0] + right[2] / 2)
        and min(left[1], right[1]) - room <= middle_y <= bottom + room
    )


@cache
def readers() -> tuple[Finder, Classifier]:
    """Return the page network that is in use, and the second reader."""
    cv2.setNumThreads(1)
    return load_page(), classify.load()


def _cut_chunk(sources: SceneSources, folder: Path, numbers: list[int]) -> int:
    for number in numbers:
        found = labeled(gap_scene(sources, number), *readers())
        with files.replacing(pool.path(folder, number)) as temporary:
            np.savez(temporary, allow_pickle=False, **vars(found))
    return len(numbers)
