"""How pages are laid out: lines, tables, boxes, forms and single digits."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from train.scenes.composed import content
from train.scenes.composed.author import Author, printed_number
from train.scenes.composed.canvas import Line
from train.scenes.written import Area

_CORRECTIONS = ((40.0, 40.0, 200.0), (60.0, 130.0, 30.0), (190.0, 90.0, 30.0))


def lines(author: Author) -> None:
    """Rows of writing, some of them printed."""
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
    _ground(author, tops, pitch)
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
    """A line of one or several things, written or printed."""
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
    """Now and then underline what was written, or draw a ring around it."""
    x, y, width, height = box
    draw = author.rng.random()
    if draw < 0.04 and width > height / 2:
        for gap in (1.15, 1.3)[: int(author.rng.integers(1, 3))]:
            author.underline((x, y + gap * height), (x + width, y + gap * height))
    elif draw < 0.06 and width < 5 * height:
        author.circle(box)


def table(author: Author) -> None:
    """A table of marks: rules, names, and numbers in its cells."""
    rng, h = author.rng, author.height
    x, y, width, height = author.area
    row = h * rng.uniform(1.05, 1.9)
    digits = float(rng.choice([1.3, 1.3, 2, 2.8, 4]))
    cell = h * digits * rng.uniform(0.9, 1.4)
    first = h * rng.uniform(2, 5) if rng.random() < 0.6 else cell
    rows = max(1, min(int(height / row), int(rng.integers(2, 14))))
    columns = max(1, min(int((width - first) / cell), int(rng.integers(2, 12))))
    edges = [x, x + first, *(x + first + cell * (i + 1) for i in range(columns))]
    y += rng.uniform(0, max(0.0, height - rows * row))
    ys = [y + row * i for i in range(rows + 1)]
    across = [((edges[0], each), (edges[-1], each)) for each in ys]
    down = [((each, ys[0]), (each, ys[-1])) for each in edges]
    header = rng.random() < 0.5
    _shade(author, edges, ys, header=header)
    _draw_table(author, across, down)
    names_printed = rng.random() < 0.5
    share = rng.uniform(0.4, 1.0)
    for j in range(rows):
        for i in range(columns + 1):
            left, wide = edges[i], edges[i + 1] - edges[i]
            area = (left + 0.08 * h, ys[j] + 0.5 * (row - h), wide - 0.16 * h, h)
            is_name = (j == 0 and header) or (i == 0 and first > cell)
            if is_name and names_printed:
                _print_in(author, area)
            elif is_name:
                tokens = [content.WORD] if rng.random() < 0.8 else author.tokens()
                author.line(tokens, area[0], area[1], left + wide, height=0.8 * h)
            elif rng.random() < share:
                _cell(author, area, digits)


def _shade(
    author: Author, edges: list[float], ys: list[float], *, header: bool
) -> None:
    """Tint a table's header, or every other row, as printed ones often are."""
    rng = author.rng
    tint = np.array(author.plan.setting.paper_bgr) * rng.uniform(0.6, 0.95, 3)
    rows: range | list[int] = []
    if header and rng.random() < 0.2:
        rows = [0]
    elif rng.random() < 0.08:
        rows = range(0, len(ys) - 1, 2)
    left, right = edges[0], edges[-1]
    for row in rows:
        top, bottom = ys[row], ys[row + 1]
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        author.canvas.fill(corners, (tint[0], tint[1], tint[2]))


def _cell(author: Author, area: Area, digits: float) -> None:
    rng = author.rng
    x, y, width, height = area
    if not author.plan.has_digits:
        _no_digit(author, area)
    elif rng.random() < 0.06:
        author.line([str(rng.choice(["-", "x", "+", "/", "✓", "A"]))], x, y, x + width)
    elif digits < 2:
        author.cell((x, y, width, height * rng.uniform(0.75, 1.0)))
    else:
        tokens = author.tokens()
        if rng.random() < 0.6:
            tokens = content.digits(rng, 1, max(1, int(digits)))
        space = max(0.0, width - author.width(tokens, height))
        author.line(tokens, x + rng.uniform(0, space), y, x + width)


def _no_digit(author: Author, area: Area) -> None:
    """Something in a cell that is no handwritten digit, or nothing."""
    x, y, width, height = area
    kind = author.rng.random()
    if kind < 0.45:
        number = printed_number(author.rng)[: max(1, int(width / height / 0.7))]
        place = (x + 0.1 * width, y + 0.85 * height)
        author.print([(number, place, height * author.rng.uniform(0.6, 1.0))])
    elif kind < 0.75:
        author.line(author.tokens()[:1], x, y, x + width, height=0.8 * height)


def _print_in(author: Author, area: Area) -> None:
    x, y, width, height = area
    size = height * author.rng.uniform(0.4, 0.8)
    count = max(1, int(width / (0.6 * size)))
    author.print([(author.text(1)[:count], (x, y + 0.8 * height), size)])


def _draw_table(author: Author, across: list[Line], down: list[Line]) -> None:
    kind = author.rng.random()
    if kind < 0.72:
        author.rule(across + down)
    elif kind < 0.85:
        author.rule(across)
    elif kind < 0.9:
        author.rule(down)
    if kind < 0.9 and author.rng.random() < 0.25:
        outer = [across[0], across[-1], down[0], down[-1]]
        author.rule(outer, factor=2.5)


def boxes(author: Author) -> None:
    """Rows of boxes, a digit in each, with printed labels."""
    rng, h = author.rng, author.height
    x0, y, width, height = author.area
    wide, high = h * rng.uniform(0.95, 1.5), h * rng.uniform(1.02, 1.6)
    apart = float(rng.choice([0, 0, rng.uniform(0.05, 0.6)])) * h
    pitch = high + h * rng.uniform(0.3, 1.8)
    has_labels = rng.random() < 0.6
    is_comb = rng.random() < 0.15
    rows = min(int(rng.integers(1, 8)), max(1, int(height / pitch)))
    sides: list[Line] = []
    filled: list[Area] = []
    for row in range(rows):
        x, top = x0, y + (row + 0.4) * pitch
        if top + high > y + height + 0.2 * h:
            break
        if has_labels and rng.random() < 0.8:
            reach = min(h * rng.uniform(2, 6), 0.4 * width)
            if rng.random() < 0.6:
                size = max(7.0, h * rng.uniform(0.25, 0.8))
                count = max(1, int(reach / (0.55 * size)))
                author.print([(author.text(3)[:count], (x, top + 0.75 * high), size)])
                x += reach + 0.5 * h
            else:
                author.print([(author.text(3)[:20], (x, top - 0.1 * h), 0.3 * h)])
        for _ in range(int(rng.integers(1, 12))):
            if x + wide > x0 + width:
                break
            upper = top + 0.7 * high if is_comb else top
            sides += [((x, upper), (x, top + high)),
                      ((x + wide, upper), (x + wide, top + high)),
                      ((x, top + high), (x + wide, top + high))]  # fmt: skip
            if not is_comb:
                sides.append(((x, top), (x + wide, top)))
            filled.append((x, top + (high - h) / 2, wide, h))
            x += wide + apart
            if rng.random() < 0.05:
                x += 0.7 * h
    author.rule(sides)
    empty = rng.uniform(0, 0.3)
    for area in filled:
        draw = rng.random()
        if draw < empty:
            continue
        if not author.plan.has_digits:
            _no_digit(author, area)
        elif draw < empty + 0.05:
            _print_in(author, area)
        else:
            author.cell(area)


def sudoku(author: Author) -> None:
    """A sudoku, partly printed."""
    rng = author.rng
    x, y, width, height = author.area
    side = min(width, height) * rng.uniform(0.7, 1.0)
    cell = side / 9
    left, top = x + (width - side) * rng.random(), y + (height - side) * rng.random()
    thin: list[Line] = []
    bold: list[Line] = []
    for i in range(10):
        at_x, at_y = left + i * cell, top + i * cell
        (thin if i % 3 else bold).extend(
            [((at_x, top), (at_x, top + side)), ((left, at_y), (left + side, at_y))]
        )
    author.rule(thin)
    author.rule(bold, factor=float(rng.uniform(1, 3)))
    share = rng.uniform(0.25, 0.6)
    blank = rng.choice([0, rng.uniform(0.2, 0.7)])
    size = cell * rng.uniform(0.55, 0.85)
    printed = []
    for index in range(81):
        area = (left + index % 9 * cell, top + index // 9 * cell, cell, cell)
        if rng.random() < share:
            place = (
                area[0] + 0.5 * cell - 0.3 * size,
                area[1] + 0.5 * (cell + 0.7 * size),
            )
            printed.append((str(rng.integers(1, 10)), place, size))
        elif author.plan.has_digits and rng.random() >= blank:
            high = cell * rng.uniform(0.5, 0.85)
            author.cell((area[0], area[1] + (cell - high) / 2, cell, high))
    author.print(printed)


def scattered(author: Author) -> None:
    """Digits and signs anywhere, of several sizes."""
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
    """Many single digits in rows and columns, as on a sheet of samples."""
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
                _no_digit(author, area)


def sums(author: Author) -> None:
    """Sums in columns, each with a line above its result."""
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


def form(author: Author) -> None:
    """A printed page with a few places that were filled in by hand."""
    rng, h = author.rng, author.height
    x, y, width, height = author.area
    top = y
    while top < y + height - h:
        kind = rng.random()
        if kind < 0.4:
            high = h * rng.uniform(0.8, 3)
            author.print_block((x, top, width, min(high, y + height - top)))
            top += high + 0.3 * h
            continue
        size = max(7.0, h * rng.uniform(0.3, 0.9))
        label = author.text(int(rng.integers(1, 4)))[:24] + ":"
        author.print([(label, (x, top + 0.95 * h), size)])
        start = x + 0.62 * size * len(label) + 0.3 * h
        if start < x + width - h:
            if rng.random() < 0.6:
                level = top + h * rng.uniform(0.95, 1.1)
                author.rule([((start, level), (x + width, level))])
            author.line(author.tokens(), start + 0.2 * h, top, x + width)
        top += h * rng.uniform(1.2, 2.2)


def strip(author: Author) -> None:
    """One line, to be cut out."""
    rng, h = author.rng, author.height
    x, y, width, height = author.area
    top = y + (height - h) / 2
    _ground(author, np.array([top]), 1.5 * h)
    tokens = author.tokens()
    while len(tokens) < 2 or not any(token.isdigit() for token in tokens):
        tokens = author.tokens()
    x += 0.2 * h * rng.random()
    kind = rng.random()
    if kind < 0.12:
        _in_boxes(author, x, top)
    else:
        if kind < 0.24:
            text = _BEFORE_AMOUNTS[rng.integers(len(_BEFORE_AMOUNTS))]
            size = h * rng.uniform(0.5, 1.1)
            author.print([(text, (x, top + h), size)], right=x + width)
            x += 0.75 * size * len(text) + 0.1 * h
        end = author.line(tokens, x, top, x + width)
        if kind > 0.9:
            _cents(author, end, top)
    _focus(author)
    for step in (-1, 1):
        if rng.random() < 0.15:  # a line above or below reaches into the picture
            is_word = rng.random() < 0.4
            apart = rng.uniform(1.1, 1.35) + 0.3 * is_word * (step < 0)  # descenders
            other = top + step * h * apart
            beside = [content.WORD] * 5 if is_word else content.digits(rng, 3, 12)
            author.line(beside, x - h, other, x + width)


_BEFORE_AMOUNTS = ("$", "DM", "Fr.", "R$", "EUR", "No.", "*", "Total")


def _in_boxes(author: Author, x: float, top: float) -> None:
    """A number with a box around each digit, as postal codes have them."""
    rng, h = author.rng, author.height
    wide, high = h * rng.uniform(0.95, 1.4), h * rng.uniform(1.1, 1.5)
    apart = h * float(rng.choice([0, 0, rng.uniform(0.1, 0.4)]))
    upper = top + (h - high) / 2
    sides: list[Line] = []
    areas: list[Area] = []
    for _ in range(int(rng.integers(2, 9))):
        if x + wide > author.area[0] + author.area[2]:
            break
        corners = [(x, upper), (x + wide, upper), (x + wide, upper + high),
                   (x, upper + high)]  # fmt: skip
        sides += zip(corners, corners[1:] + corners[:1], strict=True)
        areas.append((x, top, wide, h))
        x += wide + apart
    author.rule(sides)
    for area in areas:
        author.cell(area)


def _cents(author: Author, x: float, top: float) -> None:
    """Two small raised digits with a line under them, over nothing or a hundred."""
    rng, h = author.rng, author.height
    small = h * rng.uniform(0.45, 0.65)
    right = author.area[0] + author.area[2]
    end = author.line(content.digits(rng, 2, 2), x, top, right, height=small)
    level = top + 1.15 * small
    if end < right:
        author.underline((x, level), (end, level))
    if rng.random() < 0.4 and level + small < top + 1.6 * h:
        author.line(["1", "0", "0"], x, level + 0.1 * h, right, height=0.8 * small)


def _focus(author: Author) -> None:
    """What was written until now is what the picture is cut out around."""
    author.focus = len(author.canvas.digits), len(author.canvas.others)


def one_digit(author: Author) -> None:
    """One digit, to be cut out."""
    x, y, width, height = author.area
    h = author.height
    author.cell((x + (width - h) / 2, y + (height - h) / 2, h, h))
    _focus(author)
    for step in (-1, 1):
        if author.rng.random() < 0.12:  # its neighbor reaches into the picture
            apart = step * h * author.rng.uniform(0.8, 1.2)
            author.cell((x + (width - h) / 2 + apart, y + (height - h) / 2, h, h))
    if author.rng.random() < 0.12:  # in a box
        wide = h * author.rng.uniform(1.0, 1.5)
        left, top = x + (width - wide) / 2, y + (height - 1.2 * h) / 2
        right, bottom = left + wide, top + 1.2 * h
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        author.rule([*zip(corners, corners[1:] + corners[:1], strict=True)])


def machine_readable(author: Author) -> None:
    """The lines of a passport or a cheque, and some print above them."""
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
    """A page of print."""
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
    """Empty paper, ruled or not."""
    h = author.height
    _, y, _, height = author.area
    pitch = h * author.rng.uniform(1.2, 2)
    _ground(author, np.arange(y, y + height, pitch), pitch)


def _ground(author: Author, tops: NDArray[Any], pitch: float) -> None:
    """The paper's own lines, that the writing keeps to or not."""
    rng, ruling, h = author.rng, author.plan.ruling, author.height
    if ruling.kind == "none":
        return
    width, height = author.plan.size_wh
    step = pitch
    if ruling.kind != "ruled":
        step = pitch / int(rng.integers(1, 4))
        if rng.random() < 0.3:
            step = h * rng.uniform(0.45, 1.6)
    step = max(step, 7.0)
    base = float(tops[0]) + ruling.offset * h
    # The page goes on beyond the frame, whose corners it may turn out of.
    far = 0.35 * max(width, height)
    ys = np.arange(base - step * np.ceil((base + far) / step), height + far, step)
    xs = np.arange(-far + rng.uniform(0, step), width + far, step)
    if ruling.kind == "dots":
        radius = 1.2 * max(1.0, ruling.width * height / 480)
        author.dots([(float(x), float(y)) for x in xs for y in ys], radius)
        return
    parts: list[Line] = [((-far, float(y)), (width + far, float(y))) for y in ys]
    if ruling.kind == "squared":
        parts += [((float(x), -far), (float(x), height + far)) for x in xs]
    elif rng.random() < 0.2:  # a margin
        x = width * rng.uniform(0.05, 0.2)
        parts.append(((x, -far), (x, height + far)))
    author.rule(parts)


TEMPLATES: dict[str, Callable[[Author], None]] = {
    "lines": lines, "table": table, "boxes": boxes, "sudoku": sudoku,
    "scattered": scattered, "grid": grid, "sums": sums, "form": form, "strip": strip,
    "one digit": one_digit, "machine-readable": machine_readable, "print": print_page,
    "blank": blank,
}  # fmt: skip
