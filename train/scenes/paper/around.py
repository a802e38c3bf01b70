"""The surroundings of a page, and what lies on it: a desk, fingers."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.paper import textures
from train.scenes.paper.textures import FloatPicture
from train.scenes.writing.pens import SHIFT


def fixed(points: NDArray[Any], matrix: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return where points of the page lie in the frame, as OpenCV draws them."""
    seen = cv2.perspectiveTransform(np.asarray(points, np.float64)[None], matrix)
    return np.asarray(np.rint(seen[0] * (1 << SHIFT)), np.int32)


def put_on_desk(
    picture: FloatPicture, matrix: NDArray[np.float64], rng: np.random.Generator
) -> None:
    """Let the paper end within the frame.

    Args:
        picture: The page, `(H, W, 3)`; changed in place.
        matrix: `(3, 3)` map of the page to the frame.
        rng: Source of everything random.
    """
    height, width = picture.shape[:2]
    kinds = (textures.wood, textures.cloth, textures.carpet)
    desk = kinds[rng.integers(len(kinds))]((width, height), rng)
    inset = rng.uniform(-0.05, 0.11, 4) * height
    inset[rng.integers(4)] = 0.08 * height  # one edge at least is seen
    left, top, right, bottom = inset
    sheet = np.array(
        [
            (left, top),
            (width - right, top),
            (width - right, height - bottom),
            (left, height - bottom),
        ]
    )
    sheet += rng.normal(0, 0.01 * height, sheet.shape)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [fixed(sheet, matrix)], 255, cv2.LINE_AA, SHIFT)
    # The paper casts a thin shadow on the desk.
    dark = cv2.GaussianBlur(mask, (0, 0), height / 100).astype(np.float32) / 255
    desk *= (1 - 0.6 * dark)[..., np.newaxis]
    on_desk = (1 - mask.astype(np.float32) / 255)[..., np.newaxis]
    picture += on_desk * (desk - picture)


def hold(picture: FloatPicture, rng: np.random.Generator) -> None:
    """Let fingers reach in from one side, with their shadow; changes `picture`."""
    height, width = picture.shape[:2]
    skin = np.array(
        ((150, 180, 225), (110, 145, 200), (60, 85, 130))[rng.integers(3)],
        np.float32,
    )
    side = rng.integers(4)
    start = rng.uniform(0.1, 0.7)
    for index in range(int(rng.integers(1, 4))):
        along = start + index * 0.12
        reach = rng.uniform(0.05, 0.13)
        tip = (
            (along, reach),
            (along, 1 - reach),
            (reach, along),
            (1 - reach, along),
        )
        root = ((along, -0.2), (along, 1.2), (-0.2, along), (1.2, along))
        mask = np.zeros((height, width), np.uint8)
        ends = [
            (round(x * width), round(y * height)) for x, y in (tip[side], root[side])
        ]
        thick = round(height * rng.uniform(0.07, 0.1))
        cv2.line(mask, ends[0], ends[1], 255, thick, cv2.LINE_AA)
        finger = mask.astype(np.float32) / 255
        shade = cv2.GaussianBlur(finger, (0, 0), height / 60)
        shifted = np.roll(shade, round(height / 50), axis=(0, 1))
        picture *= (1 - 0.45 * shifted)[..., np.newaxis]
        round_off = 0.6 + 0.4 * cv2.GaussianBlur(finger, (0, 0), thick / 3)
        picture += finger[..., np.newaxis] * (
            round_off[..., np.newaxis] * skin - picture
        )
