"""Printed digits, told from handwritten ones by what all digits of a frame share.

Alone, a printed digit looks like a neat handwritten one. But print repeats itself: the
same digit is the same picture each time, and all digits of a font are equally high,
which nobody's hand achieves.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.pens import ink_colour
from edge_app.segment import Region

_HEIGHT, _WIDTH = 22, 24  # pixels of a glyph in the picture that is compared, at most
_SIDE = 28  # of that picture
_SHIFTS = (0, 1, _SIDE - 1, _SIDE, _SIDE + 1)  # in pixels, row by row
_SOFTNESS = 0.8  # pixels, sigma: edges fall differently on a camera's pixels

# Correlations of two pictures with the same label: 0.98 and more is common and less
# than 0.95 rare where both are print; above 0.95 is rare where a person wrote both.
_TWINS = 0.975  # the least mean of a digit's with the others of its label
_CLIPPED = 0.93, 0.99
_SAME_GLYPH = 0.97

_COMPARED = 1.08  # the most that digits compared may differ in height
_EQUAL, _EQUAL_PIXELS = 0.05, 0.6  # differences of equal heights, as a share and at all
_NEAR = 4.0  # times that: nearly equal
_LEAST_SHARE = 0.7  # of the twins of nearly equal height, that are of equal height
_LEAST_LABELS = 4  # that have twins
_LEAST_REPEATED = 5  # twins beyond the first one of each label
_SIMILAR = 0.9  # correlation of digits that one person wrote and that are no twins
_MOST_SIMILAR = 0.4  # of pairs of a twin and another digit of its label
_TRIES = 100  # at finding how perspective changes heights
_LEAST_TRIANGLE = 0.01  # of the writing's extent, squared: places that tell that
_OTHER_INK = 0.15  # of the paper's brightness, in any channel
_FURTHEST = 2.5  # heights between neighbours on a line


def find_printed(
    frame: NDArray[np.uint8], regions: Sequence[Region], labels: Sequence[int]
) -> set[int]:
    """Indexes of the digits that are printed.

    Where digits of several labels have twins and are equally high, but for perspective,
    they are print. So is what looks like one of them, whatever its size, and what they
    hold no digit of, but stands in line with them.

    Args:
        frame: `(H, W, 3)` uint8, BGR, that the regions are of.
        regions: What was accepted as a digit.
        labels: How each was read.
    """
    own = np.asarray(labels, np.int32)
    boxes = np.array([region.box_xywh for region in regions], np.float64).reshape(-1, 4)
    comparable = _comparable(own, boxes[:, 3])
    if not _is_enough(own, np.asarray(comparable.any(axis=1))):
        return set()
    alike = _alike(regions, own)
    twins = _twins(alike, comparable)
    equal = _equally_high(boxes, twins)
    core = twins & equal
    if not _is_enough(own, core) or _is_one_hand(alike, own, core):
        return set()
    inks = np.array([ink_colour(frame, region) for region in regions])
    of_the_ink = np.abs(inks - np.median(inks[core], axis=0)).max(axis=1) <= _OTHER_INK
    core &= of_the_ink
    same_glyph = alike >= _SAME_GLYPH
    ones = equal & of_the_ink & (own == 1)
    ones &= (same_glyph & ones).any(axis=1)
    found = core | ones
    found |= of_the_ink & same_glyph[:, found].any(axis=1)
    unknown = of_the_ink & ~np.isin(own, own[found])
    while (more := unknown & ~found & _in_line(boxes, found)).any():
        found |= more
    return {int(index) for index in np.flatnonzero(found)}


def _comparable(labels: NDArray[Any], heights: NDArray[Any]) -> NDArray[np.bool_]:
    """`(N, N)` which pairs have the same label and nearly the same height.

    Ones are left out: anybody's straight strokes are alike.
    """
    pairs = (labels[:, np.newaxis] == labels) & (labels != 1)
    np.fill_diagonal(pairs, False)
    ratios = np.abs(np.log(heights[:, np.newaxis] / heights))
    return np.asarray(pairs & (ratios <= np.log(_COMPARED)), np.bool_)


def _is_enough(labels: NDArray[Any], twins: NDArray[np.bool_]) -> bool:
    """Whether so many twins are no chance."""
    num_labels = len(np.unique(labels[twins]))
    num_repeated = np.count_nonzero(twins) - num_labels
    return bool(num_labels >= _LEAST_LABELS and num_repeated >= _LEAST_REPEATED)


def _alike(regions: Sequence[Region], labels: NDArray[Any]) -> NDArray[np.float32]:
    """`(N, N)` how alike two digits of the same label look, 0 for other pairs and self.

    The largest correlation of their pictures at any small shift.
    """
    result = np.zeros((len(labels), len(labels)), np.float32)
    pictures = _pictures([region.ink for region in regions])
    # Shifted along the rows of all pixels: what leaves a picture is blank.
    shifted = np.array([np.roll(pictures, shift, axis=1) for shift in _SHIFTS])
    for label in np.unique(labels):
        (own,) = np.nonzero(labels == label)
        best = np.max(shifted[:, own] @ pictures[own].T, axis=0)
        # The opposite shifts are those of the pair the other way round.
        result[np.ix_(own, own)] = np.maximum(best, best.T)
    np.fill_diagonal(result, 0)
    return result


def _pictures(inks: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """A row of pixels for each digit at a common height; products are correlations."""
    pictures = np.zeros((len(inks), _SIDE, _SIDE), np.uint8)
    for picture, ink in zip(pictures, inks, strict=True):
        height, width = ink.shape
        size_wh = min(max(1, round(width * _HEIGHT / height)), _WIDTH), _HEIGHT
        how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
        left, top = (_SIDE - size_wh[0]) // 2, (_SIDE - _HEIGHT) // 2
        picture[top : top + _HEIGHT, left : left + size_wh[0]] = cv2.resize(
            ink, size_wh, interpolation=how
        )
    # One below the other, they are blurred at once: their margins are blank.
    soft = cv2.GaussianBlur(pictures.reshape(-1, _SIDE), (0, 0), _SOFTNESS)
    rows = soft.reshape(len(inks), -1).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return np.asarray(rows, np.float32)


def _twins(
    alike: NDArray[np.float32], comparable: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which digits look like all of their own label, but for those that are no twins.

    The digit that looks least like the others is left out until all look alike.
    """
    clipped = np.where(comparable, np.clip(alike, *_CLIPPED), 0)
    sums, num_mates = clipped.sum(axis=0), comparable.sum(axis=0)
    kept = num_mates > 0
    while kept.any():
        means = np.where(kept, sums / np.maximum(num_mates, 1), np.inf)
        worst = means.argmin()
        if means[worst] >= _TWINS:
            break
        kept[worst] = False
        sums -= clipped[worst]
        num_mates -= comparable[worst]
    return np.asarray(kept, np.bool_)


def _equally_high(
    boxes: NDArray[np.float64], twins: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which digits are as high as most twins, or none where the twins' heights vary.

    Perspective makes heights grow across the frame; so the logarithm of the height is
    fitted by a plane, the one that most twins lie on of those through three (RANSAC).
    """
    none = np.zeros(len(boxes), np.bool_)
    if twins.sum() < _LEAST_LABELS + _LEAST_REPEATED:
        return none
    heights = np.log(boxes[:, 3])
    places = np.column_stack([np.ones(len(boxes)), boxes[:, :2]])
    places[:, 1:] /= max(1.0, np.ptp(boxes[:, :2]))
    tolerance = np.maximum(_EQUAL, _EQUAL_PIXELS / boxes[:, 3])
    threes = np.random.default_rng(0).choice(np.flatnonzero(twins), (_TRIES, 3))
    threes = threes[np.abs(np.linalg.det(places[threes])) >= _LEAST_TRIANGLE]
    planes = np.linalg.solve(places[threes], heights[threes][..., np.newaxis])[..., 0]
    level = np.median(heights[twins]), 0.0, 0.0
    planes = np.vstack([level, planes])
    off = np.abs(places @ planes.T - heights[:, np.newaxis]) / tolerance[:, np.newaxis]
    chosen = off[:, np.count_nonzero(off[twins] <= 1, axis=0).argmax()]
    equal, near = chosen <= 1, chosen <= _NEAR
    if np.count_nonzero(equal & twins) < _LEAST_SHARE * np.count_nonzero(near & twins):
        return none
    return np.asarray(equal, np.bool_)


def _is_one_hand(
    alike: NDArray[np.float32], labels: NDArray[Any], core: NDArray[np.bool_]
) -> bool:
    """Whether the other digits look rather like those that are as print is.

    A regular hand writes twins now and then, but between these and what differs clearly
    it writes everything; what is no print looks different from print.
    """
    others = (labels[core, np.newaxis] == labels) & ~core
    others &= alike[core] < _SAME_GLYPH  # which may be print of another size
    similar = others & (alike[core] >= _SIMILAR)
    return bool(similar.sum() > _MOST_SIMILAR * others.sum())


def _in_line(boxes: NDArray[np.float64], found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which digits are as high and stand as low as one of those found beside them."""
    x, y, w, h = boxes[:, np.newaxis].T
    fx, fy, fw, fh = boxes[found].T
    tolerance = np.maximum(_EQUAL * fh, 1)
    gap = np.maximum(x.T - fx - fw, fx - x.T - w.T)
    in_line = (
        (np.abs(h.T - fh) <= tolerance)
        & (np.abs(y.T + h.T - fy - fh) <= tolerance)
        & (gap <= _FURTHEST * fh)
    )
    return np.asarray(in_line.any(axis=1), np.bool_)
