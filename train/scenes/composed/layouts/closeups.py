"""Numbers and digits that are to be cut out."""

import numpy as np

from train.scenes.composed.layouts.grounds import rule_page
from train.scenes.composed.picture.canvas import DrawnLine
from train.scenes.composed.text import content
from train.scenes.composed.text.author import Author
from train.scenes.writing.written import Area


def strip(author: Author) -> None:
    """Write one line, to be cut out."""
    rng, h = author.rng, author.height
    x, y, width, height = author.area
    top = y + (height - h) / 2
    rule_page(author, np.array([top]), 1.5 * h)
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
    """Write a number with a box around each digit, as for postal codes."""
    rng, h = author.rng, author.height
    wide, high = h * rng.uniform(0.95, 1.4), h * rng.uniform(1.1, 1.5)
    apart = h * float(rng.choice([0, 0, rng.uniform(0.1, 0.4)]))
    upper = top + (h - high) / 2
    sides: list[DrawnLine] = []
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
    """Write two small raised digits, underlined, over nothing or over a hundred."""
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
    """Cut the picture out around what has been written so far."""
    author.focus = len(author.canvas.digits), len(author.canvas.others)


def one_digit(author: Author) -> None:
    """Write one digit, to be cut out."""
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
