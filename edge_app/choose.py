"""What each region is best read as, judged by what stands around it."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app import alone, cuts, grouping
from edge_app.classify import Classification
from edge_app.cuts import Piece
from edge_app.geometry import Box
from edge_app.printed import find_printed
from edge_app.reading import Digit
from edge_app.segment import Region

_SURE = 0.9  # regions read with less may be cut, and alone only into pieces so sure
_LIKELY = 0.5  # narrow regions read with more, among digits, are not cut
_WIDE = 0.65  # width over height of what may be several digits even alone
_WIDER = 1.5  # than a page's digits: the same, where many digits can be read
# The least share of digits in a page and in a word for their other parts to stand
# beside digits.
_LEAST_OF_PAGE, _LEAST_OF_WORD = 0.1, 0.15
_LEAST_OF_DIGITS = 2  # sure digits of a page, to trust it
_LEAST_HEIGHT = 0.5  # of the median height: less is dirt, and not counted
# Of what stands in rows of digits 356 are digits for one that is none, on scenes
# (`train/scenes`); models expect about 6 (`train.settings`, digit_share).
AMONG_DIGITS = 60.0  # times the odds that a model expects


def beside_digits(
    regions: Sequence[Region], wholes: Sequence[Classification]
) -> set[int]:
    """Indexes of the regions in words with digits, on a page that can be read."""
    boxes = [region.box_xywh for region in regions]
    least = _LEAST_HEIGHT * float(np.median([box[3] for box in boxes])) if boxes else 0
    tall = [index for index, box in enumerate(boxes) if box[3] >= least]
    if not _reads(tall, wholes, _LEAST_OF_PAGE):
        return set()
    return {
        index
        for word in grouping.words(boxes)
        if _reads(word, wholes, _LEAST_OF_WORD)
        for index in word
    }


def among_digits(
    regions: Sequence[Region], wholes: Sequence[Classification]
) -> set[int]:
    """Indexes of the regions in rows most of which are digits beyond doubt."""
    return {
        index
        for row in grouping.reading_order([region.box_xywh for region in regions])
        if 2 * sum(wholes[each].confidence >= _SURE for each in row) > len(row) > 2
        for index in row
    }


def perhaps_several(
    regions: Sequence[Region], wholes: Sequence[Classification], beside: set[int]
) -> set[int]:
    """Indexes of the regions that may hold several touching digits.

    What is read surely stays in one piece, and what is no wider than the page's digits
    where it is rather a digit than none. What is no wider than any digit is cut only
    beside a digit: most letters could be cut into ones.
    """
    found: set[int] = set()
    typical = _typical_width(regions, wholes)
    for index, (region, whole) in enumerate(zip(regions, wholes, strict=True)):
        _, _, width, height = region.box_xywh
        wide = width >= min(_WIDE * height, _WIDER * typical)
        likelier = whole.likelier(AMONG_DIGITS, accept_threshold=_LIKELY)
        is_one = likelier.accepted and width <= typical < math.inf
        if whole.confidence < _SURE and not is_one and (index in beside or wide):
            found.add(index)
    return found


def _typical_width(
    regions: Sequence[Region], wholes: Sequence[Classification]
) -> float:
    """The median width of sure digits other than ones, infinite for few of them."""
    widths = [
        region.box_xywh[2]
        for region, whole in zip(regions, wholes, strict=True)
        if _num_sure([whole])
    ]
    return float(np.median(widths)) if len(widths) > _LEAST_OF_DIGITS else math.inf


def chosen(
    candidates: Sequence[Sequence[Piece]],
    readings: Sequence[Sequence[Classification]],
    beside: set[int],
    passed_over: Sequence[Box],
    frame: NDArray[np.uint8] | None,
    *,
    paths: Sequence[list[int]] | None = None,
    printed: bool = False,
) -> tuple[list[Digit], list[Digit]]:
    """What each region is best read as: accepted digits, and rejected ones.

    Print and doubtful lone digits are told by `frame`, with `None` they are accepted.
    `paths` are the pieces that read best, `None` to find them by `readings`. `printed`
    says whether print is accepted anyway.
    """
    accepted: list[Digit] = []
    rejected: list[Digit] = []
    regions: list[Region] = []  # of the accepted ones
    origins: list[int] = []  # the regions that they are pieces of
    paths = paths or list(map(cuts.best, candidates, readings))
    paths = _trusted(paths, readings, beside)
    for number, (pieces, own, path) in enumerate(
        zip(candidates, readings, paths, strict=True)
    ):
        for index in path:
            reading = own[index]
            digit = Digit(
                pieces[index].region.box_xywh,
                reading.label,
                reading.confidence,
                reading.alternatives,
            )
            if reading.accepted:
                accepted.append(digit)
                regions.append(pieces[index].region)
                origins.append(number)
            else:
                rejected.append(digit)
    none = [*(digit.box_xywh for digit in rejected), *passed_over]
    # What is cut counts once: a letter's pieces would outnumber the letters around it.
    read = sorted(set(origins))
    letters = grouping.mostly_rejected(
        [candidates[number][0].region.box_xywh for number in read], none
    )
    others = {
        index for index, number in enumerate(origins) if read.index(number) in letters
    }
    if frame is not None and not printed:
        others |= find_printed(frame, regions, [digit.label for digit in accepted])
    if frame is not None:
        others |= _doubtful(frame, accepted, regions, origins, others, none)
    kept = [digit for index, digit in enumerate(accepted) if index not in others]
    return kept, rejected + [accepted[index] for index in sorted(others)]


def _doubtful(
    frame: NDArray[np.uint8],
    accepted: Sequence[Digit],
    regions: Sequence[Region],
    origins: Sequence[int],
    others: set[int],
    none: Sequence[Box],
) -> set[int]:
    """Indexes of digits, `others` left out, that stand alone and are rather none."""
    kept = [index for index in range(len(accepted)) if index not in others]
    doubtful = alone.doubtful(
        frame,
        [accepted[index] for index in kept],
        [regions[index] for index in kept],
        [*none, *(accepted[index].box_xywh for index in sorted(others))],
        origins=[origins[index] for index in kept],
    )
    return {kept[index] for index in doubtful}


def _trusted(
    paths: Sequence[list[int]],
    readings: Sequence[Sequence[Classification]],
    beside: set[int],
) -> list[list[int]]:
    """The paths, but the whole region where what it is cut into is not trusted.

    What a region is cut into is trusted on pages with twice as many sure digits as
    regions in which there is none, elsewhere by what the pieces are read as.
    """
    read = [
        [own[index] for index in path]
        for own, path in zip(readings, paths, strict=True)
    ]
    trusted = [_is_trusted(each, index in beside) for index, each in enumerate(read)]
    num_sure = sum(map(_num_sure, itertools.compress(read, trusted)))
    num_none = sum(not any(each.accepted for each in some) for some in read)
    of_digits = num_sure > max(_LEAST_OF_DIGITS, 2 * num_none)
    return [
        path if of_digits or is_trusted else [0]
        for path, is_trusted in zip(paths, trusted, strict=True)
    ]


def _is_trusted(pieces: Sequence[Classification], beside: bool) -> bool:
    """Whether what was cut into these pieces holds digits.

    Beside a digit, all of them must be digits or half of them digits other than ones.
    Alone, half of them and at least two must be sure digits other than ones, or all of
    them sure and fewer than half of them ones: `n` falls into 1 and 7.
    """
    if beside:
        others = sum(each.accepted and each.label != 1 for each in pieces)
        return 2 * others >= len(pieces) or all(each.accepted for each in pieces)
    ones = sum(each.label == 1 for each in pieces)
    if 2 * ones < len(pieces) and all(each.confidence >= _SURE for each in pieces):
        return True
    return _num_sure(pieces) >= max(2, len(pieces) / 2)


def _num_sure(pieces: Sequence[Classification]) -> int:
    """How many are sure digits other than ones."""
    return sum(each.confidence >= _SURE and each.label != 1 for each in pieces)


def _reads(
    indexes: Sequence[int], wholes: Sequence[Classification], least: float
) -> bool:
    """Whether at least one of these regions, and this share of them, is a digit."""
    num_digits = sum(wholes[index].accepted for index in indexes)
    return num_digits >= max(1, least * len(indexes))
