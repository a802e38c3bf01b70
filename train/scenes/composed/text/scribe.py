"""The scribe: a real hand, our own strokes, or images of digits that people wrote."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo import demo_scene
from train.scenes.writing import habits, handwriting
from train.scenes.writing.hands import CLEAR_LETTERS, SYMBOLS, Hand, Hands
from train.scenes.writing.handwriting import Strokes
from train.scenes.writing.written import (
    SHARE_OF_IMAGES,
    SHARE_OF_OUR_STROKES,
    Written,
)

if TYPE_CHECKING:  # at run time it is only passed on
    from train.data.mnist import Split


# Signs of our own, in the notation of `edge_app.sources.demo.demo_scene.SHAPES`.
_SIGNS: dict[str, tuple[str, ...]] = {
    "/": ("- 40,-8 0,108",),
    "\\": ("- 0,-8 40,108",),
    "-": ("- 0,56 40,55",),
    "+": ("- 0,58 52,57 | - 26,30 26,84",),
    "=": ("- 0,48 48,47 | - 0,66 48,65",),
    ".": ("- 0,97 2,98 1,99",),
    ",": ("- 6,92 7,99 0,116", "~ 4,90 8,97 0,114"),
    ":": ("- 0,50 2,51 1,52 | - 0,95 2,96 1,97",),
    "(": ("~ 22,-8 4,25 4,75 22,110",),
    ")": ("~ 0,-8 18,25 18,75 0,110",),
    "[": ("- 22,-6 0,-6 0,108 22,108",),
    "]": ("- 0,-6 22,-6 22,108 0,108",),
    "{": ("~ 26,-8 12,4 14,36 0,50 14,66 12,98 26,110",),
    "}": ("~ 0,-8 14,4 12,36 26,50 12,66 14,98 0,110",),
    "<": ("- 46,32 0,60 46,88",),
    ">": ("- 0,32 46,60 0,88",),
    "*": ("- 0,30 40,60 | - 40,30 0,60 | - 20,22 20,68",),
    "%": (
        "~ 14,4 2,16 10,34 24,24 20,6 14,4 | ~ 62,66 50,78 58,97 72,86 68,68 62,66 | "
        "- 66,2 10,98",
    ),
    "$": ("~ 66,16 40,6 16,22 34,46 62,60 58,88 30,94 6,82 | - 38,-8 34,110",),
    "€": ("~ 74,14 46,4 20,30 18,66 42,96 74,88 | - 4,40 58,38 | - 4,58 54,57",),
    "£": ("~ 72,18 52,4 34,20 36,60 12,96 | - 12,96 78,94 | - 12,54 60,52",),
    "?": ("~ 4,18 30,0 52,20 36,46 28,70 | - 27,96 29,97 28,98",),
    "#": ("- 24,10 14,92 | - 54,8 44,92 | - 2,36 66,34 | - 0,66 64,64",),
    "√": ("- 0,60 12,54 28,100 44,0 110,0",),
    "✓": ("~ 0,60 16,96 30,60 60,0",),
}


class Scribe:
    """Writes whatever a page asks for, in one hand; the line's height is 1."""

    def __init__(
        self,
        rng: np.random.Generator,
        mnist: "Split | None",
        hands: Hands | None,
        *,
        zeros: float = 1.0,
        tails: float = 0.0,
        has_habits: bool = False,
    ) -> None:
        """Choose who writes the page.

        Args:
            rng: Source of everything random.
            mnist: Images for a third of the pages, or for half where there are no
                hands; `None` for none.
            hands: Who write most of the others; `None` for strokes of our own.
            zeros: Height of the zeros, of what the writer makes them.
            tails: How much further down fours, sevens and nines reach than the other
                digits; 0 for as far as the writer makes them.
            has_habits: Whether the writer may cross sevens and the like, and whether
                legs reach down in images, too.
        """
        self._rng, self._zeros = rng, zeros
        self._ours = handwriting.any_writer(rng)
        if tails:
            self._ours = replace(self._ours, tails=tails)
        self._habits: habits.Habits | None = None
        if has_habits:  # 10: of the numbers below, each is that of a digit's shapes
            self._habits = habits.drawn(np.random.default_rng([self._ours.habits, 10]))
        self._real: Hand | None = None if hands is None else hands.writer(rng)
        draw = rng.random()
        share = 0.5 if hands is None else SHARE_OF_IMAGES
        self._images = mnist if draw < share else None
        self._is_real = self._real is not None and draw < 1 - SHARE_OF_OUR_STROKES

    @property
    def writes_images(self) -> bool:
        """Return whether the digits are images of what people wrote."""
        return self._images is not None

    @property
    def is_person(self) -> bool:
        """Return whether people wrote the digits, not a program."""
        return self.writes_images or self._is_real

    def digit(self, label: int) -> Written:
        """Write a digit of height 1, or a lower zero, its corner at 0,0."""
        written = self._digit(label)
        if label == 0 and self._zeros < 1:
            strokes = handwriting.lowered(written.strokes, self._zeros, self._rng)
            written = replace(written, strokes=strokes)
        return written

    def _digit(self, label: int) -> Written:
        if self._images is not None:
            tails = 0.0 if self._habits is None else self._ours.tails
            return _image(self._images, label, self._rng, tails=tails)
        if self._real is not None and self._is_real:
            strokes = self._real.digit(label, self._rng)
            if self._habits is not None:
                strokes = habits.added(strokes, label, self._habits, self._rng)
            strokes = handwriting.in_proportion(strokes, label, self._ours, self._rng)
        else:
            strokes = handwriting.digit(label, self._ours, self._rng)
        return Written(label, 1.0, strokes)

    def sign(self, name: str) -> Written:
        """Write a letter, one of `hands.SYMBOLS`, or one of a few more signs."""
        return Written(-1, 1.0, self._strokes(name))

    def word(self) -> Written:
        """Write a word, or a few letters where there are no real hands."""
        if self._real is not None:
            return Written(-1, 1.0, self._real.word(self._rng))
        strokes: Strokes = []
        x = 0.0
        for _ in range(int(self._rng.integers(2, 7))):
            letter = self._letter()
            strokes += [stroke + np.array([x, 0], np.float32) for stroke in letter]
            x = float(max(stroke[:, 0].max() for stroke in strokes)) + 0.2
        return Written(-1, 1.0, strokes)

    def scribble(self) -> Written:
        """Draw a doodle."""
        return Written(-1, 1.0, handwriting.scribble(self._rng))

    def _strokes(self, name: str) -> Strokes:
        if name.isalpha():
            if self._real is not None:
                return self._real.letter(self._rng, name)
            return self._letter(name)
        if self._real is not None and name in SYMBOLS:
            return self._real.symbol(name, self._rng)
        shapes = _SIGNS.get(name)
        if shapes is None:
            return self._letter()
        shape = shapes[self._rng.integers(len(shapes))]
        return demo_scene.strokes(shape, self._ours.wobble, self._rng)

    def _letter(self, name: str | None = None) -> Strokes:
        if name not in handwriting.LETTERS:
            letters = handwriting.LETTERS
            name = letters[self._rng.integers(len(letters))]
        return handwriting.letter(name, self._ours, self._rng)


def clear_letter(rng: np.random.Generator) -> str:
    """Return a letter that nobody takes for a digit."""
    return CLEAR_LETTERS[rng.integers(len(CLEAR_LETTERS))]


@cache
def _indexes(labels: bytes) -> tuple[NDArray[np.intp], ...]:
    every = np.frombuffer(labels, np.uint8)
    return tuple(np.flatnonzero(every == label) for label in range(10))


def _image(
    people: "Split", label: int, rng: np.random.Generator, *, tails: float
) -> Written:
    """Return a digit that somebody wrote, as close to a label as there is one."""
    found = _indexes(np.asarray(people.labels, np.uint8).tobytes())[label]
    if len(found):
        index = int(found[rng.integers(len(found))])
    else:
        index = int(rng.integers(len(people.labels)))
    image = people.images[index]
    x, y, w, h = cv2.boundingRect((image > 60).astype(np.uint8))
    ink = image[y : y + h, x : x + w]
    if tails and int(people.labels[index]) in handwriting.WITH_TAILS:
        leg = ink[h // 2 :]
        length = round(len(leg) * (1 + 2 * tails))
        leg = np.asarray(cv2.resize(leg, (w, length)), np.uint8)
        ink = np.concatenate([ink[: h // 2], leg])
    rows, columns = np.nonzero(ink > 100)
    points = np.stack([columns + 0.5, rows + 0.5], axis=1) / h
    # The corners first: they say where the image goes.
    bottom = len(ink)
    corners = np.array([[0, 0], [w, 0], [w, bottom], [0, bottom]]) / h
    outline = np.concatenate([corners, points]).astype(np.float32)
    return Written(int(people.labels[index]), 1.0, [outline], ink)
