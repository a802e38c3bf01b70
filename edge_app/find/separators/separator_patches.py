"""The separator network's view: two digits, and what stands between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box, BoxF
from edge_app.find.context.patches import PATCH_SIZE, Patches, stretched, surroundings
from edge_app.reading import Digit

# Of a patch's pixels, the mean height of the two digits: a comma hangs a fifth of it
# below them, and they stand at most 1.6 of it apart.
DIGIT_SIZE = 28
NUM_GAP_CHANNELS = 2
_GROWN = np.ones((5, 5), np.uint8)  # around ink: its blurred edge
_ROWS = slice(6, 47)  # of a patch: where separators stand, without the lines around
# `(N, 48, 48, 2)`: the gray picture, the ink of the digits on the left and right.
_GAP_GRAY_CHANNEL, _GAP_INK_CHANNEL = range(NUM_GAP_CHANNELS)
GAP_GRAY = [_GAP_GRAY_CHANNEL]  # the channel that shows the picture


@dataclass(frozen=True)
class GapConstants:
    """Limits below which a gap between two digits is empty.

    It is where all but a few of its pixels differ from its paper by less than a share
    of what the digits' ink does. Of 17,000 gaps in validation and training scenes this
    leaves out 72% of those without a separator, and 3% of those with one, nearly all
    too faint to be seen.

    Attributes:
        least_share_of_digits_ink: That share.
        least_between_px: Those few pixels.
        least_ink_of_digit: Of 255: above it there is a digit's ink.
        beside_columns: Beyond the gap: a slash leans over its neighbors.
    """

    least_share_of_digits_ink: float = 0.2
    least_between_px: int = 3
    least_ink_of_digit: int = 20
    beside_columns: int = 4


GAP = GapConstants()


def gap_patches(
    gray: NDArray[np.uint8], digits: Sequence[Digit], pairs: Sequence[tuple[int, int]]
) -> Patches:
    """Return a patch of what stands between the digits of each pair.

    Args:
        gray: The picture, `(H, W)`.
        digits: Seen in it.
        pairs: Indexes of the digit on the left and of that on the right.

    Returns:
        `(N, 48, 48, 2)` uint8.
    """
    patches = np.zeros((len(pairs), PATCH_SIZE, PATCH_SIZE, NUM_GAP_CHANNELS), np.uint8)
    for patch, (first, second) in zip(patches, pairs, strict=True):
        left, right = digits[first], digits[second]
        square = _between(left.box_xywh, right.box_xywh)
        patch[..., _GAP_GRAY_CHANNEL] = surroundings(gray, square, DIGIT_SIZE)
        for digit in (left, right):
            _draw(patch[..., _GAP_INK_CHANNEL], digit, square)
    return patches


def shows_ink(
    patches: Patches, digits: Sequence[Digit], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Return of which gaps the patch shows more than paper between its digits.

    Args:
        patches: `(N, 48, 48, 2)` uint8, from `gap_patches`.
        digits: As it took them.
        pairs: As it took them.
    """
    return np.array(
        [
            _is_inked(patch, digits[left].box_xywh, digits[right].box_xywh)
            for patch, (left, right) in zip(patches, pairs, strict=True)
        ],
        bool,
    )


def _is_inked(patch: NDArray[np.uint8], left: Box, right: Box) -> bool:
    gray = patch[..., _GAP_GRAY_CHANNEL].astype(np.int16)
    is_digit = (
        cv2.dilate(np.ascontiguousarray(patch[..., _GAP_INK_CHANNEL]), _GROWN)
        > GAP.least_ink_of_digit
    )
    gap = (right[0] - left[0] - left[2]) * DIGIT_SIZE / _between(left, right)[3]
    reach = max(0, round(gap / 2)) + GAP.beside_columns
    columns = slice(max(0, PATCH_SIZE // 2 - reach), PATCH_SIZE // 2 + reach + 1)
    seen = gray[_ROWS, columns][~is_digit[_ROWS, columns]]
    if len(seen) < GAP.least_between_px or not is_digit.any():
        return True
    paper = np.median(seen)
    full = np.abs(gray[is_digit] - paper).max()
    most = np.partition(np.abs(seen - paper), -GAP.least_between_px)[
        -GAP.least_between_px
    ]
    return bool(most >= GAP.least_share_of_digits_ink * max(full, 1))


def to_gap_input(patches: Patches) -> NDArray[np.float32]:
    """Return patches as the network takes them.

    Returns:
        `(N, 48, 48, 2)` float32 in 0..1: gray from a patch's darkest to its brightest
        pixel, and ink.
    """
    return stretched(patches, GAP_GRAY)


def _between(left: Box, right: Box) -> BoxF:
    """Return a square in the middle between two boxes, as high as these in the mean."""
    size = (left[3] + right[3]) / 2
    middle_x = (left[0] + left[2] + right[0]) / 2
    middle_y = (left[1] + left[3] / 2 + right[1] + right[3] / 2) / 2
    return middle_x - size / 2, middle_y - size / 2, size, size


def _draw(patch: NDArray[np.uint8], digit: Digit, square: BoxF) -> None:
    """Draw a digit's ink where it stands in a patch around a square."""
    if digit.ink is None:
        return
    x, y, w, h = digit.box_xywh
    scale = DIGIT_SIZE / square[3]
    width, height = max(1, round(w * scale)), max(1, round(h * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    ink = cv2.resize(digit.ink, (width, height), interpolation=how)
    margin = (PATCH_SIZE - DIGIT_SIZE) / 2
    left = round((x - square[0]) * scale + margin)
    top = round((y - square[1]) * scale + margin)
    rows, columns = _visible(top, height), _visible(left, width)
    seen = patch[rows, columns]
    there = ink[rows.start - top :, columns.start - left :]
    np.maximum(seen, there[: seen.shape[0], : seen.shape[1]], out=seen)


def _visible(first: int, length: int) -> slice:
    """Return which rows or columns of a patch something takes up."""
    return slice(max(0, first), max(0, first + length))
