"""Tables, boxes, sudokus and forms, filled in by hand."""

import numpy as np

from train.scenes.composed.picture.canvas import DrawnLine
from train.scenes.composed.text import content
from train.scenes.composed.text.author import Author
from train.scenes.composed.text.printer import printed_number
from train.scenes.writing.written import Area


def table(author: Author) -> None:
    """Draw a table of marks: rules, names, and numbers in its cells."""
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
    across = [((edges[0], at_y), (edges[-1], at_y)) for at_y in ys]
    down = [((at_x, ys[0]), (at_x, ys[-1])) for at_x in edges]
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
        fill_without_digit(author, area)
    elif rng.random() < author.plan.mark_share:
        size = height * rng.uniform(0.7, 1.7)
        top = y + (height - size) / 2
        author.line(
            [str(rng.choice(author.plan.marks))], x, top, x + width, height=size
        )
    elif digits < 2:
        author.cell((x, y, width, height * rng.uniform(0.75, 1.0)))
    else:
        tokens = author.tokens()
        if rng.random() < 0.6:
            tokens = content.digits(rng, 1, max(1, int(digits)))
        space = max(0.0, width - author.width(tokens, height))
        author.line(tokens, x + rng.uniform(0, space), y, x + width)


def fill_without_digit(author: Author, area: Area) -> None:
    """Fill a cell with something that is no handwritten digit, or leave it."""
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


def _draw_table(author: Author, across: list[DrawnLine], down: list[DrawnLine]) -> None:
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
    """Draw rows of boxes, a digit in each, with printed labels."""
    rng, h = author.rng, author.height
    x0, y, width, height = author.area
    wide, high = h * rng.uniform(0.95, 1.5), h * rng.uniform(1.02, 1.6)
    apart = float(rng.choice([0, 0, rng.uniform(0.05, 0.6)])) * h
    pitch = high + h * rng.uniform(0.3, 1.8)
    has_labels = rng.random() < 0.6
    is_comb = rng.random() < 0.15
    rows = min(int(rng.integers(1, 8)), max(1, int(height / pitch)))
    sides: list[DrawnLine] = []
    filled: list[Area] = []
    for row in range(rows):
        x, top = x0, y + (row + 0.4) * pitch
        if top + high > y + height + 0.2 * h:
            break
        if has_labels and rng.random() < 0.8:
            x += _label(author, x, top, high)
        for _ in range(int(rng.integers(1, 12))):
            if x + wide > x0 + width:
                break
            sides += _sides((x, top, wide, high), is_comb=is_comb)
            filled.append((x, top + (high - h) / 2, wide, h))
            x += wide + apart
            if rng.random() < 0.05:
                x += 0.7 * h
    author.rule(sides)
    _fill_boxes(author, filled)


def _label(author: Author, x: float, top: float, high: float) -> float:
    """Label a row of boxes, beside or above it; returns the width that it takes."""
    rng, h = author.rng, author.height
    reach = min(h * rng.uniform(2, 6), 0.4 * author.area[2])
    if rng.random() >= 0.6:
        author.print([(author.text(3)[:20], (x, top - 0.1 * h), 0.3 * h)])
        return 0.0
    size = max(7.0, h * rng.uniform(0.25, 0.8))
    count = max(1, int(reach / (0.55 * size)))
    author.print([(author.text(3)[:count], (x, top + 0.75 * high), size)])
    return reach + 0.5 * h


def _sides(box: Area, *, is_comb: bool) -> list[DrawnLine]:
    """Return the sides of a box, or of a comb's tooth: low ones, and none above."""
    x, top, wide, high = box
    upper = top + 0.7 * high if is_comb else top
    sides = [((x, upper), (x, top + high)),
             ((x + wide, upper), (x + wide, top + high)),
             ((x, top + high), (x + wide, top + high))]  # fmt: skip
    return sides if is_comb else [*sides, ((x, top), (x + wide, top))]


def _fill_boxes(author: Author, boxes: list[Area]) -> None:
    """Write a digit in each, but for some."""
    empty = author.rng.uniform(0, 0.3)
    for area in boxes:
        draw = author.rng.random()
        if draw < empty:
            continue
        if not author.plan.has_digits:
            fill_without_digit(author, area)
        elif draw < empty + 0.05:
            _print_in(author, area)
        else:
            author.cell(area)


def sudoku(author: Author) -> None:
    """Draw a sudoku, partly printed."""
    rng = author.rng
    x, y, width, height = author.area
    side = min(width, height) * rng.uniform(0.7, 1.0)
    cell = side / 9
    left, top = x + (width - side) * rng.random(), y + (height - side) * rng.random()
    thin: list[DrawnLine] = []
    bold: list[DrawnLine] = []
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


def form(author: Author) -> None:
    """Print a page with a few places that were filled in by hand."""
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
