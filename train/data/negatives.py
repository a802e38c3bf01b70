"""Images in MNIST's format that are no digit: what the reject output learns from.

Printed letters, scribbles, crossings of lines, smudges, parts of digits and several
digits in one crop, all made by the same `edge_app.model.normalize` that the app's crops
go through; letters that people wrote are in `omniglot`. What happens to look like a
digit is left out.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from tqdm import tqdm

from edge_app.model.normalize import INPUT_SIZE, normalize
from train.data.mnist import Split
from train.data.omniglot import Images

# Printed letters that are not also digits in some type.
_UNLIKE_DIGITS = "ACDEFGHJKLMNPRTUVWXYacdefhkmnprtuvwxy&?#@%+=*<>§€$äöüéñßλπΩжшю"
_FONT_NAMES: tuple[str, ...] = (
    "DejaVuSans",
    "DejaVuSans-Oblique",
    "DejaVuSans-Bold",
    "DejaVuSerif",
)
_FONT_NAMES += ("DejaVuSerif-Italic", "DejaVuSansMono", "DejaVuSansMono-Bold")
_CANVAS_PX = 96  # before normalizing

_NEIGHBORS_AMONG = 20_000  # training digits


def made(digits: Split, *, count: int, seed: int) -> Images:
    """Make about `count` negatives that need no other data than digits.

    Args:
        digits: Digits that parts and pairs are made of.
        count: How many are made before look-alikes are left out.
        seed: Decides everything random.
    """
    rng = np.random.default_rng(seed)
    makers: list[tuple[Callable[[Split, np.random.Generator], Images], float]] = [
        (_several_digits, 0.25),
        (_part_of_digit, 0.2),
        (_printed_letter, 0.2),
        (_scribble, 0.15),
        (_crossing, 0.12),
        (_smudge, 0.08),
    ]
    chosen = rng.choice(len(makers), size=count, p=[share for _, share in makers])
    images = np.stack(
        [
            normalize(makers[index][0](digits, rng))
            for index in tqdm(chosen, desc="non-digits", unit="image", leave=False)
        ]
    )
    return np.asarray(images[images.max(axis=(1, 2)) > 0], np.uint8)


def without_look_alikes(images: Images, digits: Split, *, share: float) -> Images:
    """Return the images that look like no digit.

    Args:
        images: What is no digit.
        digits: Training digits.
        share: An image closer to a digit than this share of digits are to the nearest
            other one looks like a digit itself.
    """
    among = _blurred(digits.images[:_NEIGHBORS_AMONG])
    # Here, since it takes seconds to import.
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(among)
    among_digits, _ = nearest.kneighbors(among[:2000])
    limit = np.quantile(among_digits[:, 1], share)
    distances, _ = nearest.kneighbors(_blurred(images), n_neighbors=1)
    return np.asarray(images[distances[:, 0] > limit], np.uint8)


def _blurred(images: Images) -> NDArray[np.float32]:
    """Blur and halve images, so that a pixel's shift counts little: `(N, 196)`."""
    return np.stack(
        [
            cv2.resize(cv2.GaussianBlur(image, (0, 0), 1.2), (14, 14)).ravel()
            for image in images
        ]
    ).astype(np.float32)


def _several_digits(digits: Split, rng: np.random.Generator) -> Images:
    """Draw two or three digits side by side, near, touching or overlapping."""
    count = 2 if rng.random() < 0.8 else 3
    page = np.zeros((INPUT_SIZE, 4 * INPUT_SIZE), np.uint8)
    left = 4
    for image in digits.images[rng.integers(len(digits), size=count)]:
        x, _, width, _ = cv2.boundingRect(image)
        top = int(rng.integers(-2, 3))
        digit = np.roll(image, top, axis=0)[:, x : x + width]
        place = page[:, left : left + width]
        np.maximum(place, digit, out=place)
        left += max(2, width + int(rng.integers(-3, 3)))
    return page


def _part_of_digit(digits: Split, rng: np.random.Generator) -> Images:
    """Cut a digit off at one side."""
    image = digits.images[rng.integers(len(digits))]
    x, y, width, height = cv2.boundingRect(image)
    image = image[y : y + height, x : x + width]
    kept = rng.uniform(0.35, 0.65)
    if rng.random() < 0.5:
        columns = max(3, round(kept * width))
        part = image[:, :columns] if rng.random() < 0.5 else image[:, -columns:]
    else:
        rows = max(3, round(kept * height))
        part = image[:rows] if rng.random() < 0.5 else image[-rows:]
    return np.asarray(cv2.resize(part, None, fx=3, fy=3), np.uint8)


def _printed_letter(digits: Split, rng: np.random.Generator) -> Images:
    """Print a letter, or a few."""
    from matplotlib import get_data_path

    name = _FONT_NAMES[rng.integers(len(_FONT_NAMES))]
    font = ImageFont.truetype(
        str(Path(get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"),
        int(rng.integers(24, 60)),
    )
    length = 1 if rng.random() < 0.7 else int(rng.integers(2, 6))
    text = "".join(rng.choice(list(_UNLIKE_DIGITS), size=length))
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, fill=255, font=font)
    return np.asarray(image, np.uint8)


def _scribble(digits: Split, rng: np.random.Generator) -> Images:
    """Draw random strokes: curves, zigzags, ticks, words that nobody can read."""
    page = np.zeros((_CANVAS_PX, _CANVAS_PX), np.uint8)
    thickness = int(rng.integers(2, 10))
    size = rng.uniform(0.4, 1.0, 2) * _CANVAS_PX
    for _ in range(int(rng.integers(1, 4))):
        points = rng.uniform(0, 1, (int(rng.integers(2, 9)), 2)) * size
        if rng.random() < 0.3:  # written from left to right
            points = points[np.argsort(points[:, 0])]
        if rng.random() < 0.6:
            points = _smooth(points)
        _draw(page, [points], thickness)
    return page


def _crossing(digits: Split, rng: np.random.Generator) -> Images:
    """Draw what is left of grids, tables and boxes."""
    page = np.zeros((_CANVAS_PX, _CANVAS_PX), np.uint8)
    low, high = 8, _CANVAS_PX - 8
    a, b = rng.uniform(low, high, 2)
    shapes = [
        [[(a, low), (a, high)], [(low, b), (high, b)]],  # a cross
        [[(low, low), (high, low)], [(a, low), (a, high)]],  # a T
        [[(low, low), (low, high), (high, high)]],  # a corner
        [[(low, low), (high, low), (high, high), (low, high), (low, low)]],  # a box
        [[(low, b), (high, b)]],  # a dash
        [[(low, low), (high, low)], [(low, a), (high, a)]],  # two rules
        [[(low, low), (low, high)], [(a, low), (a, high)]],
        [[(a, low), (a, high)], [(b, low), (b, high)], [(low, a), (high, a)]],
    ]
    strokes = shapes[rng.integers(len(shapes))]
    squeeze = np.array([rng.uniform(0.5, 1.0), rng.uniform(0.5, 1.0)])
    wobble = rng.uniform(0, 3)
    _draw(
        page,
        [
            np.array(stroke) * squeeze + rng.normal(0, wobble, (len(stroke), 2))
            for stroke in strokes
        ],
        int(rng.integers(2, 10)),
    )
    return page


def _smudge(digits: Split, rng: np.random.Generator) -> Images:
    """Draw blots, texture and dust."""
    points = int(rng.integers(3, 14))
    noise = cv2.resize(
        rng.normal(0, 1, (points, points)),
        (_CANVAS_PX, _CANVAS_PX),
        interpolation=cv2.INTER_CUBIC,
    )
    level = rng.uniform(0.0, 1.2)
    return np.asarray(np.clip(255 * (noise - level), 0, 255), np.uint8)


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a curve near the points: corners cut four times (Chaikin, 1974)."""
    for _ in range(4):
        ahead = points[1:]
        near, far = 0.75 * points[:-1] + 0.25 * ahead, 0.25 * points[:-1] + 0.75 * ahead
        points = np.stack([near, far], axis=1).reshape(-1, 2)
    return points


def _draw(page: Images, strokes: Iterable[NDArray[np.float64]], thickness: int) -> None:
    lines = [np.rint(stroke).astype(np.int32) for stroke in strokes]
    cv2.polylines(page, lines, False, 255, thickness, cv2.LINE_AA)
