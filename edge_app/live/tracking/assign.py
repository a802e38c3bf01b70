"""The assignment of one frame's boxes to those of the frame before.

OpenCV's EMD solves it: SciPy's `linear_sum_assignment` would bring 140 MB to a device.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.live.tracking.tracking_limits import TRACKING

_IMPOSSIBLE_COST = 1e3  # stands for a pair that cannot be


def assigned(
    known: Sequence[Sequence[Box]],
    seen: Sequence[Box],
    moved: NDArray[np.float64],
    penalties: NDArray[np.float64] | None = None,
) -> dict[int, int]:
    """Return which box seen continues which known one, at the least total distance.

    Args:
        known: The places of each, `(x, y, width, height)` in the frame before: more
            than one where its ink was seen now so, now so.
        seen: The boxes of this frame.
        moved: `(2,)`: how far the page is expected to have moved in between, in pixels.
        penalties: `(known, seen)`, in digits' heights: added to each pair's distance.

    Returns:
        Index of the box seen by that of the known one, for those that continue.
    """
    if not known or not seen:
        return {}
    old = np.array([box for places in known for box in places], np.float64)
    new = np.array(seen, np.float64)
    old_centers = old[:, :2] + old[:, 2:] / 2 + moved
    new_centers = new[:, :2] + new[:, 2:] / 2
    distances = np.linalg.norm(old_centers[:, np.newaxis] - new_centers, axis=2)
    heights = (old[:, np.newaxis, 3] + new[:, 3]) / 2
    growth = np.abs(np.log(old[:, np.newaxis, 3] / new[:, 3]))
    firsts = np.cumsum([0, *(len(places) for places in known[:-1])])
    cost = np.minimum.reduceat(distances / heights + growth, firsts)
    is_near = cost <= TRACKING.most_moved_heights
    cost = np.where(
        is_near, cost + (0.0 if penalties is None else penalties), _IMPOSSIBLE_COST
    )
    pairs: dict[int, int] = {}
    for rows, columns in _parts(is_near):
        pairs |= _pairs(cost[np.ix_(rows, columns)], rows, columns)
    return pairs


def _parts(is_near: NDArray[np.bool_]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield rows and columns that are near each other, apart from all others.

    Each part is a small problem; a page of print as a whole would take seconds.
    """
    num_rows = len(is_near)
    heads = list(range(sum(is_near.shape)))  # of each row and column, one of its part

    def head(node: int) -> int:
        while heads[node] != node:
            heads[node] = heads[heads[node]]
            node = heads[node]
        return node

    for row, column in np.argwhere(is_near):
        heads[head(int(row))] = head(num_rows + int(column))
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(len(heads)):
        rows, columns = parts.setdefault(head(node), ([], []))
        if node < num_rows:
            rows.append(node)
        else:
            columns.append(node - num_rows)
    for rows, columns in parts.values():
        if rows and columns:
            yield rows, columns


def _pairs(
    cost: NDArray[np.float64], rows: Sequence[int], columns: Sequence[int]
) -> dict[int, int]:
    """Return the column of each row that is near one, at the least total cost."""
    # The earth mover's distance between as many unit weights as there are boxes is the
    # assignment problem, so OpenCV solves it without another library. A pair that
    # cannot be costs no more than the farthest that can: else a whole row of digits
    # would move on by one, so that a new speck before them, and the last of them that
    # is not read, have a partner.
    bounded = np.minimum(cost, TRACKING.most_moved_heights).astype(np.float32)
    ones = [np.ones((size, 1), np.float32) for size in cost.shape]
    _, _, flow = cv2.EMD(ones[0], ones[1], cv2.DIST_USER, cost=bounded)
    found = np.argwhere((np.asarray(flow) > 0.5) & (cost < _IMPOSSIBLE_COST))
    return {rows[old]: columns[new] for old, new in found}
