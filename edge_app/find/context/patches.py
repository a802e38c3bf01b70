"""The context network's view of a candidate: the place it stands in, and its ink."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.geometry import Box, BoxF
from edge_app.find.candidate import Candidate

PATCH_SIZE = 48  # pixels of a patch's sides
NUM_CHANNELS = 3
# `(N, 48, 48, 3)`: the gray picture, the candidate's ink, the picture from farther off.
# What other networks see of their places has other channels.
Patches = NDArray[np.uint8]
_NEAR_CHANNEL, _INK_CHANNEL, _FAR_CHANNEL = range(NUM_CHANNELS)
CONTEXT_GRAY = [_NEAR_CHANNEL, _FAR_CHANNEL]  # the channels that show the picture


@dataclass(frozen=True)
class PatchViewConstants:
    """Sizes at which a patch shows a candidate, and what counts as contrast.

    Attributes:
        glyph_px: Longer side of the candidate in a patch's middle where its strokes
            are to be seen.
        far_glyph_px: The same where what stands beside it is to be seen, which tells
            handwriting from print.
        least_contrast_levels: Gray levels between the darkest and the brightest pixel
            that count as full contrast: the grain of blank paper is not enlarged to
            strokes.
        averaged_px: A patch's pixel is the mean of at least so many, to a side, of a
            large candidate's; of more some are skipped, or digits as high as a page
            would take milliseconds each.
    """

    glyph_px: int = 20
    far_glyph_px: int = 8
    least_contrast_levels: int = 40
    averaged_px: int = 4


PATCH_VIEW = PatchViewConstants()


def patches_of(candidates: Sequence[Candidate]) -> Patches:
    """Return the patches of candidates that have ink and were seen in a picture."""
    shape = len(candidates), PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS
    patches = np.zeros(shape, np.uint8)
    for patch, candidate in zip(patches, candidates, strict=True):
        assert candidate.view is not None
        assert candidate.ink is not None
        gray, box_xywh = candidate.view.gray, candidate.box_xywh
        patch[..., _NEAR_CHANNEL] = surroundings(gray, box_xywh, PATCH_VIEW.glyph_px)
        patch[..., _INK_CHANNEL] = _ink(candidate.ink, box_xywh)
        patch[..., _FAR_CHANNEL] = surroundings(gray, box_xywh, PATCH_VIEW.far_glyph_px)
    return patches


def to_context_input(patches: Patches) -> NDArray[np.float32]:
    """Return patches as the network takes them.

    Returns:
        `(N, 48, 48, 3)` float32 in 0..1: gray from a patch's darkest to its brightest
        pixel, and ink.
    """
    return stretched(patches, CONTEXT_GRAY)


def stretched(patches: Patches, gray: Sequence[int]) -> NDArray[np.float32]:
    """Return patches in 0..1, gray from a patch's darkest to its brightest pixel.

    Args:
        patches: `(N, H, W, C)` uint8.
        gray: The channels that show the picture.
    """
    inputs = patches.astype(np.float32) / np.float32(255)
    least = np.float32(PATCH_VIEW.least_contrast_levels / 255)
    for channel in gray:
        shown = inputs[..., channel]
        darkest = shown.min(axis=(1, 2), keepdims=True)
        contrast = shown.max(axis=(1, 2), keepdims=True) - darkest
        shown -= darkest
        shown /= np.maximum(contrast, least)
    return inputs


def surroundings(
    gray: NDArray[np.uint8], box_xywh: BoxF, glyph_size: int
) -> NDArray[np.uint8]:
    """Return a patch of a picture; its border goes on beyond it.

    Args:
        gray: The picture.
        box_xywh: What is in the patch's middle.
        glyph_size: Its longer side there, in pixels.
    """
    x, y, w, h = box_xywh
    scale = glyph_size / max(w, h)
    reach = PATCH_SIZE / scale / 2 + 1
    step = max(1, int(1 / scale / PATCH_VIEW.averaged_px))
    middle, size = (x + w / 2, y + h / 2), gray.shape[::-1]
    # A box may lie beyond the border, where the network's last cells end.
    first = [_within(at - reach, end) for at, end in zip(middle, size, strict=True)]
    last = [_within(at + reach, end) for at, end in zip(middle, size, strict=True)]
    part = gray[first[1] : last[1] + 1 : step, first[0] : last[0] + 1 : step]
    if 2 * scale * step <= 1:  # sides that are even are halved in no time
        part = part[: _even(part.shape[0]), : _even(part.shape[1])]
    shrunk = part
    if scale * step < 1:  # interpolation alone would skip pixels
        shrunk = geometry.scaled(np.ascontiguousarray(part), scale * step)
    # From pixel centers of what was shrunk to those of the patch, whose middle is the
    # box's. A pixel that stands for `step` of them begins that much farther left.
    matrix = np.zeros((2, 3))
    for axis in (0, 1):
        across = shrunk.shape[1 - axis] / part.shape[1 - axis] / step
        enlarged = scale / across
        away = middle[axis] - first[axis] + (step - 1) / 2
        matrix[axis, axis] = enlarged
        matrix[axis, 2] = PATCH_SIZE / 2 - 0.5 - enlarged * (away * across - 0.5)
    patch = cv2.warpAffine(
        shrunk, matrix, (PATCH_SIZE, PATCH_SIZE), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(patch, np.uint8)


def _even(size: int) -> int:
    """Return the largest even number up to a side, 1 for 1."""
    return size - size % 2 or size


def _within(position: float, size: int) -> int:
    """Return the index of a pixel in a picture's side, its border's for one beyond."""
    return int(min(max(position, 0), size - 1))


def _ink(ink: NDArray[np.uint8], box_xywh: Box) -> NDArray[np.uint8]:
    """Return a candidate's ink in the middle of a patch."""
    _, _, w, h = box_xywh
    scale = PATCH_VIEW.glyph_px / max(w, h)
    width, height = max(1, round(w * scale)), max(1, round(h * scale))
    how = cv2.INTER_AREA if ink.shape[0] > height else cv2.INTER_LINEAR
    patch = np.zeros((PATCH_SIZE, PATCH_SIZE), np.uint8)
    top, left = (PATCH_SIZE - height) // 2, (PATCH_SIZE - width) // 2
    patch[top : top + height, left : left + width] = cv2.resize(
        ink, (width, height), interpolation=how
    )
    return patch
