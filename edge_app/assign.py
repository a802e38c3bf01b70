"""Which box of one frame continues which box of the frame before."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.geometry import Box

_REACH = 1.0  # how far a digit moves between frames at most, in its own heights
_FAR = 1e3  # cost of a pair that cannot be


def assigned(
    known: Sequence[Box], seen: Sequence[Box], moved: NDArray[np.float64]
) -> dict[int, int]:
    """Which of the boxes seen continues which known one, at the least total distance.

    Args:
        known: `(x, y, width, height)` in the frame before.
        seen: The same in this frame.
        moved: `(2,)`: how far the page is expected to have moved in between, in pixels.

    Returns:
        Index of the box seen by that of the known one, for those that continue.
    """
    # The earth mover's distance between as many unit weights as there are boxes is the
    # assignment problem, so OpenCV solves it without another library.
    if not known or not seen:
        return {}
    old = np.array(known, np.float64)
    new = np.array(seen, np.float64)
    old_centres = old[:, :2] + old[:, 2:] / 2 + moved
    new_centres = new[:, :2] + new[:, 2:] / 2
    distances = np.linalg.norm(old_centres[:, np.newaxis] - new_centres, axis=2)
    heights = (old[:, np.newaxis, 3] + new[:, 3]) / 2
    growth = np.abs(np.log(old[:, np.newaxis, 3] / new[:, 3]))
    cost = (distances / heights + growth).astype(np.float32)
    cost[cost > _REACH] = _FAR
    ones = [np.ones((len(boxes), 1), np.float32) for boxes in (known, seen)]
    _, _, flow = cv2.EMD(ones[0], ones[1], cv2.DIST_USER, cost=cost)
    pairs = np.argwhere((np.asarray(flow) > 0.5) & (cost <= _REACH))
    return {int(old): int(new) for old, new in pairs}
