"""Prints on a page: texts and lines, in one font and one style."""

import numpy as np

from train.scenes.composed.picture.canvas import Canvas, DrawnLine
from train.scenes.composed.picture.view import PageView
from train.scenes.composed.planning.plan import Plan
from train.scenes.composed.planning.ruling import Style
from train.scenes.composed.text import typesetting
from train.scenes.setting import Bgr
from train.scenes.writing.written import Area

_PRINT_COLORS: tuple[Bgr, ...] = (
    (30, 30, 30), (20, 20, 20), (60, 40, 40), (140, 70, 30), (40, 40, 150)
)  # fmt: skip
_LEAST_PRINT_PX = 7.0


class Printer:
    """Prints on a page.

    Attributes:
        canvas: What is printed on.
        plan: What the page is like.
        area: Where there is paper, in the page's pixels.
        height: Of a digit, in pixels.
        font: What is printed in.
    """

    def __init__(
        self, canvas: Canvas, plan: Plan, area: Area, rng: np.random.Generator
    ) -> None:
        """Begin with an empty page."""
        self.canvas, self.plan, self.area, self.rng = canvas, plan, area, rng
        self.height = min(plan.setting.height * plan.size_wh[1], 0.8 * area[3])
        self.height = min(self.height, 0.8 * area[2])
        self.font = typesetting.choose(rng, bundled=plan.bundled)
        self._color = _PRINT_COLORS[rng.integers(len(_PRINT_COLORS))]
        if sum(plan.setting.paper_bgr) < 360:
            self._color = (210, 212, 208)

    def rule(self, lines: list[DrawnLine], *, factor: float = 1.0) -> None:
        """Print lines in the plan's style; `factor` makes them thicker."""
        ruling = self.plan.ruling
        unit = self.plan.size_wh[1] / 480 if self.plan.crop == "no" else 1.0
        width = ruling.width * unit * factor
        parts = [part for line in lines for part in dashes(line, ruling.style, width)]
        self.canvas.rule(parts, ruling.bgr, strength=ruling.strength, width=width)

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
            largest = max(_LEAST_PRINT_PX, min(height, 1.3 * self.height))
            span = np.log(_LEAST_PRINT_PX), np.log(largest)
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
        view: PageView | None = None,
    ) -> None:
        """Print texts, each with its place and size, in the page's font.

        They end at `right`, or else with the paper. Both are in the page's pixels, or
        in those of another view.
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
            view=view,
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

    def print_sideways(self) -> None:
        """Print lines that run up or down along an edge, and write beside them.

        As the notes beside a newspaper's puzzle, or the number of a form.
        """
        rng = self.rng
        x, y, width, height = self.area
        size = self.height * rng.uniform(0.3, 1.2)
        size = max(_LEAST_PRINT_PX, min(size, 0.06 * width))
        step = size * rng.uniform(1.1, 1.6)
        count = int(rng.integers(1, 4))
        band = (count + 0.5) * step
        is_left, is_upward = rng.random(2) < 0.5
        left = x if is_left else x + width - band
        origin = (left, y + height) if is_upward else (left + band, y)
        self.print(
            [
                (self.text(int(height / (3.2 * size))), (0.0, row * step), size)
                for row in range(1, count + 1)
            ],
            right=height * rng.uniform(0.2, 1.0),
            view=self.canvas.view.sideways(origin, is_upward=bool(is_upward)),
        )
        self.area = (x + band if is_left else x, y, width - band, height)
        self.height = min(self.height, 0.8 * self.area[2])

    def text(self, count: int) -> str:
        """Return `count` printed words and numbers."""
        words = typesetting.nonsense(self.font, self.rng, max(1, count)).split(" ")
        if self.font.has_digits:
            share = self.rng.choice([0, 0.15, 0.6])
            for index in range(len(words)):
                if self.rng.random() < share:
                    words[index] = printed_number(self.rng)
        return " ".join(words)


def printed_number(rng: np.random.Generator) -> str:
    """Return a number as it stands in print."""
    digits = "".join(str(n) for n in rng.integers(10, size=int(rng.integers(1, 7))))
    kind = rng.random()
    if kind < 0.15:
        return f"{digits}.{rng.integers(10, 100)}"
    if kind < 0.25:
        return f"{rng.integers(1, 32)}/{rng.integers(1, 13)}/{rng.integers(1950, 2030)}"
    return f"({digits})" if kind < 0.3 else digits


def dashes(line: DrawnLine, style: Style, width: float) -> list[DrawnLine]:
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
