"""The page network's outputs -> maps -> peaks: what stands where in one look."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, UNIT, Kind
from edge_app.model.classify import NUM_DIGITS
from edge_app.model.runtime import Quantization

NUM_GLYPHS = Kind.SYMBOL + 1  # kinds that are something to read, not a scale
# Shared by two boxes of one glyph: of the smaller one, of both if one is no digit.
_SAME = 0.5
_BOXES_AT_A_TIME = 128  # that suppress others


@dataclass(frozen=True)
class Maps:
    """Outputs of one look, as probabilities where they are logits.

    Attributes:
        kinds: `(h, w, len(Kind))` uint8, 255 for a probability of 1.
        sizes: `(h, w, NUM_SIZES)` float32.
        ink: `(h, w, NUM_INK)` uint8, 255 for a probability of 1.
    """

    kinds: NDArray[np.uint8]
    sizes: NDArray[np.float32]
    ink: NDArray[np.uint8]

    def ink_of(self, box_xyxy: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """Return the ink of a window in pixels, uint8, 0 beyond the picture."""
        left, top, right, bottom = box_xyxy
        rows, columns = self.ink.shape[:2]
        r0, r1 = max(0, top // STRIDE), min(rows, -(-bottom // STRIDE))
        c0, c1 = max(0, left // STRIDE), min(columns, -(-right // STRIDE))
        window = np.zeros((max(0, bottom - top), max(0, right - left)), np.uint8)
        if r1 <= r0 or c1 <= c0:
            return window
        cells = self.ink[r0:r1, c0:c1].reshape(r1 - r0, c1 - c0, STRIDE, STRIDE)
        pixels = cells.swapaxes(1, 2).reshape((r1 - r0) * STRIDE, (c1 - c0) * STRIDE)
        y, x = r0 * STRIDE, c0 * STRIDE
        t, b = max(top, y), min(bottom, y + pixels.shape[0])
        s, e = max(left, x), min(right, x + pixels.shape[1])
        if b > t and e > s:
            window[t - top : b - top, s - left : e - left] = pixels[
                t - y : b - y, s - x : e - x
            ]
        return window


def maps_of(outputs: dict[int, tuple[NDArray[np.generic], Quantization]]) -> Maps:
    """Return a network's outputs as probabilities and sizes.

    Args:
        outputs: By number of channels, `(h, w, channels)` each, int8 or float32, with
            its quantization, as a `PictureModel` returns them.
    """
    sizes, sizes_quantization = outputs[NUM_SIZES]
    return Maps(
        _probabilities(*outputs[len(Kind)]),
        sizes_quantization.dequantize(sizes),
        _probabilities(*outputs[NUM_INK]),
    )


def _probabilities(
    logits: NDArray[np.generic], quantization: Quantization
) -> NDArray[np.uint8]:
    """Return 255 times the logistic function of logits, by a table where they fit."""
    if logits.dtype == np.int8:
        every = np.arange(-128, 128).astype(np.int8)
        table = _logistic(quantization.dequantize(every))
        flat = logits.view(np.uint8).reshape(len(logits), -1)
        # Indexed by the bits as unsigned: 0 to 127, then -128 to -1.
        table = np.roll(table, 128)
        return np.asarray(cv2.LUT(flat, table), np.uint8).reshape(logits.shape)
    return _logistic(np.asarray(logits, np.float32))


def _logistic(logits: NDArray[np.float32]) -> NDArray[np.uint8]:
    shares = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return np.rint(255 * shares).astype(np.uint8)


@dataclass(frozen=True)
class Peaks:
    """Glyphs and their places: row i of each array is one glyph.

    Attributes:
        boxes: `(N, 4)` float32 x, y, width, height in pixels of the look.
        scores: `(N, kinds)` float32 probabilities, each kind by itself.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]

    @property
    def kinds(self) -> NDArray[np.int64]:
        """Return the likeliest `Kind` of each."""
        return np.asarray(self.scores.argmax(axis=1), np.int64)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.boxes)

    def at(self, rows: NDArray[np.bool_]) -> "Peaks":
        """Return those of these rows, `(N,)` each in or not."""
        return Peaks(self.boxes[rows], self.scores[rows])

    def over(self, threshold: float) -> "Peaks":
        """Return those whose likeliest kind is at least so probable.

        They suppress each other as if there were no others: the surest come first.
        """
        return self.at(self.scores.max(axis=1, initial=0) >= threshold)


def peaks(maps: Maps, threshold: float) -> Peaks:
    """Return the glyphs of one look, the surest first, each of them once.

    Args:
        maps: The look's outputs.
        threshold: Least probability of the likeliest kind, 0..1.
    """
    rows, columns = maps.kinds.shape[:2]
    flat = maps.kinds.reshape(rows * columns, -1)
    heat = cv2.reduce(flat[:, :NUM_GLYPHS], 1, cv2.REDUCE_MAX).reshape(rows, columns)
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    is_peak = (heat == highest) & (heat >= round(255 * threshold))
    r, c = np.nonzero(is_peak)
    order = np.argsort(-heat[r, c].astype(int), kind="stable")
    r, c = r[order], c[order]
    scores = maps.kinds[r, c, :NUM_GLYPHS].astype(np.float32) / np.float32(255)
    log_w, log_h, dx, dy = maps.sizes[r, c].T
    w, h = UNIT * np.exp(np.minimum(log_w, 3)), UNIT * np.exp(np.minimum(log_h, 3))
    x, y = (c + dx) * STRIDE - w / 2, (r + dy) * STRIDE - h / 2
    boxes = np.stack([x, y, w, h], axis=1).astype(np.float32)
    kept = suppressed(boxes, scores.argmax(axis=1) < NUM_DIGITS)
    return Peaks(boxes[kept], scores[kept])


def suppressed(
    boxes: NDArray[np.float32], is_digit: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return indexes of the boxes that no earlier one covers, in their order.

    A digit that lies within another one is the same; one that lies within a word, or
    around a point, is not.

    Args:
        boxes: `(N, 4)` x, y, width, height, the surest first.
        is_digit: `(N,)` whether each is a digit.
    """
    area = boxes[:, 2] * boxes[:, 3]
    alive = np.ones(len(boxes), bool)
    kept = []
    # Many at a time, since NumPy takes as long for one; not all, or pages full of print
    # would take much memory.
    for first in range(0, len(boxes), _BOXES_AT_A_TIME):
        rows = first + np.flatnonzero(alive[first : first + _BOXES_AT_A_TIME])
        shared, size = _shared(boxes[rows], boxes), area[rows, None]
        reference = np.where(
            is_digit[rows, None] == is_digit,
            np.minimum(size, area),
            size + area - shared,
        )
        is_other = shared < _SAME * reference
        for row, others in zip(rows, is_other, strict=True):
            if alive[row]:
                kept.append(row)
                alive &= others
    return np.array(kept, np.int64)


def contested(
    boxes: NDArray[np.float32],
    is_digit: NDArray[np.bool_],
    looks: NDArray[np.int64],
    kept: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return indexes of the digits that no other digit but a part of theirs suppressed.

    A look that shows a digit larger than it is best seen may take its bowl for a zero,
    or it for print, and be the surer. Which is right is for who sees the ink of both.

    Args:
        boxes: `(N, 4)` x, y, width, height, the surest first.
        is_digit: `(N,)` whether each is a digit.
        looks: `(N,)` which look saw each.
        kept: What `suppressed` returned for them.
    """
    area = boxes[:, 2] * boxes[:, 3]
    dropped = is_digit.copy()
    dropped[kept] = False
    digits, rows = kept[is_digit[kept]], np.flatnonzero(dropped)
    shared, size = _shared(boxes[rows], boxes[digits]), area[rows, None]
    covers = shared >= _SAME * np.minimum(area[digits], size)
    is_part = (
        (shared < _SAME * (area[digits] + size - shared))
        & (area[digits] < size)
        & (looks[digits] != looks[rows, None])
    )
    found = rows[(is_part | ~covers).all(axis=1)]
    return np.asarray(found[suppressed(boxes[found], is_digit[found])], np.int64)


def _shared(
    boxes: NDArray[np.float32], others: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the area that boxes `(M, 4)` and others `(N, 4)` share, `(M, N)`."""
    ends, other_ends = boxes[:, :2] + boxes[:, 2:], others[:, :2] + others[:, 2:]
    width, height = (
        np.minimum(ends[:, axis, None], other_ends[:, axis])
        - np.maximum(boxes[:, axis, None], others[:, axis])
        for axis in (0, 1)
    )
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0), np.float32)
