"""The templates of pages: lines, tables, boxes, forms and single digits."""

from collections.abc import Callable

import numpy as np

from train.scenes.composed.layouts.closeups import one_digit, strip
from train.scenes.composed.layouts.filled_forms import (
    boxes,
    fill_without_digit,
    form,
    sudoku,
    table,
)
from train.scenes.composed.layouts.grounds import rule_page
from train.scenes.composed.text import content
from train.scenes.composed.text.author import Author
from train.scenes.writing.written import Area

_CORRECTIONS = ((40.0, 40.0, 200.0), (60.0, 130.0, 30.0), (190.0, 90.0, 30.0))


def lines(author: Author) -> None:
    """Write rows of words and numbers, and print some of them."""
    rng, h = author.rng, author.height
    x, y, width, height = author.area
    pitch = h * rng.uniform(1.12, 2.4)
    top = y + rng.uniform(0, max(0.0, min(height - h, 1.2 * h)))
    tops = np.arange(top, y + height - h, pitch)
    if rng.random() < 0.25:
        tops = tops[: int(rng.integers(1, 4))]
    elif rng.random() < 0.5:
        tops = tops[: int(rng.integers(2, 12))]
    if not len(tops):
        tops = np.array([top])
    rule_page(author, tops, pitch)
    another = rng.integers(len(tops)) if rng.random() < 0.08 else -1
    for index, row in enumerate(tops):
        if index == another:
            author.change_ink(_CORRECTIONS[rng.integers(len(_CORRECTIONS))])
        kind = rng.random()
        if kind < author.plan.print_share:
            author.print_block((x, float(row), width, h))
        elif kind < author.plan.print_share + author.plan.word_share:
            author.line([content.WORD, " "] * 8, x, float(row), x + width)
        else:
            _row(author, float(row))


def _row(author: Author, top: float) -> None:
    """Write or print a line of one or several things."""
    rng, h = author.rng, author.height
    x, _, width, _ = author.area
    right = x + width
    x += rng.uniform(0, 0.3 * width) * (rng.random() < 0.4)
    once = rng.random() < 0.35
    while x + 0.6 * h < right:
        if author.plan.print_share and rng.random() < 0.25:
            reach = min(right - x, h * rng.uniform(1.5, 6))
            author.print_block((x, top, reach, h * rng.uniform(0.6, 1)))
            x += reach + h * rng.uniform(0.2, 1)
        start, x = x, author.line(author.tokens(), x, top, right)
        _mark(author, (start, top, x - start, h))
        x += h * float(rng.choice([rng.uniform(0.3, 0.8), rng.uniform(0.8, 4)]))
        if once:
            return


def _mark(author: Author, box: Area) -> None:
    """Underline what was written now and then, or draw a ring around it."""
    x, y, width, height = box
    draw = author.rng.random()
    if draw < 0.04 and width > height / 2:
        for gap in (1.15, 1.3)[: int(author.rng.integers(1, 3))]:
            author.underline((x, y + gap * height), (x + width, y + gap * height))
    elif draw < 0.06 and width < 5 * height:
        author.circle(box)


def scattered(author: Author) -> None:
    """Write digits and signs anywhere, in several sizes."""
    rng = author.rng
    x, y, width, height = author.area
    taken: list[Area] = []
    for _ in range(int(rng.integers(1, 25))):
        h = author.height * rng.uniform(0.6, 1.6)
        place = (
            x + rng.uniform(0, max(1, width - h)),
            y + rng.uniform(0, max(1, height - h)),
        )
        area = (*place, 0.9 * h, h)
        if any(_meet(area, other) for other in taken):
            continue
        taken.append(area)
        if author.plan.has_digits and rng.random() < 0.85:
            author.cell(area)
        else:
            author.line(content.without_digits(rng)[:1], *place, x + width, height=h)
    author.numbers.clear()


def _meet(a: Area, b: Area) -> bool:
    wide, high = 0.6 * (a[2] + b[2]), 0.6 * (a[3] + b[3])
    return abs(a[0] - b[0]) < wide and abs(a[1] - b[1]) < high


def grid(author: Author) -> None:
    """Write many single digits in rows and columns, as on a sheet of samples."""
    rng, h = author.rng, author.height
    x, y, width, height = author.area
    wide, high = h * rng.uniform(1.0, 2.2), h * rng.uniform(1.15, 2.2)
    columns, rows = max(1, int(width / wide)), max(1, int(height / high))
    if rng.random() < 0.4:
        right, bottom = x + columns * wide, y + rows * high
        across = [((x, y + i * high), (right, y + i * high)) for i in range(rows + 1)]
        down = [((x + i * wide, y), (x + i * wide, bottom)) for i in range(columns + 1)]
        author.rule(across + down)
    in_order = rng.random() < 0.5
    for row in range(rows):
        for column in range(columns):
            area = (x + column * wide, y + row * high + (high - h) / 2, wide, h)
            if author.plan.has_digits:
                author.cell(area, column % 10 if in_order else None)
            else:
                fill_without_digit(author, area)


def sums(author: Author) -> None:
    """Write sums in columns, each with a line above its result."""
    rng, h = author.rng, author.height
    x0, y, width, height = author.area
    long = int(rng.integers(2, 5))
    wide = h * (0.75 + author.plan.setting.gap) * (long + 1.5)
    pitch = h * rng.uniform(1.1, 1.5)
    count = max(1, min(4, int(height / pitch) - 1))
    for x in np.arange(x0, x0 + width - wide, wide * rng.uniform(1.1, 1.6)):
        right = float(x) + wide
        for row in range(count):
            tokens = author.tokens()[:long]
            if author.plan.has_digits:
                tokens = content.digits(rng, max(1, long - 1), long)
            start = right - author.width(tokens, h)
            top = y + row * pitch
            if row == count - 1:
                sign = [str(rng.choice(["+", "-", "x"]))]
                author.line(sign, float(x), top, start)
                author.underline(
                    (float(x), top + 1.12 * h), (right + 0.3 * h, top + 1.12 * h)
                )
            author.line(tokens, start, top, right + h)
        if author.plan.has_digits and rng.random() < 0.8:
            tokens = content.digits(rng, long, long)
            author.line(
                tokens,
                right - author.width(tokens, h),
                y + count * pitch + 0.2 * h,
                right + h,
            )


def machine_readable(author: Author) -> None:
    """Print the lines of a passport or a check, and some text above them."""
    rng = author.rng
    x, y, width, height = author.area
    author.print_block((x, y, width, 0.5 * height))
    author.choose_machine_font()
    size = width / 0.62 / rng.uniform(20, 44)
    signs = "0123456789" * 3 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "<" * 20
    printed = []
    for base in (y + 0.75 * height, y + 0.75 * height + 1.6 * size):
        places = rng.integers(len(signs), size=int(width / (0.62 * size)))
        printed.append(("".join(signs[i] for i in places), (x, base), size))
    author.print(printed)


def print_page(author: Author) -> None:
    """Print a page."""
    x, y, width, height = author.area
    top = y
    while top < y + height - 10:
        high = height * author.rng.uniform(0.1, 0.6)
        size = max(7.0, height * float(np.exp(author.rng.uniform(-4, -2.2))))
        author.print_block((x, top, width, min(high, y + height - top)), size=size)
        top += high + size
        if author.rng.random() < 0.5:
            author.choose_font()


def blank(author: Author) -> None:
    """Leave the paper empty, ruled or not."""
    h = author.height
    _, y, _, height = author.area
    pitch = h * author.rng.uniform(1.2, 2)
    rule_page(author, np.arange(y, y + height, pitch), pitch)


TEMPLATES: dict[str, Callable[[Author], None]] = {
    "lines": lines, "table": table, "boxes": boxes, "sudoku": sudoku,
    "scattered": scattered, "grid": grid, "sums": sums, "form": form, "strip": strip,
    "one digit": one_digit, "machine-readable": machine_readable, "print": print_page,
    "blank": blank,
}  # fmt: skip
