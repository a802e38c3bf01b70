"""Writes lines and cells of a page, in one hand."""

import math
from dataclasses import replace

import numpy as np

from train.scenes.composed.picture.canvas import Canvas
from train.scenes.composed.planning.plan import Plan
from train.scenes.composed.text import content
from train.scenes.composed.text.content import Tokens
from train.scenes.composed.text.printer import Printer
from train.scenes.composed.text.scribe import Scribe
from train.scenes.setting import Bgr
from train.scenes.truth import OtherKind
from train.scenes.writing import handwriting
from train.scenes.writing.hands import SYMBOL_KINDS
from train.scenes.writing.pens import Pen
from train.scenes.writing.written import Area, Written, touching


class Author(Printer):
    """Fills a page, in handwriting and in print.

    Attributes:
        ink_bgr: The color of the ink.
        numbers: Indexes of the digits of each number.
        focus: How many digits and other things were there before those that only
            reach into a picture that is cut out.
    """

    def __init__(
        self,
        canvas: Canvas,
        plan: Plan,
        scribe: Scribe,
        area: Area,
        rng: np.random.Generator,
    ) -> None:
        """Begin with an empty page."""
        super().__init__(canvas, plan, area, rng)
        self._scribe = scribe
        self.ink_bgr = plan.setting.ink_bgr
        self.numbers: list[tuple[int, ...]] = []
        self.focus: tuple[int, int] | None = None
        # The page's own proportion and slant, and how unlike its signs are.
        wide, slant = float(np.exp(rng.normal(0, 0.1))), float(rng.normal(0, 0.1))
        self._shape = np.array([[wide, 0.0], [-slant, 1.0]])
        self._unruly = float(rng.choice([0.7, 1.0, 1.0, 2.5]))

    @property
    def pen(self) -> Pen:
        """Return the pen to write with."""
        return self.plan.setting.pen

    def tokens(self) -> Tokens:
        """Return what the next line, or cell, holds."""
        kinds = self.plan.contents
        return content.LINE_CONTENTS[kinds[self.rng.integers(len(kinds))]](self.rng)

    def line(
        self,
        tokens: Tokens,
        x: float,
        top: float,
        right: float,
        *,
        height: float | None = None,
    ) -> float:
        """Write a line of tokens, as far as they fit; returns where it ends."""
        height = height or self.height
        rng = self.rng
        before: Written | None = None
        number: list[int] = []
        slope = float(rng.normal(0, 0.012))
        start = x
        for token in tokens:
            if token == " ":
                x += height * rng.uniform(0.25, 0.7)
                before = None
                self._end(number)
                continue
            written = self._sized(token, height)
            y = top + height * rng.normal(0, 0.03 * self._unruly) + slope * (x - start)
            placed = self._placed(written, before, x, y, height)
            end = float(placed.points[:, 0].max())
            if end > right:
                break
            if written.label >= 0:
                index = self.canvas.write(placed, self.pen)
                before = placed
                if index is not None:
                    number.append(index)
            else:
                self.canvas.add(placed, self.pen, kind_of(token))
                before = None
                self._end(number)
            gap = self.plan.setting.gap * rng.uniform(0.6, 1.4)
            x = end + height * (gap + self.pen.width)
        self._end(number)
        return x

    def width(self, tokens: Tokens, height: float) -> float:
        """Estimate how wide a line of tokens will be."""
        wide = sum(2.5 if len(token) > 1 else 0.62 for token in tokens)
        return wide * height * (1 + self.plan.setting.gap)

    def cell(self, area: Area, label: int | None = None) -> None:
        """Write one digit into the middle of a place."""
        x, y, width, height = area
        token = str(self.rng.integers(10) if label is None else label)
        written = self._sized(token, height)
        points = written.points
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        shift = np.array([x + width / 2, y + height / 2]) - middle
        shift += self.rng.normal(0, 0.06 * height, 2)
        index = self.canvas.write(written.moved(*shift), self.pen)
        if index is not None:
            self.numbers.append((index,))

    def underline(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a line by hand."""
        count = max(4, int(abs(end[0] - start[0]) / (0.4 * self.height)))
        share = np.linspace(0, 1, count)[:, None]
        points = np.array(start) * (1 - share) + np.array(end) * share
        points[:, 1] += np.cumsum(self.rng.normal(0, 0.012 * self.height, count))
        stroke = Written(-1, self.height, [points.astype(np.float32)])
        self.canvas.add(stroke, self.pen, "symbol")

    def circle(self, box: Area) -> None:
        """Draw a ring around something by hand."""
        x, y, width, height = box
        turn = np.linspace(0, 2.1 * math.pi, 40) + self.rng.uniform(0, 6)
        reach = np.array([width, height]) * 0.62 + 0.25 * self.height
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * reach
        ring *= 1 + 0.04 * np.sin(turn * 1.5 + self.rng.uniform(0, 6))[:, None]
        points = (ring + np.array([2 * x + width, 2 * y + height]) / 2).astype(
            np.float32
        )
        self.canvas.add(Written(-1, self.height, [points]), self.pen, "symbol")

    def change_ink(self, bgr: Bgr) -> None:
        """Go on in another color."""
        self.canvas.dry(self.ink_bgr, self.plan.setting.contrast)
        self.ink_bgr = bgr

    def _end(self, number: list[int]) -> None:
        if number:
            self.numbers.append(tuple(number))
            number.clear()

    def _placed(
        self,
        written: Written,
        before: Written | None,
        x: float,
        y: float,
        height: float,
    ) -> Written:
        """Return a sign from `x` on, or where it touches the digit before it."""
        setting = self.plan.setting
        left = x - float(written.points[:, 0].min())
        if before is None or written.label < 0:
            return written.moved(left, y)
        if self.rng.random() < setting.touching:
            left = touching(
                before,
                written.moved(0, y),
                height=height,
                pen_width=self.pen.width,
                overlap=setting.overlap,
            )
        return written.moved(left, y)

    def _sized(self, token: str, height: float) -> Written:
        if token.isdigit():
            written = self._scribe.digit(int(token))
            broken = self.plan.setting.broken
            if written.image is None and broken and self.rng.random() < broken:
                strokes = handwriting.broken(written.strokes, self.rng)
                written = replace(written, strokes=strokes)
        elif token == content.WORD:
            written = self._scribe.word()
        elif token == content.SCRIBBLE:
            written = self._scribe.scribble()
        else:
            written = self._scribe.sign(token)
        size = float(height * np.exp(self.rng.normal(-0.02, 0.05 * self._unruly)))
        turn = math.radians(self.rng.normal(0, 2 * self._unruly))
        shape = (
            size
            * self._shape
            @ np.array(
                [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]
            )
        )
        strokes = [(stroke @ shape).astype(np.float32) for stroke in written.strokes]
        return replace(written, height=size, strokes=strokes)


def kind_of(token: str) -> OtherKind:
    """Return what a token that is no digit counts as."""
    if token == content.WORD or (len(token) == 1 and token.isalpha()):
        return "letter"
    return SYMBOL_KINDS.get(token, "symbol")
