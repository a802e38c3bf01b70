"""Crops of scenes of our own, cut out as the app cuts frames.

What a network meets on photographs is what the page network finds: digits with a rest
of a ruled line, two digits in one crop, halves, letters, texture. The truth of a scene
tells which crop is which.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_app import find
from edge_app.common.geometry import BoxF, overlap
from edge_app.find.candidate import Candidate
from edge_app.model.classify import NUM_DIGITS
from edge_app.model.normalize import INPUT_SIZE, normalize
from train import parallel, scenes
from train.data.mnist import Split
from train.scenes.truth import Truth
from train.scenes.writing.hands import Hands

# Beyond those that benchmarks look at, and those that page networks are trained on.
_FIRST_CROPS_SEED = 3 * 10**7
_CROPPED_SCENES_A_CHUNK = 16  # scenes a process renders before it asks for more


@dataclass(frozen=True)
class CropConstants:
    """Overlaps by which a crop of a scene is labeled, and how many of them are kept.

    Attributes:
        most_of_empty: Of any digit's box within a crop that shows none.
        least_of_several: Of each of the digits in a crop that shows several.
        least_overlap: Intersection over union of a crop's box and the one digit that it
            shows.
        most_of_another: Of another digit's box within such a crop, whose ink leaves out
            what reaches into it.
        most_a_scene: Crops of a texture would outnumber all others.
    """

    most_of_empty: float = 0.05
    least_of_several: float = 0.75
    least_overlap: float = 0.5
    most_of_another: float = 0.4
    most_a_scene: int = 20


_CROPS = CropConstants()


@dataclass(frozen=True)
class _Writing:
    """Handwriting that a process shows in scenes."""

    digits: Split
    hands: Hands | None


_writing: list[_Writing] = []  # of this process, if it renders


@dataclass(frozen=True)
class _Crop:
    image: NDArray[np.uint8]
    label: int


def of_scenes(
    digits: Split,
    *,
    count: int,
    seed: int,
    hands: Hands | None = None,
    jobs: int = 1,
) -> Split:
    """Return crops of digits, and of what is none, which are labeled 10.

    Args:
        digits: What people wrote; the digits of scenes that show our own strokes
            instead are not among the crops.
        count: How many scenes.
        seed: Decides everything random.
        hands: Who write in half of the scenes; `None` for nobody.
        jobs: Processes that render.
    """
    first = _FIRST_CROPS_SEED + seed * count
    chunks = [
        range(first + at, first + min(at + _CROPPED_SCENES_A_CHUNK, count))
        for at in range(0, count, _CROPPED_SCENES_A_CHUNK)
    ]
    images = [np.zeros((0, INPUT_SIZE, INPUT_SIZE), np.uint8)]
    labels = [np.zeros(0, np.uint8)]
    prepare = partial(_prepare, _Writing(digits, hands))
    made = parallel.in_order(_of_chunk, chunks, jobs=jobs, prepare=prepare)
    bar = tqdm(total=count, desc="crops", unit="scene", leave=False)
    with bar:
        for chunk, found in zip(chunks, made, strict=True):
            images.append(found.images)
            labels.append(found.labels)
            bar.update(len(chunk))
    return Split(np.concatenate(images), np.concatenate(labels))


def _prepare(writing: _Writing) -> None:
    _writing[:] = [writing]


def _of_chunk(seeds: range) -> Split:
    found = [crop for seed in seeds for crop in _of_one(seed)]
    images = np.zeros((len(found), INPUT_SIZE, INPUT_SIZE), np.uint8)
    for image, crop in zip(images, found, strict=True):
        image[:] = crop.image
    return Split(images, np.array([crop.label for crop in found], np.uint8))


def _of_one(seed: int) -> Iterator[_Crop]:
    (writing,) = _writing
    hands = writing.hands if seed % 2 else None
    scene = scenes.mixed(seed, mnist=writing.digits, hands=hands)
    rng = np.random.default_rng(seed)
    found = [
        crop
        for candidate in _finder()(scene.frame)
        for crop in _labeled(candidate, scene)
    ]
    for index in rng.permutation(len(found))[: _CROPS.most_a_scene]:
        yield found[index]


@cache
def _finder() -> find.Finder:
    return find.load()


def _labeled(candidate: Candidate, scene: scenes.RenderedScene) -> Iterator[_Crop]:
    if candidate.ink is None or not candidate.ink.any():
        return
    label = _label(candidate.box_xywh, scene.truth)
    if label == NUM_DIGITS or (label is not None and scene.by_people):
        yield _Crop(normalize(candidate.ink), label)


def _label(box: BoxF, truth: Truth) -> int | None:
    """Return a crop's label: a digit, 10 for none or several, `None` if unclear."""
    if any(_covered(soft, box) > 0 for soft in truth.soft):
        return None
    shares = [_covered(digit.box, box) for digit in truth.digits]
    if max(shares, default=0) <= _CROPS.most_of_empty:
        return NUM_DIGITS
    inside = [
        index for index, share in enumerate(shares) if share > _CROPS.most_of_another
    ]
    if len(inside) == 1:
        digit = truth.digits[inside[0]]
        return digit.label if overlap(digit.box, box) >= _CROPS.least_overlap else None
    whole = [share for share in shares if share >= _CROPS.least_of_several]
    return NUM_DIGITS if len(whole) >= 2 else None


def _covered(digit: BoxF, box: BoxF) -> float:
    """Return the share of a digit's box that lies within another box."""
    width = min(digit[0] + digit[2], box[0] + box[2]) - max(digit[0], box[0])
    height = min(digit[1] + digit[3], box[1] + box[3]) - max(digit[1], box[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / max(1.0, digit[2] * digit[3])
