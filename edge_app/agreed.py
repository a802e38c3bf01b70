"""What rules and the page network read in one frame, made one.

Each finds what the other misses, and they seldom err alike: of the digits that both
accept, on validation scenes, 98 in 100 are right. `python -m benchmarks together`
counts what is gained and what is made false.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge_app import geometry
from edge_app.only_digit import unevenness
from edge_app.reading import Digit

_SAME = 0.4  # intersection over union: both saw the same thing
_COVERED = 0.3  # of the smaller box: where one stands there is no room for the other
# From which confidence the network's word is enough: alone, and against rules that
# could read it as surely as `_LEGIBLE` but rejected it for what stands around it, as
# print. F1 on scenes of validation hands is highest here, and flat.
_ALONE, _AGAINST, _LEGIBLE = 0.7, 0.8, 0.9
# Below this confidence the network overrules what it rejects itself: F1 on those scenes
# rises by 0.006, and a third fewer digits are read where there are none.
_PERHAPS = 0.2
# Where the rules read nothing, the page network is believed in two cases. It sees a
# page of digits: their log odds together and their mean confidence. Or it sees what the
# picture is of: a digit of this share of the frame's height, from a confidence on, on
# even ground (deviation of the gray levels around it, of those within its box) or where
# the rules saw no more things than so many.
_PAGE_LOG_ODDS, _PAGE_CONFIDENCE = 8.0, 0.7
_FILLS, _EVEN, _FEW, _LONE_CONFIDENCE = 0.35, 0.15, 2, 0.8
_SUREST = 0.99  # confidence beyond which one digit says no more


def agreed(
    by_rules: Sequence[Digit],
    by_network: Sequence[Digit],
    frame_wh: tuple[int, int],
) -> list[Digit]:
    """Return a frame's digits, what is none with its reason.

    What the rules read, but for what the network rejects and sees hardly a digit in,
    and of what the network reads besides, the surest. What reaches to the frame's
    border may be cut, and is left to the rules.

    Args:
        by_rules: What the rules see, accepted or not.
        by_network: What the network sees, accepted or not.
        frame_wh: The frame's width and height in pixels.
    """
    read = [each for each in by_rules if each.reject is None]
    judged = _overruled(read, by_network)
    kept = [each for each in judged if each.reject is None]
    unread = [each for each in by_rules if each.reject is not None]
    legible = [each for each in unread if each.confidence >= _LEGIBLE]
    more = [each for each in by_network if each.reject is None]
    is_free = _covered(more, kept).max(axis=1, initial=0) <= _COVERED
    is_against = _covered(more, legible).max(axis=1, initial=0) > _COVERED
    least = np.where(is_against, _AGAINST, _ALONE)
    added = [
        each
        for each, free, enough in zip(more, is_free, least, strict=True)
        if free
        and each.confidence >= enough
        and not geometry.reaches_border(each.box_xywh, frame_wh)
    ]
    is_read_now = _overlap(unread, added).max(axis=1, initial=0) > _SAME
    return [
        *judged,
        *added,
        *(each for each, now in zip(unread, is_read_now, strict=True) if not now),
    ]


def _overruled(read: Sequence[Digit], by_network: Sequence[Digit]) -> list[Digit]:
    """Return digits, those rejected that the network knows to be none."""
    if not by_network:
        return list(read)
    overlap = _overlap(read, by_network)
    same = [by_network[index] for index in overlap.argmax(axis=1)]
    return [
        replace(digit, reject=other.reject)
        if shared > _SAME and other.reject and other.confidence < _PERHAPS
        else digit
        for digit, other, shared in zip(read, same, overlap.max(axis=1), strict=True)
    ]


def _overlap(some: Sequence[Digit], others: Sequence[Digit]) -> NDArray[np.float64]:
    """Return the intersection over union of each with each, `(N, M)`."""
    shared, areas, other_areas = _areas(some, others)
    return np.asarray(shared / (areas[:, None] + other_areas - shared), np.float64)


def _covered(some: Sequence[Digit], others: Sequence[Digit]) -> NDArray[np.float64]:
    """Return the share of the smaller box that the other covers, `(N, M)`."""
    shared, areas, other_areas = _areas(some, others)
    return np.asarray(shared / np.minimum(areas[:, None], other_areas), np.float64)


def _areas(
    some: Sequence[Digit], others: Sequence[Digit]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the areas that boxes share, `(N, M)`, and their own, in pixels."""
    a, b = (
        np.array([each.box_xywh for each in digits], np.float64).reshape(-1, 4)
        for digits in (some, others)
    )
    ends_a, ends_b = a[:, None, :2] + a[:, None, 2:], b[:, :2] + b[:, 2:]
    sides = np.minimum(ends_a, ends_b) - np.maximum(a[:, None, :2], b[:, :2])
    shared = np.maximum(sides, 0).prod(axis=2)
    return shared, a[:, 2:].prod(axis=1), b[:, 2:].prod(axis=1)


def is_believed(
    digits: Sequence[Digit], frame: NDArray[np.uint8], *, num_passed_over: int
) -> bool:
    """Return whether the page network is right that the rules missed these digits.

    Of a page without digits the rules read nothing either: many digits count that are
    sure together, or one that the picture is of.

    Args:
        digits: What the network sees.
        frame: `(H, W, 3)` uint8, BGR, where it sees them.
        num_passed_over: How many things the rules saw and rejected.
    """
    accepted = [each for each in digits if each.reject is None]
    if not accepted:
        return False
    mean = sum(each.confidence for each in accepted) / len(accepted)
    if mean >= _PAGE_CONFIDENCE and log_odds(accepted) >= _PAGE_LOG_ODDS:
        return True
    tallest = max(accepted, key=lambda each: each.box_xywh[3])
    if (
        tallest.box_xywh[3] < _FILLS * frame.shape[0]
        or tallest.confidence < _LONE_CONFIDENCE
    ):
        return False
    is_alone = num_passed_over <= _FEW
    return is_alone or unevenness(frame, tallest.box_xywh) <= _EVEN


def log_odds(digits: Sequence[Digit]) -> float:
    """Return the log odds of digits together; no single one's are counted for more."""
    shares = np.clip([each.confidence for each in digits], 0.5, _SUREST)
    return float(np.log(shares / (1 - shares)).sum())
