"""Two readers' opinions of a candidate, made one: its label and how sure it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NUM_DIGITS = 10
_LEAST = 1 / 256  # the smallest probability that int8 outputs tell apart from none


@dataclass(frozen=True)
class Verdict:
    """How the page network's probabilities and the second reader's are combined.

    Whether it is a digit is one question, which one it is another: readers who
    disagree about the label still agree that it is one. Both are logistic regressions
    on the readers' log odds (Jacobs, Methods for Combining Experts' Probability
    Assessments, 1995), fitted on validation scenes by `python -m train --arch page` and
    kept in the manifest.

    Attributes:
        page_digit: Weight of the log odds that the page network sees a digit at all.
        page_kind: Weight of its log ratio of the likeliest digit to the likeliest other
            kind, such as a letter.
        edge_digit: Weight of the second reader's log odds that it is a digit.
        digit_bias: Added to them.
        page_label, edge_label: Weights of each reader's log probability of a label.
        accept: Confidence from which a digit is accepted, 0..1.
        accept_sign: Probability from which a separator is told; above 1 for never.
    """

    page_digit: float = 1.0
    page_kind: float = 0.5
    edge_digit: float = 0.25
    digit_bias: float = 0.0
    page_label: float = 1.0
    edge_label: float = 0.5
    accept: float = 0.5
    accept_sign: float = 0.9

    def shares(
        self, page: NDArray[np.float32], edge: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the probability of each digit; what they lack of 1 is none's.

        Args:
            page: `(N, kinds)` of the page network, each kind by itself, digits first.
            edge: `(N, 10)` of the second reader; what it lacks of 1 is none's.

        Returns:
            `(N, 10)` float32.
        """
        digits, others = page[:, :_NUM_DIGITS], page[:, _NUM_DIGITS:]
        # The likeliest alone: the others' small shares add up on any stroke.
        likeliest = digits.max(axis=1, keepdims=True)
        kind = _log(likeliest) - _log(others.max(axis=1, keepdims=True))
        log_odds = (
            self.page_digit * _log_odds(likeliest)
            + self.page_kind * kind
            + self.edge_digit * _log_odds(edge.sum(axis=1, keepdims=True))
            + self.digit_bias
        )
        logits = self.page_label * _log(digits) + self.edge_label * _log(edge)
        labels = np.exp(logits - logits.max(axis=1, keepdims=True))
        labels /= labels.sum(axis=1, keepdims=True)
        return np.asarray(labels / (1 + np.exp(-log_odds)), np.float32)


def _log(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(shares, _LEAST, dtype=np.float64)), np.float64)


def _log_odds(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    share = np.clip(shares, _LEAST, 1 - _LEAST, dtype=np.float64)
    return np.asarray(np.log(share / (1 - share)), np.float64)
