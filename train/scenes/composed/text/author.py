"""Writes lines and cells of a page, in one hand."""

import math
from dataclasses import replace

import numpy as np

from train.scenes.composed.picture.canvas import Canvas, Line
from train.scenes.composed.planning.plan import Plan
from train.scenes.composed.planning.ruling import Style
from train.scenes.composed.text import content, typesetting
from train.scenes.composed.text.content import Tokens
from train.scenes.composed.text.scribe import Scribe
from train.scenes.setting import Bgr
from train.scenes.truth import Kind
from train.scenes.writing import handwriting
from train.scenes.writing.hands import SYMBOL_KINDS
from train.scenes.writing.pens import Pen
from train.scenes.writing.written import Area, Written, touching

_PRINT_COLORS: tuple[Bgr, ...] = (
    (30, 30, 30), (20, 20, 20), (60, 40, 40), (140, 70, 30), (40, 40, 150)
)  # fmt: skip
_LEAST_PRINT = 7.0  # pixels


class Author:
    """Fills a page.

    Attributes:
        canvas: What is written on.
        plan: What the page is like.
        area: Where there is paper, in the page's pixels.
        height: Of a digit, in pixels.
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
        self.canvas, self.plan, self.area, self.rng = canvas, plan, area, rng
        self._scribe = scribe
        self.height = min(plan.setting.height * plan.size_wh[1], 0.8 * area[3])
        self.height = min(self.height, 0.8 * area[2])
        self.ink_bgr = plan.setting.ink_bgr
        self.numbers: list[tuple[int, ...]] = []
        self.focus: tuple[int, int] | None = None
        self.font = typesetting.choose(rng, bundled=plan.bundled)
        self._color = _PRINT_COLORS[rng.integers(len(_PRINT_COLORS))]
        if sum(plan.setting.paper_bgr) < 360:
            self._color = (210, 212, 208)
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
        rng, setting = self.rng, self.plan.setting
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
            left = x - float(written.points[:, 0].min())
            y = top + height * rng.normal(0, 0.03 * self._unruly) + slope * (x - start)
            if (
                before is not None
                and written.label >= 0
                and rng.random() < setting.touching
            ):
                left = touching(
                    before,
                    written.moved(0, y),
                    height=height,
                    pen_width=self.pen.width,
                    overlap=setting.overlap,
                )
            placed = written.moved(left, y)
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
            gap = setting.gap * rng.uniform(0.6, 1.4)
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

    def rule(self, lines: list[Line], *, factor: float = 1.0) -> None:
        """Print lines in the plan's style; `factor` makes them thicker."""
        ruling = self.plan.ruling
        unit = self.plan.size_wh[1] / 480 if self.plan.crop == "no" else 1.0
        width = ruling.width * unit * factor
        parts = [part for line in lines for part in dashes(line, ruling.style, width)]
        self.canvas.rule(parts, ruling.bgr, strength=ruling.strength, width=width)

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

    def dots(self, places: list[tuple[float, float]], radius: float) -> None:
        """Print dots of a radius in pixels."""
        lines = [(place, place) for place in places]
        ruling = self.plan.ruling
        self.canvas.rule(lines, ruling.bgr, strength=ruling.strength, width=2 * radius)

    def show_through(self, strength: float) -> None:
        """Let print on the sheet's other side shine through, mirrored and soft."""
        x, y, width, height = self.area
        size = height * self.rng.uniform(0.03, 0.08)
        self.canvas.shine(
            [
                (self.text(int(width / (3.5 * size))), (x, float(base)), size)
                for base in np.arange(y + size, y + height, 1.5 * size)
            ],
            self.font,
            strength,
        )

    def choose_font(self) -> None:
        """Print in another font from now on."""
        self.font = typesetting.choose(self.rng, bundled=self.plan.bundled)

    def choose_machine_font(self) -> None:
        """Print in a font that machines read, where there is one."""
        found = () if self.plan.bundled else typesetting.machine_readable()
        if found:
            self.font = found[self.rng.integers(len(found))]

    def print_block(self, area: Area, *, size: float | None = None) -> None:
        """Fill a place with print."""
        x, y, width, height = area
        if size is None:
            largest = max(_LEAST_PRINT, min(height, 1.3 * self.height))
            span = np.log(_LEAST_PRINT), np.log(largest)
            size = float(np.exp(self.rng.uniform(*span)))
        lines = []
        step = size * self.rng.uniform(1.1, 1.6)
        for base in np.arange(y + size, y + height + 0.2 * size, step):
            lines.append((self.text(int(width / (3.2 * size))), (x, float(base)), size))
        self.print(lines, right=x + width)

    def print(
        self,
        lines: list[tuple[str, tuple[float, float], float]],
        *,
        right: float | None = None,
    ) -> None:
        """Print texts, each with its place and size, in the page's font.

        They end at `right`, or else with the paper.
        """
        has_digit = any(c.isdigit() for text, _, _ in lines for c in text)
        if has_digit and not self.font.has_digits:
            self.font = typesetting.choose(
                self.rng, bundled=self.plan.bundled, digits=True
            )
        self.canvas.print_lines(
            lines,
            self.font,
            self._color,
            strength=self.plan.print_strength,
            right=self.area[0] + self.area[2] if right is None else right,
        )

    def print_apart(self) -> None:
        """Print characters that stand apart along an edge, and write beside them.

        As the solutions below a puzzle, or a form's numbers of its columns.
        """
        rng = self.rng
        x, y, width, height = self.area
        size = min(self.height * rng.uniform(0.6, 1.6), 0.25 * height)
        step = size * rng.uniform(0.7, 4.0)
        places = np.arange(x + rng.uniform(0, 0.4) * width, x + width - size, step)
        at_top = rng.random() < 0.5
        base = y + size if at_top else y + height - 0.2 * size
        signs = "0123456789" * (5 if rng.random() < 0.8 else 1) + "ABCDEFGHKMNPRTVWXYZ"
        self.print(
            [
                (signs[rng.integers(len(signs))], (float(place), base), size)
                for place in places[: int(rng.integers(1, 14))]
            ]
        )
        band = 1.5 * size
        self.area = (x, y + band if at_top else y, width, height - band)
        self.height = min(self.height, 0.8 * self.area[3])

    def text(self, count: int) -> str:
        """Return `count` printed words and numbers."""
        words = typesetting.nonsense(self.font, self.rng, max(1, count)).split(" ")
        if self.font.has_digits:
            share = self.rng.choice([0, 0.15, 0.6])
            for index in range(len(words)):
                if self.rng.random() < share:
                    words[index] = printed_number(self.rng)
        return " ".join(words)

    def _end(self, number: list[int]) -> None:
        if number:
            self.numbers.append(tuple(number))
            number.clear()

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


def kind_of(token: str) -> Kind:
    """Return what a token that is no digit counts as."""
    if token == content.WORD or (len(token) == 1 and token.isalpha()):
        return "letter"
    return SYMBOL_KINDS.get(token, "symbol")


def printed_number(rng: np.random.Generator) -> str:
    """Return a number as it stands in print."""
    digits = "".join(str(n) for n in rng.integers(10, size=int(rng.integers(1, 7))))
    kind = rng.random()
    if kind < 0.15:
        return f"{digits}.{rng.integers(10, 100)}"
    if kind < 0.25:
        return f"{rng.integers(1, 32)}/{rng.integers(1, 13)}/{rng.integers(1950, 2030)}"
    return f"({digits})" if kind < 0.3 else digits


def dashes(line: Line, style: Style, width: float) -> list[Line]:
    """Return the parts of a line that a style draws."""
    if style == "solid":
        return [line]
    start, end = np.array(line[0]), np.array(line[1])
    length = float(np.hypot(*(end - start)))
    step, share = (10.0, 0.55) if style == "dashed" else (5.0, 0.25)
    step *= max(0.6, width)
    along = np.arange(0, length, step) / max(length, 1e-6)
    reach = np.minimum(1, along + share * step / max(length, 1e-6))
    pairs = np.stack([along, reach], axis=1)[..., None] * (end - start) + start
    return [((a[0], a[1]), (b[0], b[1])) for a, b in pairs.tolist()]
