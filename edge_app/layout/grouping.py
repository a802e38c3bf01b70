"""Digits -> lines and numbers, in reading order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from edge_app.common.geometry import Box


@dataclass(frozen=True)
class GroupingConstants:
    """Limits by which digits stand in a line, and some of these together.

    A gap ends a number when it is much wider than the line's other gaps, so that
    spread-out handwriting stays together. `python -m benchmarks ablation --constants
    0.25` moves each of them.

    Attributes:
        shared_of_height: Of the less tall box: what makes two neighbors a line.
        gap_of_gaps: Of the line's other gaps: a gap that ends a number.
        least_gap_of_height: Of a digit's height: no narrower gap ends one.
        most_gap_of_height: Of a digit's height: any wider gap ends one.
        close_of_height: Of the taller box: a gap between neighbors that show the slope.
        least_neighbors: That show it.
        word_gap_of_height: Of the taller box: the most between two of a word.
        least_of_taller: Height of a letter, of its neighbor's: not dirt.
        separator_gap_of_height: Of the taller box: a gap with a separator in it.
    """

    shared_of_height: float = 0.5
    gap_of_gaps: float = 2.5
    least_gap_of_height: float = 1.0
    most_gap_of_height: float = 2.0
    close_of_height: float = 1.0
    least_neighbors: int = 4
    word_gap_of_height: float = 1.2
    least_of_taller: float = 0.5
    separator_gap_of_height: float = 1.6


GROUPING = GroupingConstants()


# What stands between the digits of an index on the left and one on the right.
Separators = Mapping[tuple[int, int], str]


@dataclass(frozen=True)
class Number:
    """Digits that stand together.

    Attributes:
        text: Its labels from left to right, with the separators between them.
        box_xywh: The bounding box of its digits.
        digits: Their indexes among the reading's digits.

    Examples:
        >>> Number("4.2", (10, 8, 45, 31), digits=(0, 1)).separators
        {1: '.'}
    """

    text: str
    box_xywh: Box
    digits: tuple[int, ...]

    @property
    def separators(self) -> dict[int, str]:
        """Return the separators in the text, by how many digits stand before them."""
        found: dict[int, str] = {}
        num_digits = 0
        for character in self.text:
            if character.isdigit():
                num_digits += 1
            else:
                found[num_digits] = character
        return found


def reading_order(boxes: Sequence[Box]) -> list[list[int]]:
    """Return the boxes of each number by index, in reading order.

    Args:
        boxes: `(x, y, width, height)` of each digit.
    """
    return [number for line in lines(boxes) for number in _split_at_gaps(line, boxes)]


def lines(boxes: Sequence[Box]) -> list[list[int]]:
    """Return indexes of the boxes of each line, from top to bottom, left to right.

    Args:
        boxes: `(x, y, width, height)` of each digit.
    """
    level = _level(boxes)
    found: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][0]):
        # Compared with a line's last digit only, so that lines may bend.
        shared = [_shared_height(level[line[-1]], level[index]) for line in found]
        if shared and max(shared) >= GROUPING.shared_of_height:
            found[shared.index(max(shared))].append(index)
        else:
            found.append([index])
    found.sort(key=lambda line: median(level[i][1] + level[i][3] / 2 for i in line))
    return found


def words(boxes: Sequence[Box]) -> list[list[int]]:
    """Return the boxes that stand close on a line with similar sizes, by index.

    Args:
        boxes: `(x, y, width, height)` of each digit or letter.
    """
    words: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][0]):
        for word in words:
            last = boxes[word[-1]]
            less, more = sorted((last[3], boxes[index][3]))
            close = (
                boxes[index][0] - last[0] - last[2]
                <= GROUPING.word_gap_of_height * more
            )
            if (
                close
                and less >= GROUPING.least_of_taller * more
                and _shared_height(last, boxes[index]) >= GROUPING.shared_of_height
            ):
                word.append(index)
                break
        else:
            words.append([index])
    return words


def neighbors(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Return the pairs of a line, by index, with room for no more than a separator.

    Args:
        boxes: `(x, y, width, height)` of each digit.
    """
    return [
        (left, right)
        for line in lines(boxes)
        for left, right in pairwise(line)
        if _are_close(boxes[left], boxes[right])
    ]


def with_separators(
    groups: Sequence[Sequence[int]], separators: Separators
) -> list[tuple[list[int], dict[int, str]]]:
    """Return the numbers of a page with the separators in them, as in 233.00 or 1/2.

    A separator between two numbers of a line makes them one.

    Args:
        groups: Indexes of the boxes of each number, from `reading_order`.
        separators: Between which of them one stands.

    Returns:
        Of each number its indexes, and the separators by how many digits stand before
        them.
    """
    numbers: list[tuple[list[int], dict[int, str]]] = []
    for group in groups:
        members: list[int] = []
        found: dict[int, str] = {}
        if numbers and (numbers[-1][0][-1], group[0]) in separators:
            members, found = numbers.pop()
        members = [*members, *group]
        for place, pair in enumerate(pairwise(members), start=1):
            if pair in separators:
                found[place] = separators[pair]
        numbers.append((members, found))
    return numbers


def number(
    digits: Sequence[int],
    labels: Sequence[int],
    boxes: Sequence[Box],
    separators: Mapping[int, str] | None = None,
) -> Number:
    """Return the number that these digits of a reading make.

    Args:
        digits: Their indexes, from left to right.
        labels: The label of each of the reading's digits.
        boxes: The box of each of the reading's digits.
        separators: By how many of its digits stand before them.
    """
    left = min(boxes[i][0] for i in digits)
    top = min(boxes[i][1] for i in digits)
    right = max(boxes[i][0] + boxes[i][2] for i in digits)
    bottom = max(boxes[i][1] + boxes[i][3] for i in digits)
    before = separators or {}
    return Number(
        text="".join(
            before.get(place, "") + str(labels[i]) for place, i in enumerate(digits)
        ),
        box_xywh=(left, top, right - left, bottom - top),
        digits=tuple(digits),
    )


def _are_close(left: Box, right: Box) -> bool:
    gap = right[0] - left[0] - left[2]
    return _shared_height(
        left, right
    ) >= GROUPING.shared_of_height and gap <= GROUPING.separator_gap_of_height * max(
        left[3], right[3]
    )


def _level(boxes: Sequence[Box]) -> list[Box]:
    """Move boxes up or down as if their lines did not slope.

    All lines of a page slope alike: as most neighbors do that stand close together.
    """
    if len(boxes) < GROUPING.least_neighbors:
        return list(boxes)
    x, y, w, h = np.array(boxes, np.float64).T
    gaps = x - (x + w)[:, np.newaxis]  # from each box to each other one on its right
    shared = np.minimum.outer(y + h, y + h) - np.maximum.outer(y, y)
    beside = shared >= GROUPING.shared_of_height * np.minimum.outer(h, h)
    middle_x, middle_y = x + w / 2, y + h / 2
    beside &= (middle_x > middle_x[:, np.newaxis]) & (
        gaps <= GROUPING.close_of_height * np.maximum.outer(h, h)
    )
    gaps[~beside] = np.inf
    (left,) = np.nonzero(beside.any(axis=1))
    if len(left) < GROUPING.least_neighbors:
        return list(boxes)
    right = gaps[left].argmin(axis=1)
    slopes = (middle_y[right] - middle_y[left]) / (middle_x[right] - middle_x[left])
    level = np.rint(y - np.median(slopes) * middle_x).astype(int)
    return [
        (bx, int(by), bw, bh) for (bx, _, bw, bh), by in zip(boxes, level, strict=True)
    ]


def _split_at_gaps(line: list[int], boxes: Sequence[Box]) -> list[list[int]]:
    gaps = [
        boxes[right][0] - boxes[left][0] - boxes[left][2]
        for left, right in pairwise(line)
    ]
    if not gaps:
        return [line]
    height = median(boxes[i][3] for i in line)
    widest = max(
        GROUPING.least_gap_of_height * height,
        min(GROUPING.gap_of_gaps * median(gaps), GROUPING.most_gap_of_height * height),
    )
    numbers = [line[:1]]
    for index, gap in zip(line[1:], gaps, strict=True):
        if gap > widest:
            numbers.append([])
        numbers[-1].append(index)
    return numbers


def _shared_height(a: Box, b: Box) -> float:
    """Return the share of the lower box's height that the other one covers."""
    shared = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return shared / max(1, min(a[3], b[3]))
