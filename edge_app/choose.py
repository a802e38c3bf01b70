"""What each region is best read as, judged by what stands around it."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app import alone, cuts, neighbours
from edge_app.classify import Classification
from edge_app.cuts import Piece
from edge_app.geometry import Box
from edge_app.printed import find_printed
from edge_app.reading import Digit
from edge_app.segment import Region

_SURE = 0.9  # regions read with less may be cut
_SEVERAL = 3  # digits that tell how wide a page's are
_WIDE = 0.65  # width over height of what may be several digits
# Both chosen on scenes (`train/scenes`, seeds from 1000 on), in log odds of a digit.
_LEAST_OF_WIDE = -1.0  # that such a region's picture says: whole, several are none
_LEAST_CONTEXT = -2.0  # below it nothing is cut: most letters fall into ones


def context(regions: Sequence[Region], wholes: Sequence[Classification]) -> list[float]:
    """What surrounds each region says of it before any is cut: log odds of a digit."""
    boxes = [region.box_xywh for region in regions]
    own = [
        max(neighbours.evidence(whole), _LEAST_OF_WIDE if w >= _WIDE * h else -math.inf)
        for (_, _, w, h), whole in zip(boxes, wholes, strict=True)
    ]
    return neighbours.context(boxes, own)


def perhaps_several(
    regions: Sequence[Region],
    wholes: Sequence[Classification],
    context: Sequence[float],
) -> set[int]:
    """Indexes of the regions that may hold several touching digits.

    What is read surely stays in one piece unless it is much wider than the page's
    digits; what stands among letters always does.
    """
    widest = cuts.WIDER * _typical_width(regions, wholes)
    return {
        index
        for index, (region, whole) in enumerate(zip(regions, wholes, strict=True))
        if (whole.confidence < _SURE or region.box_xywh[2] > widest)
        and context[index] >= _LEAST_CONTEXT
    }


def _typical_width(
    regions: Sequence[Region], wholes: Sequence[Classification]
) -> float:
    """The median width of sure digits other than ones, infinite for few of them."""
    widths = [
        region.box_xywh[2]
        for region, whole in zip(regions, wholes, strict=True)
        if whole.confidence >= _SURE and whole.label != 1
    ]
    return float(np.median(widths)) if len(widths) >= _SEVERAL else math.inf


def chosen(
    candidates: Sequence[Sequence[Piece]],
    readings: Sequence[Sequence[Classification]],
    context: Sequence[float],
    passed_over: Sequence[Box],
    frame: NDArray[np.uint8] | None,
    *,
    accept_threshold: float,
    printed: bool = False,
) -> tuple[list[Digit], list[Digit]]:
    """What each region is best read as: accepted digits, and rejected ones.

    Args:
        candidates: The pieces of each region.
        readings: How the classifier reads each.
        context: What surrounds each region says of it, from the function above.
        passed_over: Boxes of what is no region.
        frame: `(H, W, 3)` uint8, BGR, that tells print and doubtful lone digits; with
            `None` they are accepted.
        accept_threshold: The confidence from which a digit is accepted.
        printed: Whether print is accepted anyway.
    """
    accepted: list[Digit] = []
    rejected: list[Digit] = []
    regions: list[Region] = []  # of the accepted ones
    origins: list[int] = []  # the regions that they are pieces of
    paths, context = _paths(candidates, readings, context)
    for number, (pieces, own, path) in enumerate(
        zip(candidates, readings, paths, strict=True)
    ):
        for index in path:
            reading = neighbours.given(
                own[index], context[number], accept_threshold=accept_threshold
            )
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
    others: set[int] = set()
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


def _paths(
    candidates: Sequence[Sequence[Piece]],
    readings: Sequence[Sequence[Classification]],
    context: Sequence[float],
) -> tuple[list[list[int]], Sequence[float]]:
    """Indexes of the pieces that each region is read as, and what surrounds it says.

    A region is read in pieces where these say more for digits than the whole does, and
    together with its surroundings for digits rather than letters.
    """
    if all(len(pieces) == 1 for pieces in candidates):
        return [[0] for _ in candidates], context
    regions = [pieces[0].region for pieces in candidates]
    typical_width = _typical_width(regions, [own[0] for own in readings])
    paths = [
        cuts.best(pieces, own, typical_width) if len(pieces) > 1 else [0]
        for pieces, own in zip(candidates, readings, strict=True)
    ]
    several = [
        neighbours.evidence_of_pieces([own[index] for index in path])
        if len(path) > 1
        else -math.inf
        for own, path in zip(readings, paths, strict=True)
    ]
    single = [neighbours.evidence(own[0]) for own in readings]
    boxes = [region.box_xywh for region in regions]
    context = neighbours.context(boxes, list(map(max, single, several)))
    chosen_paths = [
        path if of_pieces > max(of_whole, -log_odds) else [0]
        for path, of_pieces, of_whole, log_odds in zip(
            paths, several, single, context, strict=True
        )
    ]
    return chosen_paths, context
