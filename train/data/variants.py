"""Ways of writing that MNIST, written in the United States, rarely shows.

Ones with a flag and a foot and crossed sevens, as most of Europe writes them, made from
MNIST's own training images by adding the strokes of `train.scenes.writing.habits`;
zeros with a slash; and fours, sevens and nines whose leg reaches far below the line.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.model.normalize import normalize
from edge_app.sources.demo.demo_scene import Points
from train.data.mnist import Split
from train.scenes.writing import habits, handwriting

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
    (legged,) = np.nonzero(np.isin(digits.labels, handwriting.WITH_TAILS))
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
    half = thickness // 2
    head = _at(_middle(page, rows, top + half), top + half, height)
    _draw(page, habits.flag(head, rng), height, thickness)
    if rng.random() < 0.35:
        end = _at(_middle(page, rows, bottom - half), bottom - half, height)
        _draw(page, habits.foot(end, rng), height, thickness)
    return page


def _crossed(
    seven: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8] | None:
    page, rows = _enlarged(seven)
    height = rows[-1] - rows[0]
    row = int(rows[0] + height * rng.uniform(0.36, 0.64))
    ink = np.flatnonzero(page[row] > 127)
    thickness = _thickness(page, rows)
    if not ink.size or ink[-1] - ink[0] > 3 * thickness + 8:  # crossed already
        return None
    if thickness > height / 6:  # a bar would fill it
        return None
    _draw(page, habits.bar(_at(ink.mean(), row, height), rng), height, thickness)
    if rng.random() < 0.3 and thickness < height / 8:
        upper = page[rows[0] : rows[0] + height // 3]
        at_y, at_x = np.nonzero(upper > 127)
        left = at_x.argmin()
        corner = _at(at_x[left] + thickness // 2, rows[0] + at_y[left], height)
        _draw(page, habits.hook(corner, rng), height, thickness)
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
    slash = np.stack([middle - down * along, middle + up * along])
    _draw(page, slash.astype(np.float32), 1, thickness)
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


def _at(x: float, y: float, height: float) -> Points:
    """Return a point of a page in shares of the digit's height."""
    return np.array([x, y], np.float32) / np.float32(height)


def _draw(
    page: NDArray[np.uint8], stroke: Points, height: float, thickness: int
) -> None:
    """Draw a stroke, its points in shares of the digit's height."""
    points = np.rint(stroke * height).astype(np.int32)
    cv2.polylines(page, [points], False, 255, max(4, thickness - 2), cv2.LINE_AA)
