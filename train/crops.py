"""Crops of scenes of our own, cut out as the app cuts frames.

What a network meets on photographs is what segmentation gives it: digits with a rest of
a ruled line, two digits in one crop, halves, letters, texture. The truth of a scene
tells which crop is which.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_app import cuts
from edge_app.classify import NUM_DIGITS
from edge_app.normalise import normalise
from edge_app.segment import segment
from train import scenes
from train.data import Split
from train.scenes.truth import BoxF, Truth, overlap

# Beyond those that benchmarks look at.
_FIRST_SEED = 1_000_000

_IS_DIGIT = 0.85  # overlap of a crop that shows one digit
_MOST_OF_ANOTHER = 0.15  # of another digit's box within such a crop
_MOST_OF_NONE = 0.05  # of any digit's box within a crop that shows none
_MOST_OF_SEVERAL = 0.75  # of each of the digits in a crop that shows several
_MOST_A_SCENE = 40  # crops of a texture would outnumber all others

# Turned and cut digits would be labelled by what they are no more. Lone ones look like
# those of other pages.
_LEFT_OUT = {*scenes.TURNED, "cut by border", "lone"}
_EMPTY_SHARE = 0.5  # of the scenes, those without digits


@dataclass(frozen=True)
class _Crop:
    image: NDArray[np.uint8]
    label: int


def of_scenes(digits: Split, *, count: int, seed: int) -> Split:
    """Crops of digits, and of what is none, labelled 10.

    Args:
        digits: What people wrote; the digits of scenes that show our own strokes
            instead are not among the crops.
        count: How many scenes.
        seed: Decides everything random.
    """
    rng = np.random.default_rng(seed)
    found = [
        crop
        for number in tqdm(range(count), desc="crops", unit="scene", leave=False)
        for crop in _some(
            list(_crops(_scene(digits, _FIRST_SEED + seed * count + number, rng))), rng
        )
    ]
    return Split(
        np.array([crop.image for crop in found], np.uint8),
        np.array([crop.label for crop in found], np.uint8),
    )


def _scene(digits: Split, seed: int, rng: np.random.Generator) -> scenes.Scene:
    written = [name for name in scenes.CONDITIONS if name not in _LEFT_OUT]
    names = scenes.WITHOUT_DIGITS if rng.random() < _EMPTY_SHARE else written
    return scenes.make(names[rng.integers(len(names))], seed, mnist=digits)


def _some(crops: list[_Crop], rng: np.random.Generator) -> list[_Crop]:
    chosen = rng.permutation(len(crops))[:_MOST_A_SCENE]
    return [crops[index] for index in chosen]


def _crops(scene: scenes.Scene) -> Iterator[_Crop]:
    for region in segment(scene.frame):
        for piece in cuts.pieces(region):
            label = _label(piece.region.box_xywh, scene.truth)
            if label == NUM_DIGITS or (label is not None and scene.by_people):
                yield _Crop(normalise(piece.region.ink), label)


def _label(box: BoxF, truth: Truth) -> int | None:
    """What a crop shows: a digit, 10 for none or several, `None` if nobody can say."""
    if any(_covered(soft, box) > 0 for soft in truth.soft):
        return None
    shares = [_covered(digit.box, box) for digit in truth.digits]
    if max(shares, default=0) <= _MOST_OF_NONE:
        return NUM_DIGITS
    inside = [index for index, share in enumerate(shares) if share > _MOST_OF_ANOTHER]
    if len(inside) == 1:
        digit = truth.digits[inside[0]]
        return digit.label if overlap(digit.box, box) >= _IS_DIGIT else None
    whole = [share for share in shares if share >= _MOST_OF_SEVERAL]
    return NUM_DIGITS if len(whole) >= 2 else None


def _covered(digit: BoxF, box: BoxF) -> float:
    """The share of a digit's box that lies within another box."""
    width = min(digit[0] + digit[2], box[0] + box[2]) - max(digit[0], box[0])
    height = min(digit[1] + digit[3], box[1] + box[3]) - max(digit[1], box[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / max(1.0, digit[2] * digit[3])
