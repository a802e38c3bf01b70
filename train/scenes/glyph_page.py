"""Pages of single letters, signs, words or digits in one hand, on plain paper.

A letter or a sign may be a digit in somebody's hand. Those are left out: letters that
are not among `hands.CLEAR_LETTERS`, words that hold one, and `LIKE_DIGITS`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.scene import RenderedScene
from train.scenes.truth import LabeledDigit, Other, Truth
from train.scenes.writing import pens
from train.scenes.writing.hands import CLEAR_LETTERS, SYMBOLS
from train.scenes.writing.handwriting import Strokes
from train.scenes.writing.pens import Pen

if TYPE_CHECKING:  # at run time it is only passed on
    from train.scenes.writing.hands import Hand, Hands

LIKE_DIGITS = "/\\|()!"  # symbols: a stroke is a one in many hands
KINDS_WITHOUT_DIGITS = ("letters", "symbols", "words")
GLYPH_KINDS = (*KINDS_WITHOUT_DIGITS, "digits", "mixed")  # the last with all but words
# Heights of a capital in pixels of a frame 480 pixels high.
HEIGHTS = (16, 24, 36, 56, 90)
_CLEAR_SYMBOLS = "".join(sign for sign in SYMBOLS if sign not in LIKE_DIGITS)


@dataclass(frozen=True)
class PlainPage:
    """A plain page before a camera, and what is written on it.

    Attributes:
        size_wh: Of the frame, in pixels.
        margin_of_height: Around the writing, of the frame's height.
        paper_gray: Gray level of the paper.
        ink_gray: Gray level of full ink.
        blur_sigma_px: Of the lens, a normal curve's standard deviation.
        word_tries: Words drawn until one has no look-alike of a digit.
        seed: Of these pages, besides a page's own.
    """

    size_wh: tuple[int, int] = (640, 480)
    margin_of_height: float = 0.06
    paper_gray: float = 235.0
    ink_gray: float = 50.0
    blur_sigma_px: float = 0.6
    word_tries: int = 200
    seed: int = 3


PLAIN_PAGE = PlainPage()


@dataclass(frozen=True)
class GlyphPage:
    """Handwriting on plain paper.

    Attributes:
        scene: The page.
        num_glyphs: Digits, letters and signs that are written there.
    """

    scene: RenderedScene
    num_glyphs: int


def glyph_page(kind: str, height: int, seed: int, hands: "Hands") -> GlyphPage:
    """Write a page, in one hand.

    Args:
        kind: One of `GLYPH_KINDS`.
        height: Of a capital, in pixels.
        seed: Decides everything random.
        hands: One of whom writes.
    """
    seeds = [seed, height, GLYPH_KINDS.index(kind), PLAIN_PAGE.seed]
    rng = np.random.default_rng(seeds)
    hand = hands.writer(rng)
    width, rows = PLAIN_PAGE.size_wh
    ink, digit_ink = np.zeros((2, rows, width), np.float32)
    pen = Pen(width=float(rng.uniform(0.06, 0.12)))
    digits: list[LabeledDigit] = []
    others: list[Other] = []
    num_glyphs = 0
    margin = PLAIN_PAGE.margin_of_height * rows
    for top in np.arange(margin, rows - margin - 1.5 * height, 2.2 * height):
        x = margin
        while True:
            text, strokes = _written(kind, hand, rng)
            placed = _placed(strokes, height, x, top)
            right = max(float(stroke[:, 0].max()) for stroke in placed)
            if right > width - margin:
                break
            layer = digit_ink if text.isdecimal() else ink
            box = pens.draw(layer, placed, pen, height, rng)
            if box is not None and text.isdecimal():
                digits.append(LabeledDigit(box, int(text)))
            elif box is not None:
                others.append(Other(box, "letter" if text.isalpha() else "symbol"))
            num_glyphs += len(text)
            x = right + height * float(rng.uniform(0.6, 1.1))
    truth = Truth(f"{kind} {height} {seed}", tuple(digits), others=tuple(others))
    frame = _seen(np.maximum(ink, digit_ink), rng)
    covered = np.rint(255 * np.clip(digit_ink, 0, 1)).astype(np.uint8)
    scene = RenderedScene(frame, truth, by_people=bool(digits), ink=covered)
    return GlyphPage(scene, num_glyphs)


def _placed(strokes: Strokes, height: int, left: float, top: float) -> Strokes:
    """Return strokes of a height of 1 as large as that, beginning at a place."""
    sized = [stroke * np.float32(height) for stroke in strokes]
    first = min(float(stroke[:, 0].min()) for stroke in sized)
    shift = np.array([left - first, top], np.float32)
    return [stroke + shift for stroke in sized]


def _written(kind: str, hand: "Hand", rng: np.random.Generator) -> tuple[str, Strokes]:
    if kind == "mixed":
        kind = ("digits", "letters", "symbols")[rng.integers(3)]
    if kind == "digits":
        label = int(rng.integers(10))
        return str(label), hand.digit(label, rng)
    if kind == "letters":
        text = CLEAR_LETTERS[rng.integers(len(CLEAR_LETTERS))]
        return text, hand.letter(rng, text)
    if kind == "symbols":
        text = _CLEAR_SYMBOLS[rng.integers(len(_CLEAR_SYMBOLS))]
        return text, hand.symbol(text, rng)
    for _ in range(PLAIN_PAGE.word_tries):
        text, strokes = hand.hands.sample("words", None, hand.writer, rng)
        if set(text) <= set(CLEAR_LETTERS):
            return text, _of_height_1(strokes)
    # Who is near this writer wrote no such word: somebody else did.
    return _written(kind, hand.hands.writer(rng), rng)


def gray_levels(
    ink: NDArray[np.float32], *, blur_sigma_px: float
) -> NDArray[np.float32]:
    """Return the gray levels of ink of 0..1 on plain paper, blurred, `(H, W)`."""
    blurred = cv2.GaussianBlur(ink, (0, 0), blur_sigma_px)
    paper = PLAIN_PAGE.paper_gray
    return np.asarray(paper + (PLAIN_PAGE.ink_gray - paper) * blurred, np.float32)


def _seen(ink: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return ink of 0..1 on plain paper, as a camera sees it, `(H, W, 3)`."""
    gray = gray_levels(ink, blur_sigma_px=PLAIN_PAGE.blur_sigma_px)
    noisy = gray + rng.normal(0, 2, gray.shape)
    frame = cv2.cvtColor(np.clip(noisy, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return np.asarray(frame, np.uint8)


def _of_height_1(strokes: Strokes) -> Strokes:
    every = np.concatenate(strokes)
    height = max(1.0, float(np.ptp(every[:, 1])))
    return [
        ((stroke - every.min(axis=0)) / height).astype(np.float32) for stroke in strokes
    ]
