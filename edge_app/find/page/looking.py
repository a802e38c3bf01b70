"""A look: a picture, or a part of it, at one size, and what the network says of it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.find.page import decode
from edge_app.find.page.decode import Maps
from edge_app.find.page.maps import STRIDE
from edge_app.model.classify import NUM_DIGITS


@dataclass(frozen=True)
class FinderConstants:
    """At which sizes a picture is looked at, and what is taken from a look.

    `python -m benchmarks ablation --constants 0.25` moves each of them.

    Attributes:
        finest_px: Longer side of the largest look.
        first_px: Longer side that the first look has at least, if it is at half of the
            largest one's size.
        enlarged_px: Longer side of pictures that are also seen twice as large.
        coarsest_px: Longer side of the smallest look: a digit that fills it is well in
            range.
        window_step_cells: Sides of parts are multiples of it: each size needs memory of
            its own.
        window_room_px: Room around small writing that a finer look also shows, in
            pixels of the coarser one.
        most_windows: Looks at writing that lies apart, instead of one at all of it.
        windows_of_whole: Share of the one look's pixels that they have at most.
        best_glyph_px: Longer side of a digit about in the middle of a look's range.
        next_look_ratio: To that; beyond it the next look shows a digit nearer to it.
        octave_cost: Of a peak's probability, for each octave that it is from there,
            against other looks' peaks.
        sure_share: Probability of a digit beyond which no coarser look is needed.
        fills_height: Of the picture's height: what is so high is not cut off by its
            border.
        bare_px: Paper between ink and border that makes a digit whole, in pixels of the
            look.
        hint_of_threshold: Of the threshold: what may be a digit and is worth a finer
            look.
        may_be_share: Least probability of a digit in what is taken for a letter or
            print, to be looked at more closely all the same: so are half of the digits
            that are taken for something else in validation scenes, and below it more
            than twenty others come with each.
        may_be_of_likelier: Least share of the likelier kind's probability, likewise.
    """

    finest_px: int = 2048
    first_px: int = 320
    enlarged_px: int = 640
    coarsest_px: int = 40
    window_step_cells: int = 8
    window_room_px: int = 24
    most_windows: int = 4
    windows_of_whole: float = 0.85
    best_glyph_px: float = 26.0
    next_look_ratio: float = 2**0.5
    octave_cost: float = 0.3
    sure_share: float = 0.5
    fills_height: float = 0.5
    bare_px: float = 2.0
    hint_of_threshold: float = 0.5
    may_be_share: float = 0.12
    may_be_of_likelier: float = 0.3


FINDER = FinderConstants()


@dataclass(frozen=True)
class PageLook:
    """A part of the picture at one size.

    Attributes:
        scale: Pixels of the look a pixel of the picture.
        left, top: Where the part begins, in pixels of the picture.
        picture: The part at that size, `(H, W)` uint8, gray.
        maps: What the network says.
        hints: What may stand there.
        peaks: What of it is sure enough.
    """

    scale: float
    left: int
    top: int
    picture: NDArray[np.uint8]
    maps: Maps
    hints: decode.Peaks
    peaks: decode.Peaks

    def placed_boxes(self) -> NDArray[np.float32]:
        """Return the boxes of its peaks, `(N, 4)`, in pixels of the whole picture."""
        corner = np.array((self.left, self.top, 0, 0), np.float32)
        return np.asarray(self.peaks.boxes / self.scale + corner, np.float32)


def fit(peaks: decode.Peaks) -> NDArray[np.float32]:
    """Return how much each peak is to be believed against other looks' peaks."""
    if not len(peaks.boxes):
        return np.zeros(0, np.float32)
    octaves = np.abs(np.log2(np.maximum(longer(peaks), 1) / FINDER.best_glyph_px))
    return np.asarray(
        peaks.scores.max(axis=1) - FINDER.octave_cost * octaves, np.float32
    )


def longer(peaks: decode.Peaks) -> NDArray[np.float32]:
    """Return the longer side of each box, in pixels of the look."""
    return np.maximum(peaks.boxes[:, 2], peaks.boxes[:, 3])


def shows_digits(look: PageLook) -> bool:
    """Return whether a look found a digit that no other look need find."""
    return bool((look.peaks.over(FINDER.sure_share).kinds < NUM_DIGITS).any())


def fills_picture(box_xywh: geometry.Box, picture_wh: tuple[int, int]) -> bool:
    """Return whether a box is so high that the border hardly cuts it, as in a strip."""
    return box_xywh[3] >= FINDER.fills_height * picture_wh[1]


def is_cut_by_window(
    look: PageLook, window: geometry.Box, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return what of a part of a picture `(H, W)` its sides may cut: `(N,)`.

    An earlier look shows it whole; here the bowl of a six is a zero.
    """
    x, y, w, h = window
    starts, ends = look.hints.boxes[:, :2], look.hints.boxes.reshape(-1, 2, 2).sum(1)
    begins_within = np.array((x, y)) > 0
    ends_within = np.array((x + w, y + h)) < shape[1::-1]
    most = np.array(look.picture.shape[::-1]) - STRIDE
    is_cut = (begins_within & (starts < STRIDE)) | (ends_within & (ends > most))
    return np.asarray(is_cut.any(axis=1))


def windows(
    cells: NDArray[np.bool_], look: PageLook, shape: tuple[int, ...]
) -> list[geometry.Box]:
    """Return the parts of a picture `(H, W)` that hold cells of a look, with room.

    It is one part, or several where the cells lie so far apart that these are smaller
    together.

    Args:
        cells: `(h, w)`, at least one of them.
        look: Whose cells they are.
        shape: Of the picture.
    """
    whole = window(cells, look, shape)
    reach = 2 * (FINDER.window_room_px // STRIDE) + 1
    room = cv2.dilate(cells.view(np.uint8), np.ones((reach, reach), np.uint8))
    count, labels = cv2.connectedComponents(room)
    if not 1 < count - 1 <= FINDER.most_windows:
        return [whole]
    apart = [window(cells & (labels == n), look, shape) for n in range(1, count)]
    num_pixels = sum(width * height for _, _, width, height in apart)
    is_less = num_pixels <= FINDER.windows_of_whole * whole[2] * whole[3]
    return apart if is_less else [whole]


def window(
    cells: NDArray[np.bool_], look: PageLook, shape: tuple[int, ...]
) -> geometry.Box:
    """Return the part of a picture `(H, W)` that holds cells of a look, with room."""
    (rows,), (columns,) = (np.nonzero(cells.any(axis=axis)) for axis in (1, 0))
    cell, room = STRIDE / look.scale, FINDER.window_room_px / look.scale
    left, width = _span(
        look.left + columns[0] * cell - room,
        look.left + (columns[-1] + 1) * cell + room,
        shape[1],
        cell,
    )
    top, height = _span(
        look.top + rows[0] * cell - room,
        look.top + (rows[-1] + 1) * cell + room,
        shape[0],
        cell,
    )
    return left, top, width, height


def _span(start: float, end: float, most: int, cell: float) -> tuple[int, int]:
    """Return where a part of a side begins and its length, one of few lengths."""
    step = FINDER.window_step_cells * cell
    start, end = max(0.0, start), min(float(most), end)
    length = min(most, int(np.ceil((end - start) / step) * step))
    return min(int(start), most - length), length
