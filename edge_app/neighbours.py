"""Digits or letters: what a region's picture, its neighbours and its page say of it.

Everything is said in log odds of a digit against none, which add up. A picture says
what the classifier makes of it. Digits stand beside digits and letters beside letters:
along a word, a Markov chain carries from each region to the next what all before it
say (the forward-backward algorithm; Rabiner, A tutorial on hidden Markov models, 1989).
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edge_app import grouping
from edge_app.classify import Classification
from edge_app.geometry import Box

# All of it measured on scenes (`train/scenes`, seeds from 1000 on).
EXPECTED_ODDS = 6.0  # of a digit, that models expect (`train.settings`, digit_share)
_MOST = 5.0  # log odds: no picture says more; one in 150 misleads
_MOST_CONTEXT = 5.9  # the same of company: in rows of digits, one in 356 is none
# Strokes of letters look like ones: as whole regions, and more so when cut off.
_MOST_OF_ONE, _MOST_OF_CUT_ONE = 1.5, -3.0  # log odds
# Regions of several digits for each of one, where digits touch now and then.
_SEVERAL_ODDS = 1 / 7
_CHANGE = 0.02  # share of neighbours in a word between which digits and letters change
_SURE = 1.0  # log odds from which, and below minus which, a region counts on its page


def evidence(reading: Classification) -> float:
    """What a picture says: log odds of a digit, as if digits were as many as others."""
    share = min(max(reading.digit_share, 1e-6), 1 - 1e-6)
    own = math.log(share / (1 - share) / EXPECTED_ODDS)
    return max(-_MOST, min(own, _MOST_OF_ONE if reading.label == 1 else _MOST))


def evidence_of_pieces(readings: Sequence[Classification]) -> float:
    """The same for a region that was cut into so many pieces: of several digits."""
    total = math.log(_SEVERAL_ODDS)
    for each in readings:
        most = _MOST_OF_CUT_ONE if each.label == 1 else _MOST
        total += min(evidence(each), most)
    return max(-_MOST, min(total, _MOST))


def context(boxes: Sequence[Box], own: Sequence[float]) -> list[float]:
    """What the page and its neighbours say of each region: log odds of a digit.

    Args:
        boxes: `(x, y, width, height)` of each region.
        own: What its picture says.
    """
    # By Laplace's rule of succession, from the odds that models expect.
    num_digits = sum(each > _SURE for each in own)
    num_none = sum(each < -_SURE for each in own)
    page = math.log((EXPECTED_ODDS + num_digits) / (1 + num_none))
    result = [page] * len(boxes)
    if not boxes:
        return result
    letters = np.flatnonzero(~_encloses_digits(boxes, np.array(own))).tolist()
    for word in grouping.words([boxes[index] for index in letters]):
        indexes = [letters[each] for each in word]
        for way in (indexes, indexes[::-1]):
            told = 0.0
            for before, index in pairwise(way):
                told = _told(told + own[before], page)
                result[index] += told
    return [max(-_MOST_CONTEXT, min(each, _MOST_CONTEXT)) for each in result]


def given(
    reading: Classification, log_odds: float, *, accept_threshold: float = 0.0
) -> Classification:
    """A reading where all but the picture says these log odds of a digit.

    Args:
        reading: Of the picture.
        log_odds: From `context`.
        accept_threshold: From which confidence it is accepted.
    """
    if evidence(reading) + log_odds < 0:
        accept_threshold = math.inf
    odds = math.exp(log_odds) / EXPECTED_ODDS
    return reading.likelier(odds, accept_threshold=accept_threshold)


def _told(log_odds: float, page: float) -> float:
    """What a region's neighbour learns from what is known of the region.

    Both are alike, or something new begins, of which only the page tells what it is.
    """
    odds, share = math.exp(log_odds), 1 / (1 + math.exp(-page))
    anew = _CHANGE * (share * odds + 1 - share)
    return math.log(((1 - _CHANGE) * odds + anew) / (1 - _CHANGE + anew))


def _encloses_digits(
    boxes: Sequence[Box], own: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """`(N,)` which boxes are no letters, but drawn around digits to write these in."""
    x, y, w, h = np.array(boxes).T
    digits = own > 0
    left, top = x[digits], y[digits]
    right, bottom = left + w[digits], top + h[digits]
    x, y, w, h = (each[:, np.newaxis] for each in (x, y, w, h))
    around = (x <= left) & (y <= top) & (x + w >= right) & (y + h >= bottom)
    return np.asarray(around.any(axis=1) & ~digits, np.bool_)
