"""Two readers' opinions of a candidate, made one: its label and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edge_app.model.classify import NUM_DIGITS

if TYPE_CHECKING:  # a candidate says why it is rejected, and so do they all
    from edge_app.find.candidate import Candidate

_LEAST = 1 / 256  # the smallest probability that int8 outputs tell apart from none
# How far a glyph's surroundings reach: deviations across and down, in sizes of the
# smaller glyph, and of the log ratio of sizes. Chosen on validation scenes; two thirds
# of them give the same F1 to 0.001.
_ACROSS, _DOWN, _RATIO = 6.0, 3.0, 0.5
_DECIDED = 4.0  # log odds at which an opinion of what stands near is about full


@dataclass(frozen=True)
class Verdict:
    """How the page network's probabilities and the second reader's are combined.

    Whether it is a digit is one question, which one it is another: readers who
    disagree about the label still agree that it is one. Both are logistic regressions
    on the readers' log odds (Jacobs, Methods for Combining Experts' Probability
    Assessments, 1995), fitted on validation scenes by `python -m train --arch page` and
    kept in the manifest.

    Digits stand among digits, letters among letters, and grain among grain: the mean
    opinion of what stands near, and is of about the same size, is one more of the log
    odds (one step of a mean field, as in Kraehenbuehl and Koltun, Efficient Inference
    in Fully Connected CRFs, 2011). What stands alone is judged alone.

    Attributes:
        page_digit: Weight of the log odds that the page network sees a digit at all.
        page_kind: Weight of its log ratio of the likeliest digit to the likeliest other
            kind, such as a letter.
        edge_digit: Weight of the second reader's log odds that it is a digit.
        digit_bias: Added to them.
        around: Weight of the mean opinion of what stands near, each -1 to 1.
        page_label, edge_label: Weights of each reader's log probability of a label.
        accept: Confidence from which a digit is accepted, 0..1.
        accept_sign: Probability from which a separator is told; above 1 for never.
    """

    page_digit: float = 1.0
    page_kind: float = 0.5
    edge_digit: float = 0.25
    digit_bias: float = 0.0
    around: float = 0.0
    page_label: float = 1.0
    edge_label: float = 0.5
    accept: float = 0.5
    accept_sign: float = 0.9

    def of(self, candidates: Sequence["Candidate"]) -> NDArray[np.float32]:
        """Return the probability of each digit, `(N, 10)`, of all of a frame.

        Args:
            candidates: With the network's scores, and the second reader's of those that
                have ink.
        """
        if not candidates:
            return np.zeros((0, NUM_DIGITS), np.float32)
        page = np.array([candidate.scores for candidate in candidates], np.float32)
        edge = second_scores(candidates)
        boxes = np.array([candidate.box_xywh for candidate in candidates], np.float32)
        return self.shares(page, edge, near(boxes))

    def shares(
        self, page: NDArray[np.float32], edge: NDArray[np.float32], near: Any
    ) -> NDArray[np.float32]:
        """Return the probability of each digit; what they lack of 1 is none's.

        Args:
            page: `(N, kinds)` of the page network, each kind by itself, digits first.
            edge: `(N, 10)` of the second reader; what it lacks of 1 is none's.
            near: `(N, N)` from `near`, or a sparse matrix of several of them.

        Returns:
            `(N, 10)` float32.
        """
        digits, others = page[:, :NUM_DIGITS], page[:, NUM_DIGITS:]
        # The likeliest alone: the others' small shares add up on any stroke.
        likeliest = digits.max(axis=1, keepdims=True)
        kind = _log(likeliest) - _log(others.max(axis=1, keepdims=True))
        total = (
            self.page_digit * log_odds(likeliest)
            + self.page_kind * kind
            + self.edge_digit * log_odds(edge.sum(axis=1, keepdims=True))
            + self.digit_bias
        )
        total = total + self.around * (near @ np.tanh(total / _DECIDED))
        logits = self.page_label * _log(digits) + self.edge_label * _log(edge)
        labels = np.exp(logits - logits.max(axis=1, keepdims=True))
        labels /= labels.sum(axis=1, keepdims=True)
        return np.asarray(labels / (1 + np.exp(-total)), np.float32)


def second_scores(candidates: Sequence["Candidate"]) -> NDArray[np.float32]:
    """Return what the second reader says, `(N, 10)`; 0 of what it did not see."""
    unseen = np.zeros(NUM_DIGITS, np.float32)
    scores = [
        unseen if candidate.class_scores is None else candidate.class_scores
        for candidate in candidates
    ]
    return np.array(scores, np.float32).reshape(-1, NUM_DIGITS)


def near(boxes_xywh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what each glyph's surroundings consist of.

    Args:
        boxes_xywh: `(N, 4)` in pixels.

    Returns:
        `(N, N)`: row i is the share of each other glyph in what stands near glyph i,
        together at most 1, and the less the less stands there.
    """
    sizes = np.maximum(boxes_xywh[:, 2:].max(axis=1, initial=1), 1).astype(np.float32)
    x, y = (boxes_xywh[:, :2] + boxes_xywh[:, 2:] / 2).astype(np.float32).T
    smaller = np.minimum(sizes[:, None], sizes)
    away = ((x[:, None] - x) / (_ACROSS * smaller)) ** 2
    away += ((y[:, None] - y) / (_DOWN * smaller)) ** 2
    away += (np.log(sizes[:, None] / sizes) / _RATIO) ** 2
    weights = np.exp(-away / 2)
    np.fill_diagonal(weights, 0)
    return np.asarray(weights / (1 + weights.sum(axis=1, keepdims=True)), np.float32)


def _log(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(shares, _LEAST, dtype=np.float64)), np.float64)


def log_odds(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the log odds of probabilities, of none more than an int8 output tells."""
    share = np.clip(shares, _LEAST, 1 - _LEAST, dtype=np.float64)
    return np.asarray(np.log(share / (1 - share)), np.float64)
