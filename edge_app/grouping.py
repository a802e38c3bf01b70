"""Digits -> lines and numbers, in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from edge_app.geometry import Box

_SHARED_HEIGHT = 0.5  # of the less tall box: what makes two neighbours a line
# A gap ends a number when it is much wider than the line's other gaps, so that
# spread-out handwriting stays together. Whatever the other gaps are, less than one
# digit's height never ends a number and more than two always do.
_GAP_OF_GAPS = 2.5
_WORD_GAP = 0.6  # of the taller box: the most between two letters of a word
_LEAST_REJECT = 0.5  # of the digits' median height
_LEAST_GAP_OF_HEIGHT, _MOST_GAP_OF_HEIGHT = 1.0, 2.0


@dataclass(frozen=True)
class Number:
    """Digits that stand together.

    Attributes:
        text: Its labels from left to right.
        box_xywh: The bounding box of its digits.
        digits: Their indexes among the reading's digits.
    """

    text: str
    box_xywh: Box
    digits: tuple[int, ...]


def reading_order(boxes: Sequence[Box]) -> list[list[int]]:
    """Indexes of the boxes of each number, from top to bottom and left to right.

    Args:
        boxes: `(x, y, width, height)` of each digit.
    """
    lines: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][0]):
        # Compared with a line's last digit only, so that lines may slope.
        shared = [_shared_height(boxes[line[-1]], boxes[index]) for line in lines]
        if shared and max(shared) >= _SHARED_HEIGHT:
            lines[shared.index(max(shared))].append(index)
        else:
            lines.append([index])
    lines.sort(key=lambda line: median(boxes[i][1] + boxes[i][3] / 2 for i in line))
    return [number for line in lines for number in _split_at_gaps(line, boxes)]


def mostly_rejected(accepted: Sequence[Box], rejected: Sequence[Box]) -> set[int]:
    """Indexes of accepted boxes that stand among more rejected ones, as letters do.

    Args:
        accepted: Boxes of what was read as a digit.
        rejected: Boxes of what was not; small ones, such as dirt, do not count.
    """
    least = _LEAST_REJECT * median(box[3] for box in accepted) if accepted else 0
    boxes = [*accepted, *(box for box in rejected if box[3] >= least)]
    letters: set[int] = set()
    for word in words(boxes):
        digits = [index for index in word if index < len(accepted)]
        if 2 * len(digits) < len(word):
            letters.update(digits)
    return letters


def words(boxes: Sequence[Box]) -> list[list[int]]:
    """Indexes of the boxes that stand close together on a line."""
    words: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][0]):
        for word in words:
            last = boxes[word[-1]]
            gap = boxes[index][0] - last[0] - last[2]
            close = gap <= _WORD_GAP * max(last[3], boxes[index][3])
            if close and _shared_height(last, boxes[index]) >= _SHARED_HEIGHT:
                word.append(index)
                break
        else:
            words.append([index])
    return words


def number(
    digits: Sequence[int], labels: Sequence[int], boxes: Sequence[Box]
) -> Number:
    """The number that some of a reading's digits make.

    Args:
        digits: Their indexes, from left to right.
        labels: The label of each of the reading's digits.
        boxes: The box of each of the reading's digits.
    """
    left = min(boxes[i][0] for i in digits)
    top = min(boxes[i][1] for i in digits)
    right = max(boxes[i][0] + boxes[i][2] for i in digits)
    bottom = max(boxes[i][1] + boxes[i][3] for i in digits)
    return Number(
        text="".join(str(labels[i]) for i in digits),
        box_xywh=(left, top, right - left, bottom - top),
        digits=tuple(digits),
    )


def _split_at_gaps(line: list[int], boxes: Sequence[Box]) -> list[list[int]]:
    gaps = [
        boxes[right][0] - boxes[left][0] - boxes[left][2]
        for left, right in pairwise(line)
    ]
    if not gaps:
        return [line]
    height = median(boxes[i][3] for i in line)
    widest = max(
        _LEAST_GAP_OF_HEIGHT * height,
        min(_GAP_OF_GAPS * median(gaps), _MOST_GAP_OF_HEIGHT * height),
    )
    numbers = [line[:1]]
    for index, gap in zip(line[1:], gaps, strict=True):
        if gap > widest:
            numbers.append([])
        numbers[-1].append(index)
    return numbers


def _shared_height(a: Box, b: Box) -> float:
    """Share of the less tall box's height that the other one covers."""
    shared = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return shared / max(1, min(a[3], b[3]))
