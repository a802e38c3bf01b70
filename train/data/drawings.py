"""Drawings of what real hands wrote, as a model sees them: digits and what is none.

UNIPEN's pen strokes are drawn with pens of many kinds and sizes, seen through a lens,
made into ink as reading makes ink, and go through `edge_app.model.normalize`. What may
be a digit in somebody's hand is none of the rejects: letters that are not among
`hands.CLEAR_LETTERS`, and `LOOK_ALIKES`.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_app.model.classify import NUM_DIGITS
from edge_app.model.normalize import INPUT_SIZE, normalize
from train import parallel
from train.data.mnist import Split
from train.scenes.writing import pens
from train.scenes.writing.hands import CLEAR_LETTERS, SYMBOLS, Hands
from train.scenes.writing.handwriting import Strokes
from train.scenes.writing.pens import Pen
from train.scenes.writing.trajectories import Part

DrawnKind = Literal["digits", "letters", "symbols", "words"]

# Signs that, alone and without their size, are a stroke as a one is.
LOOK_ALIKES = "/\\|()!,'`"
_FILES: dict[DrawnKind, tuple[str, ...]] = {
    "digits": ("digits",),
    "letters": ("capitals", "lowercase"),
    "symbols": ("symbols",),
    "words": ("words",),
}
_DRAWN_LABELS: dict[DrawnKind, set[str]] = {  # all of the others
    "letters": set(CLEAR_LETTERS),
    "symbols": set(SYMBOLS) - set(LOOK_ALIKES),
}
_DRAWINGS_A_CHUNK = 400  # drawings a process makes before it asks for more


@dataclass(frozen=True)
class DrawingConstants:
    """Spans that drawings are made in.

    Attributes:
        capital_heights_px: Of a capital: from the least that is read to more than
            `normalize` makes use of.
        pen_widths: Of a capital's height: a hairline, a marker.
        piece_widths: Of a word, in its height: a few letters.
        least_ink_share: Of a piece: less is a word's empty place.
    """

    capital_heights_px: tuple[float, float] = (12.0, 80.0)
    pen_widths: tuple[float, float] = (0.025, 0.2)
    piece_widths: tuple[float, float] = (0.9, 2.6)
    least_ink_share: float = 0.04


DRAWING = DrawingConstants()

_Sample = tuple[str, int]  # file, and place in it


def drawn(
    hands: Hands,
    kind: DrawnKind,
    *,
    copies: int = 1,
    count: int | None = None,
    seed: int,
    jobs: int = 1,
) -> Split:
    """Draw samples of one kind, each about as often as any other.

    Args:
        hands: Who wrote them.
        kind: `digits`, labeled as such; `letters`, `symbols` and pieces of `words`
            are labeled 10, for no digit.
        copies: Drawings of each sample.
        count: How many drawings, instead.
        seed: Decides everything random.
        jobs: Processes that draw.
    """
    samples = _samples(hands, kind)
    count = copies * len(samples) if count is None else count
    order = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    rounds = [order.permutation(len(samples)) for _ in range(-(-count // len(samples)))]
    chosen = [samples[i] for indexes in rounds for i in indexes][:count]
    labels = [_label(hands, kind, sample) for sample in chosen]
    return Split(
        _images(hands, kind, chosen, seed=seed, jobs=jobs), np.array(labels, np.uint8)
    )


def _images(
    hands: Hands, kind: DrawnKind, samples: Sequence[_Sample], *, seed: int, jobs: int
) -> NDArray[np.uint8]:
    """Draw each sample, a chunk at a time in each process; `(N, 28, 28)`."""
    images = [np.zeros((0, INPUT_SIZE, INPUT_SIZE), np.uint8)]
    bar = tqdm(total=len(samples), desc=kind, unit="drawing", leave=False)
    chunks = [
        (samples[at : at + _DRAWINGS_A_CHUNK], (seed, at))
        for at in range(0, len(samples), _DRAWINGS_A_CHUNK)
    ]
    draw = partial(_draw_chunk, hands.folder, hands.part, kind)
    with bar:
        for found in parallel.in_order(draw, chunks, jobs=jobs):
            images.append(found)
            bar.update(len(found))
    return np.concatenate(images)


def drawing(strokes: Strokes, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return strokes as a model sees them, `(28, 28)` uint8.

    Args:
        strokes: Of one sign, its capitals' height 1.
        rng: Chooses the pen, the size and what the camera does.
    """
    return normalize(_seen(*_inked(strokes, rng), rng))


def _samples(hands: Hands, kind: DrawnKind) -> list[_Sample]:
    wanted = _DRAWN_LABELS.get(kind)
    return [
        (file, index)
        for file in _FILES[kind]
        for label, index in hands.samples(file)
        if wanted is None or label in wanted
    ]


def _label(hands: Hands, kind: DrawnKind, sample: _Sample) -> int:
    return int(hands.label(*sample)) if kind == "digits" else NUM_DIGITS


@cache
def _hands(folder: Path, part: Part) -> Hands:
    """Return the hands whose strokes a process draws, reading the files once."""
    return Hands(folder, part)


def _draw_chunk(
    folder: Path,
    part: Part,
    kind: DrawnKind,
    chunk: tuple[Sequence[_Sample], tuple[int, int]],
) -> NDArray[np.uint8]:
    hands = _hands(folder, part)
    samples, seed = chunk
    rng = np.random.default_rng([*seed, zlib.crc32(kind.encode())])
    images = []
    for file, index in samples:
        strokes = hands.strokes(file, index)
        if kind == "words":
            images.append(normalize(_piece(_seen(*_inked(strokes, rng), rng), rng)))
        else:
            images.append(drawing(strokes, rng))
    return np.array(images, np.uint8)


def _inked(
    strokes: Strokes, rng: np.random.Generator
) -> tuple[NDArray[np.float32], float]:
    """Draw strokes with a pen: ink of 0..1, and a capital's height in pixels."""
    height = float(np.exp(rng.uniform(*np.log(DRAWING.capital_heights_px))))
    placed = [stroke * np.float32(height) for stroke in _turned(strokes, rng)]
    every = np.concatenate(placed)
    pen = _pen(rng)
    room = 3 + pen.width * height
    corner = every.min(axis=0) - room
    width, rows = np.ceil(every.max(axis=0) + room - corner).astype(int)
    ink = np.zeros((rows, width), np.float32)
    pens.draw(ink, [stroke - corner for stroke in placed], pen, height, rng)
    return ink, height


def _turned(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Slant, turn and stretch strokes a little."""
    angle = math.radians(rng.normal(0, 4))
    slant, stretch = rng.normal(0, 0.1), math.exp(rng.normal(0, 0.1))
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ [[stretch, -slant], [0, 1]]
    return [(stroke @ matrix.T).astype(np.float32) for stroke in strokes]


def _pen(rng: np.random.Generator) -> Pen:
    def sometimes(share: float, low: float, high: float) -> float:
        return float(rng.uniform(low, high)) if rng.random() < share else 0.0

    return Pen(
        width=float(np.exp(rng.uniform(*np.log(DRAWING.pen_widths)))),
        strength=float(rng.uniform(0.6, 1.0)),
        variation=float(rng.uniform(0, 0.35)),
        grain=sometimes(0.25, 0.2, 0.8),
        skips=sometimes(0.08, 0.2, 0.8),
        fade=sometimes(0.15, 0.2, 0.7),
    )


def _seen(
    ink: NDArray[np.float32], height: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return ink as reading takes it from a photograph: bright on 0, uint8.

    Some is gray, as dark as the picture is where a mask covers it; some is that mask.
    """
    sigma = float(rng.uniform(0.35, 0.7) + height * rng.uniform(0, 0.03))
    soft = np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), np.float32)
    strongest = max(float(soft.max()), 1e-3)
    contrast = float(rng.uniform(25, 200))  # gray levels between paper and ink
    noise = rng.normal(0, rng.uniform(1, 7), soft.shape)
    gray = soft / strongest + noise / contrast
    share = float(rng.uniform(0.25, 0.55))
    mask = np.where(soft > share * strongest, 255, 0).astype(np.uint8)
    if rng.random() < 0.3:
        return np.asarray(cv2.GaussianBlur(mask, (3, 3), 0), np.uint8)
    wide = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    gate = cv2.GaussianBlur(wide, (3, 3), 0) / 255
    gain = float(rng.uniform(255, 330))
    return np.asarray(np.clip(gray * gate * gain, 0, 255), np.uint8)


def _piece(word: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Cut a few letters out of a word."""
    height, width = word.shape
    span = min(width, round(height * float(rng.uniform(*DRAWING.piece_widths))))
    left = int(rng.integers(width - span + 1))
    piece = word[:, left : left + span]
    return piece if (piece > 127).mean() > DRAWING.least_ink_share else word
