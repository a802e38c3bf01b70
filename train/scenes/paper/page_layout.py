"""The places of digits, the lines under them and other things on a page."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.setting import Setting
from train.scenes.writing import handwriting
from train.scenes.writing.handwriting import Writer
from train.scenes.writing.written import (
    SHARE_OF_IMAGES,
    SHARE_OF_OUR_STROKES,
    Layout,
    Segment,
    Written,
    touching,
)

if TYPE_CHECKING:  # at run time it is only passed on
    from train.data.mnist import Split
    from train.scenes.writing.hands import Hand, Hands


@dataclass(frozen=True)
class _PageProportions:
    """Proportions of a page that is filled with numbers.

    Attributes:
        between_numbers_of_height: From the end of a number to the next one, least and
            most, of the digits' height.
        most_digits: Of a number.
        most_digits_in_cell: The same in a table.
        most_rows: Of numbers.
        digit_of_cell: Height of a digit in a sudoku's cell.
        column_of_height: Width of a table's column, of the digits' height.
    """

    between_numbers_of_height: tuple[float, float] = (2.3, 3.6)
    most_digits: int = 8
    most_digits_in_cell: int = 4
    most_rows: int = 7
    digit_of_cell: float = 0.62
    column_of_height: float = 5.6


_PROPORTIONS = _PageProportions()


def lay_out(
    setting: Setting,
    size_wh: tuple[int, int],
    rng: np.random.Generator,
    people: "Split | None",
    hands: "Hands | None" = None,
) -> Layout:
    """Lay out a page of numbers.

    Args:
        setting: How they are written.
        size_wh: Of the page, in pixels.
        rng: Source of everything random.
        people: Whose digits half of the pages show, or a third where there are hands;
            `None` for none.
        hands: Who write most of the other pages; `None` for our strokes alone.
    """
    hand = handwriting.writer(rng)
    if setting.slant is not None:
        hand = replace(hand, slant=setting.slant)
    if setting.tails is not None:
        hand = replace(hand, tails=setting.tails)
    if hands is not None:
        source, real = rng.random(), hands.writer(rng)
        if source >= SHARE_OF_IMAGES:
            people = None
        is_ours = people is None and source >= 1 - SHARE_OF_OUR_STROKES
        page = _Page(setting, size_wh, rng, hand, people, None if is_ours else real)
        page.layout.hand = real
        return page.written()
    if people is not None and rng.random() < 0.5:
        people = None
    return _Page(setting, size_wh, rng, hand, people).written()


def grid(
    count: int, setting: Setting, size_wh: tuple[int, int], rng: np.random.Generator
) -> Layout:
    """Lay out `count` single digits, spread evenly, for timing.

    Args:
        count: How many digits.
        setting: How they are written; its height is replaced by one that fits.
        size_wh: Of the page, in pixels.
        rng: Source of everything random.
    """
    width, height = size_wh
    columns = math.ceil(math.sqrt(count * width / height))
    cell = min(width / columns, height / math.ceil(count / columns))
    page = _Page(setting, size_wh, rng, handwriting.writer(rng), None)
    page.layout.alone = True
    page.height = min(0.6 * cell, setting.height * height)
    for index in range(count):
        row, column = divmod(index, columns)
        digit = page.digit().moved((column + 0.25) * cell, (row + 0.2) * cell)
        page.layout.numbers.append([digit])
    return page.layout


class _Page:
    """A page that is being written."""

    def __init__(
        self,
        setting: Setting,
        size_wh: tuple[int, int],
        rng: np.random.Generator,
        hand: Writer,
        people: "Split | None",
        real: "Hand | None" = None,
    ) -> None:
        self.setting, self.rng, self.hand, self.people = setting, rng, hand, people
        self.real = real
        self.width, self.page_height = size_wh
        self.height = setting.height * self.page_height
        self.layout = Layout()

    def written(self) -> Layout:
        """Write the page, row by row."""
        if self.setting.ground == "sudoku":
            return self._sudoku()
        pitch = self.height * self.rng.uniform(1.55, 2.2)
        edge = 0.16 if self.setting.desk or self.setting.fingers else 0.06
        top = self.page_height * self.rng.uniform(edge, edge + 0.08)
        if self.height > 0.3 * self.page_height:
            top = self.rng.uniform(0.1, 0.85) * (self.page_height - self.height)
        bottom = self.page_height * (1 - edge)
        count = max(1, int((bottom - top - self.height) // pitch) + 1)
        count = min(count, int(self.rng.integers(2, _PROPORTIONS.most_rows + 1)))
        tops = top + pitch * np.arange(count)
        left = self.width * self.rng.uniform(edge, edge + 0.08)
        right = self.width * (1 - edge)
        if self.setting.at_border:
            left, right = -0.4 * self.height, self.width + 0.4 * self.height
        self._rule(tops, pitch, left)
        others = self.rng.random(len(tops)) < 0.5
        others[self.rng.integers(len(tops))] = False
        for y, is_other in zip(tops, others, strict=True):
            if is_other and self.setting.nearby != "nothing":
                self.layout.free.append((left, y, right - left, self.height))
            else:
                self._row(left, y, right)
        if self.setting.lone and self.layout.numbers:
            number = self.layout.numbers[self.rng.integers(len(self.layout.numbers))]
            self.layout.numbers = [number[: int(self.rng.integers(1, 3))]]
        return self.layout

    def _sudoku(self) -> Layout:
        """Lay out a square of 9x9 cells, some printed, the others filled in by hand."""
        cell = self.height / _PROPORTIONS.digit_of_cell
        room = self.width - 9 * cell, self.page_height - 9 * cell
        left, top = (self.rng.uniform(0.2, 0.8) * space for space in room)
        for i in range(10):
            lines = self.layout.segments if i % 3 else self.layout.bold
            x, y = left + i * cell, top + i * cell
            lines += [
                ((x, top), (x, top + 9 * cell)),
                ((left, y), (left + 9 * cell, y)),
            ]
        share = self.rng.uniform(0.25, 0.5)
        self.layout.alone = True
        for index in range(81):
            x, y = left + index % 9 * cell, top + index // 9 * cell
            if self.rng.random() < share:
                text = str(self.rng.integers(1, 10))
                place = (x + 0.27 * cell, y + 0.78 * cell)
                self.layout.printed.append((text, place, 0.78 * cell))
                continue
            digit = self.digit()
            middle = (digit.points.min(axis=0) + digit.points.max(axis=0)) / 2
            shift = np.array([x, y]) + cell / 2 - middle
            shift += self.rng.normal(0, 0.05 * cell, 2)
            self.layout.numbers.append([digit.moved(*shift)])
        return self.layout

    def _row(self, left: float, top: float, right: float) -> None:
        x = left
        if self.setting.nearby != "nothing" and self.rng.random() < 0.6:
            width = min(4 * self.height, 0.4 * (right - left))
            self.layout.free.append((x, top, width, self.height))
            x += width + 2 * self.height
        while x + 0.8 * self.height < right:
            number, x = self._number(x, top, right)
            if number:
                self.layout.numbers.append(number)
            if self.setting.ground == "table":  # the next column
                cell = _PROPORTIONS.column_of_height * self.height
                x = left + (int((x - left) / cell) + 1) * cell + 0.35 * self.height
            else:
                x += self.height * self.rng.uniform(
                    *_PROPORTIONS.between_numbers_of_height
                )

    def _number(
        self, x: float, top: float, right: float
    ) -> tuple[list[Written], float]:
        """Write the digits of a number; also return where its last one ends."""
        longest = (
            _PROPORTIONS.most_digits_in_cell
            if self.setting.ground == "table"
            else _PROPORTIONS.most_digits
        )
        number: list[Written] = []
        for _ in range(int(self.rng.integers(1, longest + 1))):
            if x + 0.8 * self.height > right:
                break
            y = top + self.height * self.rng.normal(0, 0.04)
            digit = self.digit()
            if self.setting.ground == "boxes":
                x = self._boxed(digit, x, top, y, number)
                continue
            start = x - digit.points[:, 0].min()
            if number and self.rng.random() < self.setting.touching:
                start = touching(
                    number[-1],
                    digit.moved(0, y),
                    height=self.height,
                    pen_width=self.setting.pen.width,
                    overlap=self.setting.overlap,
                )
            number.append(digit.moved(start, y))
            x = float(number[-1].points[:, 0].max()) + self.height * (
                self.setting.gap * self.rng.uniform(0.7, 1.3) + self.setting.pen.width
            )
        return number, x

    def _boxed(
        self, digit: Written, x: float, top: float, y: float, number: list[Written]
    ) -> float:
        """Write a digit into the box at x; returns where the next box begins."""
        wide, high = 1.15 * self.height, 1.4 * self.height
        box_top = top - 0.2 * self.height
        inner = float(np.ptp(digit.points[:, 0]))
        start = x + (wide - inner) / 2 - float(digit.points[:, 0].min())
        number.append(digit.moved(start + self.rng.normal(0, 0.05) * self.height, y))
        self.layout.segments += list(_rectangle(x, box_top, wide, high))
        return x + wide * (1.0 if self.setting.gap < 0.27 else 1.2)

    def digit(self) -> Written:
        """Write the next digit, at the page's corner."""
        if self.people is not None:
            return self._of_people(self.people)
        label = int(self.rng.integers(10))
        if self.real is None:
            strokes = handwriting.digit(label, self.hand, self.rng)
        else:
            strokes = self.real.digit(label, self.rng)
            strokes = handwriting.in_proportion(strokes, label, self.hand, self.rng)
        if self.rng.random() < self.setting.broken:
            strokes = handwriting.broken(strokes, self.rng)
        size = np.float32(self.height * self.rng.uniform(0.9, 1.08))
        return Written(label, float(size), [stroke * size for stroke in strokes])

    def _of_people(self, people: "Split") -> Written:
        index = int(self.rng.integers(len(people.labels)))
        image = people.images[index]
        x, y, w, h = cv2.boundingRect((image > 60).astype(np.uint8))
        ink = image[y : y + h, x : x + w]
        size = self.height / h * self.rng.uniform(0.9, 1.08)
        rows, columns = np.nonzero(ink > 100)
        points = np.stack([columns + 0.5, rows + 0.5], axis=1) * size
        # The corners first: they say where the image goes.
        corners = np.array([[0, 0], [w, 0], [w, h], [0, h]]) * size
        outline = np.concatenate([corners, points]).astype(np.float32)
        return Written(int(people.labels[index]), self.height, [outline], ink)

    def _rule(self, tops: NDArray[Any], pitch: float, left: float) -> None:
        ground, h = self.setting.ground, self.height
        if ground in ("ruled", "squared", "dotted"):
            step = pitch if ground == "ruled" else pitch / int(self.rng.integers(1, 4))
            first = tops[0] + h * self.rng.uniform(0.9, 1.1)
            ys = np.arange(first % step, self.page_height, step)
            xs = np.arange(self.rng.uniform(0, step), self.width, step)
            # Lines go on beyond the page, whose corners the camera may cut.
            far_x, far_y = 0.2 * self.width, 0.2 * self.page_height
            across = [((-far_x, y), (self.width + far_x, y)) for y in ys]
            down = [((x, -far_y), (x, self.page_height + far_y)) for x in xs]
            if ground == "dotted":
                self.layout.dots = [(x, y) for x in xs for y in ys]
            else:
                self.layout.segments = across + (down if ground == "squared" else [])
        elif ground == "table":
            cell, side = _PROPORTIONS.column_of_height * h, left - 0.35 * h
            columns = max(1, int((self.width - left) // cell))
            right, top = side + columns * cell, tops[0] - (pitch - h) / 2
            edges = [top + pitch * i for i in range(len(tops) + 1)]
            self.layout.segments = [((side, y), (right, y)) for y in edges] + [
                ((side + i * cell, top), (side + i * cell, edges[-1]))
                for i in range(columns + 1)
            ]


def _rectangle(x: float, y: float, w: float, h: float) -> Iterator[Segment]:
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    yield from zip(corners, corners[1:] + corners[:1], strict=True)
