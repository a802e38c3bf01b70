"""The page network's targets for a crop: heat maps of middles, sizes, ink.

Targets are CenterNet's (Zhou, Wang and Kraehenbuehl, Objects as Points, 2019): a
Gaussian around each middle, its own cell exactly 1. What cannot be judged (a digit that
the border cuts, a size at the edge of the range) is left out of the loss.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.find.page.maps import (
    LEAST_HEIGHT,
    MOST_HEIGHT,
    NUM_INK,
    NUM_SIZES,
    STRIDE,
    UNIT,
    Kind,
)

NUM_KINDS = len(Kind)


@dataclass(frozen=True)
class TargetConstants:
    """Limits of what is judged of a crop, and widths of its Gaussians.

    Attributes:
        sigma_share: The Gaussian's deviation, of a glyph's side.
        least_sigma_cells: The least deviation.
        doubt_factor: On the range of heights in which either answer is right.
        least_small_px: Smaller digits say nothing.
        most_large_px: Larger digits say nothing.
        least_within_share: Share of a glyph within the crop from which it counts.
        print_weight: Of a printed glyph beside any other.
        fine_px: Longer side at which other writing is told apart.
    """

    sigma_share: float = 0.14
    least_sigma_cells: float = 0.7
    doubt_factor: float = 1.25
    least_small_px: float = 3.0
    most_large_px: float = 170.0
    least_within_share: float = 0.8
    print_weight: float = 0.4
    fine_px: tuple[float, float] = (4.0, 80.0)


TARGETS = TargetConstants()


@dataclass
class Targets:
    """Targets of one crop of `(H, W)` pixels, at a quarter of its size.

    Attributes:
        kinds: `(H / 4, W / 4, 2 * NUM_KINDS)` float32: heat 0..1, then weights 0 or 1.
        sizes: `(H / 4, W / 4, NUM_SIZES + 1)` float32: values, then their weight.
        ink: `(H / 4, W / 4, 2 * NUM_INK)` float32: ink 0..1, then weights 0 or 1.
    """

    kinds: NDArray[np.float32]
    sizes: NDArray[np.float32]
    ink: NDArray[np.float32]


@dataclass(frozen=True)
class _KindMaps:
    """Maps of one crop in the making: of middles, what of them counts, and of sizes."""

    heat: NDArray[np.float32]
    weights: NDArray[np.float32]
    sizes: NDArray[np.float32]

    def add(self, box: NDArray[np.float32], kind: int, *, share_within: float) -> None:
        """Add what is written in a box; leave it out if hardly any is in the crop."""
        if share_within < TARGETS.least_within_share:
            self._weights_at(box)[:] = 0
        elif kind > 9:
            self.add_other(box, kind)
        else:
            self.add_digit(box, kind)

    def add_other(self, box: NDArray[np.float32], kind: int) -> None:
        """Add writing that is no digit, or leave out what is too small or too large."""
        if TARGETS.fine_px[0] <= max(box[2], box[3]) <= TARGETS.fine_px[1]:
            weight = TARGETS.print_weight if kind == Kind.PRINT else 1.0
            _splat(self.heat[..., kind], self.sizes, box, weight=weight)
        else:
            self._weights_at(box)[..., kind] = 0

    def add_digit(self, box: NDArray[np.float32], label: int) -> None:
        """Add a digit at its size, or as small or large; leave out what is between."""
        longer = float(max(box[2], box[3]))
        if LEAST_HEIGHT <= longer <= MOST_HEIGHT:
            _splat(self.heat[..., label], self.sizes, box)
        elif (
            LEAST_HEIGHT / TARGETS.doubt_factor
            <= longer
            <= MOST_HEIGHT * TARGETS.doubt_factor
        ):
            self._weights_at(box)[..., :10] = 0
        for scale, limits in (
            (Kind.SMALL, (TARGETS.least_small_px, LEAST_HEIGHT)),
            (Kind.LARGE, (MOST_HEIGHT, TARGETS.most_large_px)),
        ):
            if limits[0] <= longer <= limits[1]:
                _splat(self.heat[..., scale], None, box)
            elif (
                limits[0] / TARGETS.doubt_factor
                <= longer
                <= limits[1] * TARGETS.doubt_factor
            ):
                self._weights_at(box)[..., scale] = 0

    def _weights_at(self, box: NDArray[np.float32]) -> NDArray[np.float32]:
        return self.weights[_cells(box, *self.weights.shape[:2])]


def targets(
    boxes: NDArray[np.float32],
    kinds: NDArray[np.int64],
    unjudged: NDArray[np.float32],
    ink: NDArray[np.uint8],
) -> Targets:
    """Return the targets of a crop.

    Args:
        boxes: `(N, 4)` x, y, width, height in the crop's pixels; may lie outside.
        kinds: `(N,)` the `Kind` of each.
        unjudged: `(M, 4)` boxes of digits that are neither right nor wrong.
        ink: `(H, W)` uint8, the digits' ink, 255 full; H and W multiples of 4.
    """
    rows, columns = ink.shape[0] // STRIDE, ink.shape[1] // STRIDE
    heat = np.zeros((rows, columns, NUM_KINDS), np.float32)
    weights = np.ones_like(heat)
    sizes = np.zeros((rows, columns, NUM_SIZES + 1), np.float32)
    blocks = ink.reshape(rows, STRIDE, columns, STRIDE).swapaxes(1, 2)
    ink_target = blocks.reshape(rows, columns, NUM_INK).astype(np.float32) / 255
    ink_weight = np.ones_like(ink_target)
    for box in unjudged:
        window = _cells(box, rows, columns)
        weights[window] = 0
        ink_weight[window] = 0
    maps = _KindMaps(heat, weights, sizes)
    within = _shares_within(boxes, ink.shape)
    for index in np.argsort(-boxes[:, 2] * boxes[:, 3]):
        if within[index] > 0:
            maps.add(boxes[index], int(kinds[index]), share_within=within[index])
    # A middle always counts, whatever else lies over it.
    weights[heat == 1] = 1
    return Targets(
        np.concatenate([heat, weights], axis=-1),
        sizes,
        np.concatenate([ink_target, ink_weight], axis=-1),
    )


def _splat(
    heat: NDArray[np.float32],
    sizes: NDArray[np.float32] | None,
    box: NDArray[np.float32],
    *,
    weight: float = 1.0,
) -> None:
    """Add a middle to a heat map, and its box to the sizes."""
    rows, columns = heat.shape
    x, y, w, h = (float(n) for n in box)
    middle_x, middle_y = (x + w / 2) / STRIDE, (y + h / 2) / STRIDE
    column, row = math.floor(middle_x), math.floor(middle_y)
    if not (0 <= column < columns and 0 <= row < rows):
        return
    # A one is as hard to place across as a wider digit of its height.
    sigma_x = max(
        TARGETS.least_sigma_cells, TARGETS.sigma_share * max(w, 0.4 * h) / STRIDE
    )
    sigma_y = max(
        TARGETS.least_sigma_cells, TARGETS.sigma_share * max(h, 0.4 * w) / STRIDE
    )
    reach_x, reach_y = int(3 * sigma_x) + 1, int(3 * sigma_y) + 1
    top, bottom = max(0, row - reach_y), min(rows, row + reach_y + 1)
    left, right = max(0, column - reach_x), min(columns, column + reach_x + 1)
    across = np.exp(-(((np.arange(left, right) - column) / sigma_x) ** 2) / 2)
    down = np.exp(-(((np.arange(top, bottom) - row) / sigma_y) ** 2) / 2)
    window = heat[top:bottom, left:right]
    np.maximum(window, down[:, None] * across[None], out=window)
    if sizes is None:
        return
    log_w, log_h = math.log(max(w, 1.0) / UNIT), math.log(max(h, 1.0) / UNIT)
    # Its neighbors too: an int8 peak may lie a cell beside the true one.
    for r in range(max(0, row - 1), min(rows, row + 2)):
        for c in range(max(0, column - 1), min(columns, column + 2)):
            cell_weight = weight if (r, c) == (row, column) else 0.3 * weight
            if cell_weight >= sizes[r, c, 4]:
                sizes[r, c] = log_w, log_h, middle_x - c, middle_y - r, cell_weight


def _cells(box: NDArray[np.float32], rows: int, columns: int) -> tuple[slice, slice]:
    x, y, w, h = (float(n) / STRIDE for n in box)
    return (
        slice(min(rows, max(0, int(y))), max(0, min(rows, int(np.ceil(y + h))))),
        slice(min(columns, max(0, int(x))), max(0, min(columns, int(np.ceil(x + w))))),
    )


def _shares_within(
    boxes: NDArray[np.float32], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return the share of each box that lies within a crop of this shape."""
    x, y, w, h = boxes.astype(np.float64).T
    width = np.minimum(x + w, shape[1]) - np.maximum(x, 0)
    height = np.minimum(y + h, shape[0]) - np.maximum(y, 0)
    inside = np.maximum(0, width) * np.maximum(0, height)
    return np.asarray(inside / np.maximum(1e-6, w * h), np.float64)
