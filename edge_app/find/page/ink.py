"""A digit's ink: how dark the picture says, which of it is the digit's the network.

The picture is sharp, but shows rules and neighbors, too; the network knows those, but
its mask is soft. Where the ink that is connected in the picture fills about the digit's
box, it is the digit; else the mask says which of the ink is.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box, BoxF
from edge_app.find.page.decode import Maps

_SQUARE = np.ones((3, 3), np.uint8)
_GRAYS = np.arange(256, dtype=np.float64)


@dataclass(frozen=True)
class InkConstants:
    """Limits that tell a digit's ink from all else, chosen on validation scenes.

    `python -m benchmarks ablation --constants 0.25` moves each of them.

    Attributes:
        room_of_box: How far around a box the ink may reach, of its longer side.
        most_window_px: Longer side of a window; `normalize` uses 80 pixels of a digit.
        least_mask: Of 255, the strongest of a mask that shows ink at all.
        sure_of_strongest: Of the mask's strongest: surely ink.
        paper_mask: Of 255: below it surely paper.
        least_paper_of_box: Share of the box that is surely paper, from which its gray
            level is the paper's: around it there may be more of thick rules.
        least_contrast_gray: Gray levels between ink and paper that tell them apart.
        full_percent: Percentile of the sure ink that counts as full ink.
        full_percent_thin: The same where the pen is far thinner than a pixel of the
            look: most of what surely has ink there is paper.
        thin_contrast: Share of the darker percentile below which the pen is that thin.
        dark_ink: Of 255, full ink: from here on a pixel is ink.
        within_box: Share of connected ink within the box that makes it the digit's.
        most_of_others: Share of the ink within the box that it leaves to others at
            most.
        least_overlap: Intersection over union of its place and the box.
        least_mask_ink: Of 255: what the mask says is ink, where connected ink does not
            tell.
        whole_of_mask: Share of a connected part of the mask within the box by which it
            is not cut off there.
        mask_gain: By which the mask is multiplied: its edge is softer than a pen's.
    """

    room_of_box: float = 0.4
    most_window_px: int = 144
    least_mask: int = 40
    sure_of_strongest: float = 0.6
    paper_mask: int = 40
    least_paper_of_box: float = 0.05
    least_contrast_gray: float = 4.0
    full_percent: int = 75
    full_percent_thin: int = 96
    thin_contrast: float = 0.4
    dark_ink: int = 102
    within_box: float = 0.5
    most_of_others: float = 0.3
    least_overlap: float = 0.35
    least_mask_ink: int = 70
    whole_of_mask: float = 0.85
    mask_gain: float = 2.0


INK = InkConstants()


@dataclass(frozen=True)
class _Window:
    """A digit's box and its surroundings.

    Attributes:
        gray: `(h, w)` uint8, of the picture.
        mask: `(h, w)` uint8, of the network, 255 for ink.
        core: The box's rows and columns.
        origin_xy: Where the window begins, in pixels of the look.
        scale_xy: Pixels of the window a pixel of the look.
    """

    gray: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    core: tuple[slice, slice]
    origin_xy: tuple[int, int]
    scale_xy: tuple[float, float]

    def placed(self, box_xywh: Box) -> NDArray[np.float32]:
        """Return a box of the window in pixels of the look."""
        x, y, w, h = box_xywh
        (left, top), (across, down) = self.origin_xy, self.scale_xy
        return np.array(
            [left + x / across, top + y / down, w / across, h / down], np.float32
        )


@dataclass(frozen=True)
class View:
    """A picture and what the network says of it, or of a part, at one size.

    Attributes:
        gray: The picture, `(H, W)` uint8.
        maps: Of a look at it.
        scale: Pixels of the look a pixel of the picture.
        corner_xy: Where the look begins, in pixels of the picture.
    """

    gray: NDArray[np.uint8]
    maps: Maps
    scale: float
    corner_xy: tuple[int, int]

    @property
    def picture_wh(self) -> tuple[int, int]:
        """Return the picture's width and height in pixels."""
        return self.gray.shape[1], self.gray.shape[0]

    def ink(self, box_xywh: BoxF) -> tuple[NDArray[np.uint8], Box]:
        """Return the ink in a box of the picture, bright on 0, and its tight box."""
        corner = np.array((*self.corner_xy, 0, 0), np.float32)
        box = (np.array(box_xywh, np.float32) - corner) * self.scale
        ink, tight = ink_of(self, box)
        return ink, self.placed(tight)

    def placed(self, box: NDArray[np.float32]) -> Box:
        """Return a look's box `(4,)` in pixels of the picture, within it."""
        width, height = self.picture_wh
        left, top = box[:2] / self.scale + self.corner_xy
        right, bottom = (left, top) + box[2:] / self.scale
        x, y = max(0, round(float(left))), max(0, round(float(top)))
        w = max(1, min(width, round(float(right))) - x)
        return x, y, w, max(1, min(height, round(float(bottom))) - y)


def ink_of(
    view: View, box: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a digit's ink, bright on 0, and its box tightened around it.

    Args:
        view: Where it was seen.
        box: `(4,)` x, y, width, height in pixels of the look; so is the tight box.
    """
    window = _window(view, box)
    ink = _levels(window)
    if ink is None:
        return np.zeros((1, 1), np.uint8), box
    body = _connected(ink, window)
    if body is not None:
        ink *= np.asarray(
            cv2.dilate(body, _SQUARE)
        )  # a stroke's edge is paler than ink
    else:
        mask = _cut_out(window)
        gate = cv2.convertScaleAbs(
            cv2.GaussianBlur(mask, (3, 3), 0), alpha=INK.mask_gain
        )
        ink = np.asarray(cv2.multiply(ink, gate, scale=1 / 255), np.uint8)
        body = np.asarray(
            cv2.threshold(mask, INK.least_mask_ink, 1, cv2.THRESH_BINARY)[1]
        )
    if not body.any():
        return np.zeros((1, 1), np.uint8), box
    x, y, w, h = cv2.boundingRect(body)
    return ink[y : y + h, x : x + w], window.placed((x, y, w, h))


def _levels(window: _Window) -> NDArray[np.uint8] | None:
    """Return how much of the full ink each pixel has; `None` if unclear."""
    core = window.mask[window.core]
    strongest = int(core.max(initial=0))
    off = (cv2.dilate(window.mask, _SQUARE) < INK.paper_mask).view(np.uint8)
    if strongest < INK.least_mask or not off.any():
        return None
    is_sure = (core >= INK.sure_of_strongest * strongest).view(np.uint8)
    sure = _histogram(window.gray[window.core], is_sure)
    paper = _paper_gray(window, off)
    is_dark = float(sure @ _GRAYS) < paper * float(sure.sum())
    full, darkest = (
        _percentile(sure, 100 - percent if is_dark else percent) - paper
        for percent in (INK.full_percent, INK.full_percent_thin)
    )
    if abs(full) < INK.thin_contrast * abs(darkest):
        full = darkest
    if abs(full) < INK.least_contrast_gray or (full < 0) != is_dark:
        return None
    levels = np.clip((_GRAYS - paper) * (255 / full), 0, 255)
    return np.asarray(cv2.LUT(window.gray, levels.astype(np.uint8)), np.uint8)


def _paper_gray(window: _Window, off: NDArray[np.uint8]) -> int:
    """Return the gray level of what is surely no ink, within the box if it shows."""
    core = off[window.core]
    if cv2.countNonZero(core) >= INK.least_paper_of_box * core.size:
        return _percentile(_histogram(window.gray[window.core], core), 50)
    return _percentile(_histogram(window.gray, off), 50)


def _histogram(gray: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how many pixels of a mask have each of the 256 gray levels."""
    counts = cv2.calcHist([gray], [0], mask, [256], [0, 256])
    return np.asarray(counts, np.float32).ravel()


def _percentile(counts: NDArray[np.float32], percent: int) -> int:
    """Return the least gray level that so many of the pixels do not exceed."""
    sums = counts.cumsum()
    return int(sums.searchsorted(percent / 100 * float(sums[-1])))


def _connected(ink: NDArray[np.uint8], window: _Window) -> NDArray[np.uint8] | None:
    """Return where connected ink is the digit's, 1 on 0; `None` if it runs on."""
    _, dark = cv2.threshold(ink, INK.dark_ink, 255, cv2.THRESH_BINARY)
    count, labels, stats = _components(np.asarray(dark, np.uint8))
    inside = np.bincount(labels[window.core].ravel(), minlength=count)
    inside[0] = 0  # the paper
    is_digit = inside > INK.within_box * stats[:, cv2.CC_STAT_AREA]
    if inside[is_digit].sum() <= (1 - INK.most_of_others) * inside.sum():
        return None
    body = _of_components(is_digit, labels).view(np.uint8)
    x, y, w, h = cv2.boundingRect(body)
    rows, columns = window.core
    across = min(x + w, columns.stop) - max(x, columns.start)
    down = min(y + h, rows.stop) - max(y, rows.start)
    shared = max(0, across) * max(0, down)
    both = w * h + (columns.stop - columns.start) * (rows.stop - rows.start) - shared
    runs_on = x == 0 or y == 0 or x + w == body.shape[1] or y + h == body.shape[0]
    return None if runs_on or shared < INK.least_overlap * both else body


def _cut_out(window: _Window) -> NDArray[np.uint8]:
    """Return the mask of the digit in a window's middle, without its neighbors'."""
    _, mask = cv2.threshold(window.mask, INK.least_mask_ink, 255, cv2.THRESH_BINARY)
    count, labels, stats = _components(np.asarray(mask, np.uint8))
    across, down = (max(1, round(n)) for n in window.scale_xy)
    rows, columns = window.core
    core = np.zeros(mask.shape, bool)
    core[
        max(0, rows.start - down) : rows.stop + down,
        max(0, columns.start - across) : columns.stop + across,
    ] = True
    inside = np.bincount(labels[core], minlength=count)
    is_whole = inside > INK.whole_of_mask * stats[:, cv2.CC_STAT_AREA]
    is_part = inside > 0
    is_whole[0] = is_part[0] = False
    whole = _of_components(is_whole, labels)
    body = whole | (_of_components(is_part, labels) & core)
    size = 2 * max(across, down) + 1  # the mask's own pixels are those of the look
    near = cv2.dilate(body.view(np.uint8), np.ones((size, size), np.uint8)) > 0
    is_free = whole | (labels == 0) | core
    return np.where(near & is_free, window.mask, 0).astype(np.uint8)


def _components(
    ink: NDArray[np.uint8],
) -> tuple[int, NDArray[np.uint16], NDArray[np.int32]]:
    """Return how many parts of a window are connected, which is where, and statistics.

    A window is too small to have more parts than 16 bits count, and OpenCV finds them
    in half the time that it takes with 32.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ink, connectivity=8, ltype=cv2.CV_16U
    )
    return count, np.asarray(labels, np.uint16), np.asarray(stats, np.int32)


def _of_components(
    are_meant: NDArray[np.bool_], labels: NDArray[np.uint16]
) -> NDArray[np.bool_]:
    """Return where the connected parts are that are meant."""
    # No label is out of range, and not checking each takes half the time.
    return np.asarray(are_meant.take(labels, mode="clip"))


def _window(view: View, box: NDArray[np.float32]) -> _Window:
    """Return a box's surroundings, no larger than needed."""
    gray, scale, corner_xy = view.gray, view.scale, view.corner_xy
    x, y, w, h = (float(n) for n in box)
    room = 1 + round(INK.room_of_box * max(w, h))
    x0, y0 = int(np.floor(x)) - room, int(np.floor(y)) - room
    x1, y1 = int(np.ceil(x + w)) + room, int(np.ceil(y + h)) + room
    height, width = gray.shape
    left, right = (round(corner_xy[0] + n / scale) for n in (x0, x1))
    top, bottom = (round(corner_xy[1] + n / scale) for n in (y0, y1))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    beyond = max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width)
    part = gray[max(0, top) : bottom, max(0, left) : right]
    if any(beyond):
        part = np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_REPLICATE))
    most = max(part.shape)
    if most > INK.most_window_px:
        size_wh = [
            max(1, round(n * INK.most_window_px / most)) for n in part.shape[::-1]
        ]
        part = np.asarray(cv2.resize(part, size_wh, interpolation=cv2.INTER_AREA))
    size_wh = [part.shape[1], part.shape[0]]
    mask = cv2.resize(
        view.maps.ink_of((x0, y0, x1, y1)), size_wh, interpolation=cv2.INTER_LINEAR
    )
    across, down = part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)
    rows = slice(int((y - y0) * down), int(np.ceil((y + h - y0) * down)))
    columns = slice(int((x - x0) * across), int(np.ceil((x + w - x0) * across)))
    return _Window(
        np.asarray(part, np.uint8),
        np.asarray(mask, np.uint8),
        (rows, columns),
        (x0, y0),
        (across, down),
    )
