"""Connected components of an ink mask, and which of them make up one digit."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_LEAST_AREA = 6  # pixels; less is dust
LEAST_STRENGTH = 0.6  # mean ink, of that of what it is a part of
_MOST_COMPONENTS = 1000  # in texture the smallest beyond this are left alone

Found = tuple[NDArray[np.int32], NDArray[np.int32]]  # labels and stats, as of `find`

# Shares of the larger component's height.
_SMALLER = 0.55  # the most height of a part that is joined to a digit
_GAP = 0.07  # the widest gap that a pen leaves within a digit
_BAR_GAP = 0.2  # the same between a five's bar and its body
# A digit's strokes are about three times as long as it is high; what is half as wide as
# they are is the rest of a ruled line.
_THINNEST = 0.14
_TALLEST = 1.5  # what the two may be together
_TOP = 0.3  # where the middle of a five's bar lies, from the body's top

# Shares of the typical height, this percentile of the page's components.
_TYPICAL = 90
_STACK_GAP = 0.1  # the widest gap between parts of any size above each other
_HIGHEST = 1.25  # what they may be together
_SHARED = 0.15  # what they share, of the narrower one's width
_INSIDE = 0.5  # of the lower one's height: what lies further beside the other is in it

_WIDEST = 1.1  # width of the two together, of their height together
_STACKED = 0.5  # of the narrower width: what two parts above each other share


def find(mask: NDArray[np.uint8]) -> Found:
    """The 8-connected components of a mask.

    Args:
        mask: `(H, W)` uint8, 0 is the background.

    Returns:
        Labels `(H, W)` int32, 0 the background, and `(N, 5)` int32: x, y, width, height
        and area of each label.
    """
    num, labels = cv2.connectedComponents(mask, connectivity=8)
    return np.asarray(labels, np.int32), _stats(mask, labels, num)


def _stats(
    mask: NDArray[np.uint8], labels: NDArray[Any], num: int
) -> NDArray[np.int32]:
    """What `find` returns of each label, told from its runs of pixels in a row.

    OpenCV's own looks at every pixel, and takes three times as long.
    """
    height, width = mask.shape
    is_edge = np.zeros((height, width + 1), np.bool_)
    is_edge[:, 0], is_edge[:, -1] = mask[:, 0], mask[:, -1]
    np.not_equal(mask[:, 1:], mask[:, :-1], out=is_edge[:, 1:-1])
    edges = np.flatnonzero(is_edge).astype(np.int32)
    y, start = np.divmod(edges[::2], width + 1)
    end = edges[1::2] - y * (width + 1)
    label = labels[y, start]
    left, right = np.full(num, width, np.int32), np.zeros(num, np.int32)
    np.minimum.at(left, label, start)
    np.maximum.at(right, label, end)
    top, bottom = np.zeros((2, num), np.int32)
    top[label[::-1]] = y[::-1]  # runs come row by row: the last one written stays
    bottom[label] = y + 1
    area = np.bincount(label, weights=end - start, minlength=num)
    stats = np.column_stack([left, top, right - left, bottom - top, area])
    stats[0] = 0, 0, width, height, mask.size - area.sum()
    return stats.astype(np.int32)


def drawn(
    chosen: NDArray[np.bool_], components: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """The mask of some components: `(H, W)` uint8, 0 or 255.

    Args:
        chosen: `(N,)` which labels; the background is not drawn.
        components: The labels that `find` returned.
    """
    values = np.where(chosen, 255, 0).astype(np.uint8)
    values[0] = 0
    return np.take(values, components)  # in a third of an index expression's time


def without(dropped: NDArray[np.bool_], found: Found) -> Found:
    """The components without some of them, whose pixels become background.

    Args:
        dropped: `(N,)` which labels.
        found: What `find` returned.
    """
    components, stats = found
    kept = np.where(dropped, 0, np.cumsum(~dropped) - 1).astype(np.int32)
    return np.take(kept, components), stats[~dropped]


def strengths(
    ink: NDArray[np.uint8], components: NDArray[np.int32], stats: NDArray[np.int32]
) -> NDArray[np.float64]:
    """`(N,)` the mean ink of each component, 0 of the background.

    Args:
        ink: `(H, W)` uint8, bright on 0.
        components: The labels that `find` returned.
        stats: The stats that `find` returned.
    """
    own = components > 0
    sums = np.bincount(components[own], weights=ink[own], minlength=len(stats))
    return np.asarray(sums / np.maximum(stats[:, 4], 1), np.float64)


def join(
    components: NDArray[np.int32],
    stats: NDArray[np.int32],
    strengths: NDArray[np.float64] | None = None,
) -> NDArray[np.int32]:
    """For each component the one it belongs to, itself where it stands alone.

    A smaller component joins a larger one, such as a five's bar its body, when they
    nearly touch and either lie above each other or the smaller one is at the top. Parts
    of any size above each other, such as an eight's two loops, are joined when they
    nearly touch and together are no higher than what is typical of the page.

    Args:
        components: The labels that `find` returned.
        stats: The stats that `find` returned.
        strengths: `(N,)` the ink of each: what is much fainter than another is no part
            of it. `None` where all are alike.

    Returns:
        `(N,)` the label each label is replaced by.
    """
    owners = np.arange(len(stats), dtype=np.int32)
    (known,) = np.nonzero(stats[:, 4] >= _LEAST_AREA)
    known = known[known > 0]
    # From the tallest down, so that a part finds the owner of the part it touches.
    known = known[np.argsort(-stats[known, 3], kind="stable")][:_MOST_COMPONENTS]
    pairs = _near(stats, known)
    if strengths is not None:
        weaker, stronger = np.sort(strengths[pairs], axis=1).T
        pairs = pairs[weaker >= LEAST_STRENGTH * stronger]
    if not len(pairs):
        return owners
    for part, body, reach in _small_parts(stats, pairs):
        if (
            owners[part] == part
            and _fit(stats[part], stats[body])
            and _touch(components, stats, part, body, reach)
        ):
            owners[part] = owners[body]
    _stack(components, stats, known, pairs, owners)
    return owners


def _near(stats: NDArray[np.int32], known: NDArray[np.intp]) -> NDArray[np.intp]:
    """`(N, 2)` pairs, the lower one first, close enough that they may be joined."""
    part, body = (known[each] for each in np.tril_indices(len(known), -1))
    across, down = _apart(stats[part], stats[body])
    furthest = max(2.0, _BAR_GAP * float(stats[known, 3].max(initial=0)))
    near = (across <= furthest) & (down <= furthest)
    return np.column_stack([part[near], body[near]])


def _small_parts(
    stats: NDArray[np.int32], pairs: NDArray[np.intp]
) -> Iterator[tuple[int, int, int]]:
    """Each component and one much larger near it, and how far apart they may be."""
    part, body = stats[pairs].transpose(1, 0, 2)
    across, down = _apart(part, body)
    _, _, w, h, area = part.T
    _, _, _, body_h, body_area = body.T
    gap = np.where(w > h, _BAR_GAP, _GAP)
    # No further than the part is long: dust does not reach across a page.
    reach = np.clip(gap * body_h, 2, np.maximum(np.maximum(w, h), 2))
    near = (h <= _SMALLER * body_h) & (area < body_area)
    near &= area / np.maximum(w, h) >= _THINNEST * body_area / body_h
    near &= (across <= reach) & (down <= reach)
    for index in np.flatnonzero(near):
        yield *pairs[index], round(float(reach[index]))


def _stack(
    components: NDArray[np.int32],
    stats: NDArray[np.int32],
    known: NDArray[np.intp],
    pairs: NDArray[np.intp],
    owners: NDArray[np.int32],
) -> None:
    """Join the parts above each other that together are as high as a digit."""
    part, body = pairs.T
    across, down = _apart(stats[part], stats[body])
    shared = -across / np.minimum(stats[part, 2], stats[body, 2])
    above = down >= -_INSIDE * np.minimum(stats[part, 3], stats[body, 3])
    above &= shared >= _SHARED
    if not above.any():
        return
    typical = float(np.percentile(stats[known, 3], _TYPICAL))
    boxes = stats[:, :4].copy()
    boxes[:, 2:] += boxes[:, :2]
    for joined in known[owners[known] != known]:
        _extend(boxes[owners[joined]], boxes[joined])
    reach = max(2, round(_STACK_GAP * typical))
    (near,) = np.nonzero(above & (down <= reach))
    for index in near[np.argsort(down[near], kind="stable")]:
        one, other = owners[part[index]], owners[body[index]]
        together = boxes[one].copy()
        _extend(together, boxes[other])
        height = together[3] - together[1]
        if (
            one != other
            and height <= _HIGHEST * typical
            and together[2] - together[0] <= _WIDEST * height
            and _touch(components, stats, part[index], body[index], reach)
        ):
            boxes[other] = together
            owners[owners == one] = other


def _extend(box: NDArray[np.int32], other: NDArray[np.int32]) -> None:
    """Make a box of left, top, right and bottom hold another one."""
    np.minimum(box[:2], other[:2], out=box[:2])
    np.maximum(box[2:], other[2:], out=box[2:])


def _apart(
    one: NDArray[np.int32], other: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pixels between boxes, across and down; negative where they overlap."""
    first = np.maximum(one[:, :2], other[:, :2])
    last = np.minimum(one[:, :2] + one[:, 2:4], other[:, :2] + other[:, 2:4])
    across, down = (first - last).T
    return across, down


def _fit(part: NDArray[np.int32], body: NDArray[np.int32]) -> bool:
    """Whether the two together have the outline of one digit."""
    left, right = min(part[0], body[0]), max(part[0] + part[2], body[0] + body[2])
    top, bottom = min(part[1], body[1]), max(part[1] + part[3], body[1] + body[3])
    if bottom - top > _TALLEST * body[3] or right - left > _WIDEST * (bottom - top):
        return False
    shared = min(part[0] + part[2], body[0] + body[2]) - max(part[0], body[0])
    stacked = shared >= _STACKED * min(part[2], body[2])
    at_top = part[1] + part[3] / 2 <= body[1] + _TOP * body[3]
    return bool(stacked or at_top)


def _touch(
    components: NDArray[np.int32],
    stats: NDArray[np.int32],
    part: int,
    body: int,
    reach: int,
) -> bool:
    """Whether the two are at most `reach` pixels apart."""
    x, y, w, h, _ = stats[part]
    window = components[
        max(0, y - reach) : y + h + reach, max(0, x - reach) : x + w + reach
    ]
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    grown = cv2.dilate((window == part).astype(np.uint8), kernel)
    return bool(((window == body) & (grown > 0)).any())
