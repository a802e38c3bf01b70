"""Scenes whose border cuts a digit off: how surely must it be read to be believed?"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge_app.model.classify import NUM_DIGITS
from train.page.crops.pool import Rendered

_VISIBLE = 0.4, 1.0  # share of the digit's width, or height, that is left


def cut_off(scene: Rendered, seed: int) -> Rendered | None:
    """Return a scene cut through one of its digits, the only one that is judged.

    Args:
        scene: With its pictures.
        seed: Decides which digit, from which side, and how much of it is left.

    Returns:
        What is left of the scene; `None` if it has no digit.
    """
    (digits,) = np.nonzero(scene.kinds < NUM_DIGITS)
    if not digits.size:
        return None
    rng = np.random.default_rng(seed)
    chosen = int(rng.choice(digits))
    start, size = scene.boxes[chosen, :2], scene.boxes[chosen, 2:]
    first, last = np.zeros(2), np.array(scene.gray.shape[::-1], np.float64)
    axis, share = int(rng.integers(2)), rng.uniform(*_VISIBLE)
    if rng.random() < 0.5:
        first[axis] = start[axis] + (1 - share) * size[axis]
    else:
        last[axis] = start[axis] + share * size[axis]
    (left, top), (right, bottom) = first.astype(int), np.ceil(last).astype(int)
    others = np.concatenate([np.delete(scene.boxes, chosen, 0), scene.unjudged])
    corners = (left, top), (right, bottom)
    return replace(
        scene,
        gray=scene.gray[top:bottom, left:right],
        ink=scene.ink[top:bottom, left:right],
        boxes=_within(scene.boxes[[chosen]], *corners),
        kinds=scene.kinds[[chosen]],
        unjudged=_within(others, *corners),
    )


def _within(
    boxes: NDArray[np.float32], first: tuple[int, int], last: tuple[int, int]
) -> NDArray[np.float32]:
    """Return what of boxes `(N, 4)` is between two corners, seen from the first."""
    starts = np.clip(boxes[:, :2], first, last)
    sizes = np.clip(boxes[:, :2] + boxes[:, 2:], first, last) - starts
    seen = np.hstack([starts - first, sizes])[(sizes > 0).all(axis=1)]
    return np.asarray(seen, np.float32)
