"""Ways of writing that MNIST, written in the United States, rarely shows.

Ones with a flag and a foot and crossed sevens, as most of Europe writes them, made from
MNIST's own training images by adding a stroke; zeros with a slash; and fours, sevens
and nines whose leg reaches far below the line.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.model.normalize import normalize
from train.data.mnist import Split

_LEGGED_DIGITS = (4, 7, 9)
_STROKE_SCALE = 4  # strokes are added at this many times MNIST's size


def european(digits: Split, *, share: float, seed: int) -> Split:
    """Draw ones with a flag, some of them with a foot too, and crossed sevens.

    Args:
        digits: What they are made from.
        share: Of the ones and sevens among `digits`, how many are varied.
        seed: Decides everything random.
    """
    rng = np.random.default_rng(seed)
    images, labels = [], []
    for label, add in ((1, _flagged), (7, _crossed)):
        (indexes,) = np.nonzero(digits.labels == label)
        for index in rng.permutation(indexes)[: round(share * len(indexes))]:
            varied = add(digits.images[index], rng)
            if varied is not None:
                images.append(normalize(varied))
                labels.append(label)
    return Split(np.array(images, np.uint8), np.array(labels, np.uint8))


def long_legged(digits: Split, *, share: float, seed: int) -> Split:
    """Draw fours, sevens and nines with a longer leg.

    Args:
        digits: What they are made from.
        share: Of the fours, sevens and nines among `digits`, how many are varied.
        seed: Decides everything random.
    """
    rng = np.random.default_rng(seed)
    (legged,) = np.nonzero(np.isin(digits.labels, _LEGGED_DIGITS))
    chosen = rng.permutation(legged)[: round(share * len(legged))]
    images = [_drawn_out(digits.images[index], rng) for index in chosen]
    return Split(np.array(images, np.uint8), digits.labels[chosen])


def slashed(digits: Split, *, share: float, seed: int) -> Split:
    """Return zeros with a slash, as who also writes the letter O sets them apart.

    Args:
        digits: What they are made from.
        share: Of the zeros among `digits`, how many are varied.
        seed: Decides everything random.
    """
    rng = np.random.default_rng(seed)
    (zeros,) = np.nonzero(digits.labels == 0)
    chosen = rng.permutation(zeros)[: round(share * len(zeros))]
    varied = [_slashed(digits.images[index], rng) for index in chosen]
    images = [normalize(page) for page in varied if page is not None]
    return Split(np.array(images, np.uint8), np.zeros(len(images), np.uint8))


def _drawn_out(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    page, rows = _enlarged(image)
    top, bottom = rows[0], rows[-1] + 1
    knee = round(top + rng.uniform(0.5, 0.65) * (bottom - top))
    leg = page[knee:bottom]
    length = round(len(leg) * rng.uniform(1.5, 3.2))
    leg = np.asarray(cv2.resize(leg, (page.shape[1], length)), np.uint8)
    return normalize(np.vstack([page[top:knee], leg]))


def _flagged(
    one: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8] | None:
    page, rows = _enlarged(one)
    if cv2.boundingRect(one)[2] > 10:  # slanted, or with a flag already
        return None
    top, bottom = rows[0], rows[-1]
    height = bottom - top
    thickness = _thickness(page, rows)
    half = thickness / 2
    head = np.array([_middle(page, rows, top + int(half)), top + half])
    # Down to the left of the stem, at 25 to 60 degrees from it.
    angle = np.radians(rng.uniform(25, 55))
    length = height * rng.uniform(0.25, 0.8)
    end = head + length * np.array([-np.sin(angle), np.cos(angle)])
    _line(page, head, end, thickness)
    if rng.random() < 0.35:
        foot = np.array([_middle(page, rows, bottom - int(half)), bottom - half])
        reach = height * rng.uniform(0.15, 0.35)
        tilt = rng.uniform(-2, 2)
        along = np.array([reach, tilt])
        _line(page, foot - along, foot + along, thickness)
    return page


def _crossed(
    seven: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8] | None:
    page, rows = _enlarged(seven)
    height = rows[-1] - rows[0]
    row = int(rows[0] + height * rng.uniform(0.42, 0.62))
    ink = np.flatnonzero(page[row] > 127)
    thickness = _thickness(page, rows)
    if not ink.size or ink[-1] - ink[0] > 3 * thickness + 8:  # crossed already
        return None
    center = np.array([ink.mean(), row])
    reach = height * rng.uniform(0.17, 0.32)
    rise = reach * rng.uniform(-0.35, 0.15)
    along = np.array([reach, -rise])
    _line(page, center - along, center + along, thickness)
    return page


def _slashed(
    zero: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8] | None:
    page, _ = _enlarged(zero)
    room = 8 * _STROKE_SCALE
    page = np.asarray(cv2.copyMakeBorder(page, room, room, 0, 0, 0), np.uint8)
    x, y, width, height = cv2.boundingRect(page)
    middle_row = page[y + height // 2, x : x + width]
    thickness = round((middle_row > 127).sum() / 2)
    if thickness > width / 5:  # a slash would fill it
        return None
    middle = np.array([x + width / 2, y + height / 2])
    middle += rng.normal(0, 0.04, 2) * (width, height)
    angle = np.radians(rng.uniform(-5, 50))  # from upright, to the right at its top
    reach = 0.5 / np.hypot(np.sin(angle) / width, np.cos(angle) / height)
    up, down = reach * rng.uniform(0.8, 1.5, 2)
    along = np.array([np.sin(angle), -np.cos(angle)])
    _line(page, middle - down * along, middle + up * along, thickness)
    return page


def _enlarged(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Enlarge an image four times with room on both sides; also return its rows."""
    large = cv2.resize(
        image, None, fx=_STROKE_SCALE, fy=_STROKE_SCALE, interpolation=cv2.INTER_CUBIC
    )
    room = 8 * _STROKE_SCALE
    page = cv2.copyMakeBorder(large, 0, 0, room, room, cv2.BORDER_CONSTANT)
    (rows,) = np.nonzero(page.max(axis=1) > 127)
    return np.asarray(page, np.uint8), rows


def _thickness(page: NDArray[np.uint8], rows: NDArray[np.intp]) -> int:
    """Return the median stroke width in the lower half, where a stem stands alone."""
    lower = page[rows[len(rows) // 2] : rows[-1]]
    return max(4, int(np.median((lower > 127).sum(axis=1))))


def _middle(page: NDArray[np.uint8], rows: NDArray[np.intp], row: int) -> float:
    """Return the middle of the ink in a row, or in the nearest one that has any."""
    inked = rows[np.abs(rows - row).argmin()]
    return float(np.flatnonzero(page[inked] > 100).mean())


def _line(
    page: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    thickness: int,
) -> None:
    points = np.rint(np.stack([start, end])).astype(np.int32)
    cv2.polylines(page, [points], False, 255, max(4, thickness - 2), cv2.LINE_AA)
