"""Find digits the textbook way: adaptive threshold, connected components, sizes.

There is nothing here to train and no rule beyond size and shape: it is what the page
network is measured against.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import joined, scaled
from edge_app.find.candidate import Candidate
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.separators.separator_reader import SeparatorReader
from edge_app.find.touching import Splitting
from edge_app.find.verdict import Verdict


@dataclass(frozen=True)
class ClassicConstants:
    """Sizes and shapes by which the classic way tells digits from all else.

    Attributes:
        longest_side_px: Larger frames are searched at this size of their longer side:
            A4 at about 175 dpi, where handwriting is some 30 pixels high.
        window_of_side: Side of the square over which the local mean is taken, of the
            frame's longer side: wider than the strokes of a digit that fills the frame,
            narrow enough to follow a shadow.
        least_window_px: Least side of that square; all of a 28x28 frame.
        least_contrast_gray: Gray levels off the local mean: two and a half deviations
            of a dim camera's noise (6), and half the contrast of faint pencil (30).
        least_height_px: In lower digits the loops close up. As the least area of a
            piece, a stroke of that height and a single pixel's width.
        most_width_of_height: Digits are about square at most, dashes are wider.
        most_height_of_width: Of a straight 1 drawn with a fine pen.
        most_of_frame: Share of the frame's area; MNIST's digits take 20x20 of 28x28,
            0.51.
        least_overlap: Of the boxes of one digit's pieces: their intersection over the
            smaller one. A 5's bar is about a tenth of its body.
        most_uneven: Of the same boxes: the larger one's area over the smaller one's.
        most_pieces: Only the pieces with the most ink are kept: each is compared with
            each when joined.
    """

    longest_side_px: int = 2048
    window_of_side: float = 1 / 6
    least_window_px: int = 31
    least_contrast_gray: int = 15
    least_height_px: int = 8
    most_width_of_height: float = 3.0
    most_height_of_width: float = 15.0
    most_of_frame: float = 0.6
    least_overlap: float = 0.5
    most_uneven: int = 20
    most_pieces: int = 300


_CLASSIC_CONSTANTS = ClassicConstants()


class ClassicFinder:
    """Finds digits by their contrast with what is around them.

    Example:
        >>> frame = np.full((60, 80, 3), 255, np.uint8)
        >>> frame[20:40, 30:36] = 0
        >>> [candidate.box_xywh for candidate in ClassicFinder()(frame)]
        [(30, 20, 6, 20)]
    """

    name = "classic"
    verdict: Verdict | None = None
    splitting: Splitting | None = None
    context: ContextReader | None = None
    separators: SeparatorReader | None = None

    def __call__(self, frame: NDArray[np.uint8]) -> list[Candidate]:
        """Return the candidates of a frame in no order, none for a blank one.

        Args:
            frame: `(H, W, 3)` uint8, BGR, dark ink on lighter paper or the reverse.

        Returns:
            At most 300 candidates without scores, from the pieces with the most ink.
            What touches the frame's border may be cut off, unless it is the only one.
        """
        gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
        gray = scaled(
            gray, min(1.0, _CLASSIC_CONSTANTS.longest_side_px / max(gray.shape))
        )
        ink = _contrast(gray)
        labels, numbers, corners = _pieces(ink)
        owners = _owners(corners)
        digits = [np.flatnonzero(owners == owner) for owner in np.unique(owners)]
        united = [
            (*corners[digit, :2].min(axis=0), *corners[digit, 2:].max(axis=0))
            for digit in digits
        ]
        boxes = np.array(united, np.int64).reshape(-1, 4)
        in_frame = boxes * np.tile(np.divide(frame.shape[1::-1], gray.shape[::-1]), 2)
        chosen = np.flatnonzero(_like_digits(boxes, ink.size))
        candidates = []
        for index in chosen:
            x0, y0, x1, y1 = boxes[index].tolist()
            window = labels[y0:y1, x0:x1]
            is_ink = np.any([window == n for n in numbers[digits[index]]], axis=0)
            digit_ink = np.where(is_ink, ink[y0:y1, x0:x1], np.uint8(0))
            is_inside = x0 and y0 and x1 < ink.shape[1] and y1 < ink.shape[0]
            is_cut = not is_inside and len(chosen) > 1
            x0, y0, x1, y1 = np.rint(in_frame[index]).astype(int).tolist()
            box_xywh = x0, y0, x1 - x0, y1 - y0
            candidates.append(Candidate(box_xywh, digit_ink, is_cut=is_cut))
        return candidates


def _contrast(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how far each pixel is from the local mean, toward the ink's side.

    A pixel is ink by the rule of `cv2.adaptiveThreshold`, which keeps no differences.
    Ink covers less than paper does, so its side of the mean is the one with fewer
    pixels; noise adds the same number to both.
    """
    side = max(
        _CLASSIC_CONSTANTS.least_window_px,
        round(max(gray.shape) * _CLASSIC_CONSTANTS.window_of_side),
    )
    mean = cv2.boxFilter(gray, -1, (side, side), borderType=cv2.BORDER_REPLICATE)
    sides = cv2.subtract(mean, gray), cv2.subtract(gray, mean)
    return np.asarray(min(sides, key=cv2.countNonZero), np.uint8)


def _pieces(
    ink: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels of all pixels and, of the pieces, `(N,)` labels and corners.

    Corners are `(N, 4)`: left, top, right, bottom, the latter two exclusive.
    """
    _, mask = cv2.threshold(
        ink, _CLASSIC_CONSTANTS.least_contrast_gray, 255, cv2.THRESH_BINARY
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    numbers = 1 + np.flatnonzero(
        stats[1:, cv2.CC_STAT_AREA] >= _CLASSIC_CONSTANTS.least_height_px
    )
    by_area = np.argsort(-stats[numbers, cv2.CC_STAT_AREA], kind="stable")
    numbers = numbers[by_area[: _CLASSIC_CONSTANTS.most_pieces]]
    corners = stats[numbers, :4].astype(np.int64)
    corners[:, 2:] += corners[:, :2]
    return np.asarray(labels, np.int32), numbers, corners


def _owners(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `(N,)`, the same number for pieces of one digit.

    Their boxes overlap strongly and are of similar size. One that is wholly inside the
    other is no piece of it but a digit in a printed cell.
    """
    start = np.maximum(corners[:, np.newaxis, :2], corners[:, :2])
    end = np.minimum(corners[:, np.newaxis, 2:], corners[:, 2:])
    shared = np.maximum(end - start, 0).prod(axis=2)
    areas = shared.diagonal()
    smaller = np.minimum(areas[:, np.newaxis], areas)
    larger = np.maximum(areas[:, np.newaxis], areas)
    is_same = (shared > _CLASSIC_CONSTANTS.least_overlap * smaller) & (shared < smaller)
    is_same &= larger <= _CLASSIC_CONSTANTS.most_uneven * smaller
    np.fill_diagonal(is_same, True)
    return joined(is_same)


def _like_digits(boxes: NDArray[np.int64], num_pixels: int) -> NDArray[np.bool_]:
    """Return which boxes, given by their corners, have a digit's size and shape."""
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    is_like = (height >= _CLASSIC_CONSTANTS.least_height_px) & (
        width <= _CLASSIC_CONSTANTS.most_width_of_height * height
    )
    is_like &= height <= _CLASSIC_CONSTANTS.most_height_of_width * width
    is_most = width * height > _CLASSIC_CONSTANTS.most_of_frame * num_pixels
    # What takes most of the frame is a table or a shadow, unless there is nothing else.
    return np.asarray(is_like & ~is_most if np.any(is_like & ~is_most) else is_like)
