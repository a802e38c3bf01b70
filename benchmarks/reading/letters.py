"""Letters, signs and words of held-out hands, of which none is a digit.

What may be a digit in somebody's hand is left out: letters that are not among
`train.scenes.writing.hands.CLEAR_LETTERS`, words that hold one, and `LIKE_DIGITS`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import heldout, options, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from edge_app.reader import Reader
from train.scenes.writing import pens
from train.scenes.writing.hands import CLEAR_LETTERS, SYMBOLS
from train.scenes.writing.handwriting import Strokes
from train.scenes.writing.pens import Pen

if TYPE_CHECKING:  # it is only passed on
    from train.scenes.writing.hands import Hand, Hands

LIKE_DIGITS = "/\\|()!"  # symbols: a stroke is a one in many hands
GLYPH_KINDS = ("letters", "symbols", "words")
# Heights of a capital in pixels of a frame 480 pixels high.
HEIGHTS = (16, 24, 36, 56, 90)
_SIZE_WH = (640, 480)
_SEED = 3
_TRIES = 200  # words drawn until one has no look-alike
_MARGIN = 0.06  # of the frame's height
_PAPER, _INK = 235.0, 50.0
_CLEAR_SYMBOLS = "".join(sign for sign in SYMBOLS if sign not in LIKE_DIGITS)


@dataclass(frozen=True)
class LetterPage:
    """Handwriting without a digit, on plain paper.

    Attributes:
        frame: `(H, W, 3)` uint8, BGR.
        num_glyphs: Letters and signs that are written there.
    """

    frame: NDArray[np.uint8]
    num_glyphs: int


def page(kind: str, height: int, seed: int, hands: "Hands") -> LetterPage:
    """Write a page, in one hand.

    Args:
        kind: One of `GLYPH_KINDS`.
        height: Of a capital, in pixels.
        seed: Decides everything random.
        hands: One of whom writes.
    """
    rng = np.random.default_rng([seed, height, GLYPH_KINDS.index(kind), _SEED])
    hand = hands.writer(rng)
    width, rows = _SIZE_WH
    ink = np.zeros((rows, width), np.float32)
    pen = Pen(width=float(rng.uniform(0.06, 0.12)))
    num_glyphs = 0
    margin = _MARGIN * rows
    for top in np.arange(margin, rows - margin - 1.5 * height, 2.2 * height):
        x = margin
        while True:
            text, strokes = _written(kind, hand, rng)
            sized = [stroke * np.float32(height) for stroke in strokes]
            left = min(float(stroke[:, 0].min()) for stroke in sized)
            shift = np.array([x - left, top], np.float32)
            placed = [stroke + shift for stroke in sized]
            right = max(float(stroke[:, 0].max()) for stroke in placed)
            if right > width - margin:
                break
            pens.draw(ink, placed, pen, height, rng)
            num_glyphs += len(text)
            x = right + height * float(rng.uniform(0.6, 1.1))
    gray = _PAPER + (_INK - _PAPER) * cv2.GaussianBlur(ink, (0, 0), 0.6)
    noisy = gray + rng.normal(0, 2, gray.shape)
    frame = cv2.cvtColor(np.clip(noisy, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return LetterPage(np.asarray(frame, np.uint8), num_glyphs)


def measure(reader: Reader, hands: "Hands", *, pages: int) -> Iterator[Row]:
    """Count digits read where there is none, by kind and height, then in all.

    Args:
        reader: What reads.
        hands: Who write.
        pages: Of each kind and height.
    """
    every: dict[str, list[tuple[int, int]]] = {kind: [] for kind in GLYPH_KINDS}
    for kind in tqdm(GLYPH_KINDS, leave=False):
        for height in HEIGHTS:
            counts = []
            for seed in range(pages):
                written = page(kind, height, seed, hands)
                num_read = len(reader.read(written.frame).digits)
                counts.append((written.num_glyphs, num_read))
            every[kind] += counts
            yield _row(kind, str(height), counts)
    for kind, counts in every.items():
        yield _row(kind, "all", counts)
    yield _row("all", "all", [count for counts in every.values() for count in counts])


def _written(kind: str, hand: "Hand", rng: np.random.Generator) -> tuple[str, Strokes]:
    if kind == "letters":
        text = CLEAR_LETTERS[rng.integers(len(CLEAR_LETTERS))]
        return text, hand.letter(rng, text)
    if kind == "symbols":
        text = _CLEAR_SYMBOLS[rng.integers(len(_CLEAR_SYMBOLS))]
        return text, hand.symbol(text, rng)
    for _ in range(_TRIES):
        text, strokes = hand.hands.sample("words", None, hand.writer, rng)
        if set(text) <= set(CLEAR_LETTERS):
            return text, _of_height_1(strokes)
    # Who is near this writer wrote no such word: somebody else did.
    return _written(kind, hand.hands.writer(rng), rng)


def _of_height_1(strokes: Strokes) -> Strokes:
    every = np.concatenate(strokes)
    height = max(1.0, float(np.ptp(every[:, 1])))
    return [
        ((stroke - every.min(axis=0)) / height).astype(np.float32) for stroke in strokes
    ]


def _row(kind: str, height: str, counts: Sequence[tuple[int, int]]) -> Row:
    glyphs, read = (sum(column) for column in zip(*counts, strict=True))
    return {
        "kind": kind,
        "height_px": height,
        "glyphs": glyphs,
        "read_as_digits": read,
        "share": round(read / glyphs, 4),
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "letters",
        _run,
        text="count letters and signs of held-out hands that are read as digits",
        example="--strokes ../shared/data/strokes",
    )
    heldout.add_options(parser, required=True)
    options.add_count(parser, "pages of each kind and height", default=6)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    hands = heldout.hands(arguments.strokes, arguments.part)
    reader = readers.open_reader(choice)
    rows = list(measure(reader, hands, pages=arguments.count))
    return Result(
        f"handwriting of the part {arguments.part} that is no digit, read with "
        f"{choice}; letters {CLEAR_LETTERS} alone and in words, no {LIKE_DIGITS}",
        rows,
        shown=[row | {"share": f"{row['share']:.2%}"} for row in rows],
    )
