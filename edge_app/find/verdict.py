"""Two readers' opinions of a candidate, made one: its label and how sure it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-3  # a probability of 1/256 is the smallest that int8 outputs tell


@dataclass(frozen=True)
class Verdict:
    """How the page network's probabilities and the second reader's are combined.

    A logistic regression on the logarithms of both (Jacobs, Methods for Combining
    Experts' Probability Assessments, 1995), fitted on validation scenes by
    `python -m train --arch page` and kept in the manifest.

    Attributes:
        page_weight: Of the page network's log probabilities.
        edge_weight: Of the second reader's.
        none_bias: Added where it is no digit.
        accept: Confidence from which a digit is accepted, 0..1.
    """

    page_weight: float = 1.0
    edge_weight: float = 0.5
    none_bias: float = 0.0
    accept: float = 0.5

    def shares(
        self, page: NDArray[np.float32], edge: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the probability of each digit, and of none last.

        Args:
            page: `(N, 10)` of the page network.
            edge: `(N, 10)` of the second reader; what either lacks of 1 is none's.

        Returns:
            `(N, 11)` float32, rows summing to 1.
        """
        logits = self.page_weight * _logs(page) + self.edge_weight * _logs(edge)
        logits[:, -1] += self.none_bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def _logs(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    none = 1.0 - shares.sum(axis=1, keepdims=True)
    every = np.hstack([shares, none]).astype(np.float64)
    return np.asarray(np.log(np.maximum(every, _LEAST)), np.float64)
