"""The reliability of confidences: of 90%, nine in ten should be right.

NumPy alone: a board measures its models with it, too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# As in Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv 1706.04599).
NUM_BINS = 15
KEPT_SHARE = 0.995  # of validation digits, which the acceptance threshold must keep


@dataclass(frozen=True)
class Bin:
    """The readings whose confidence lies in one range.

    Attributes:
        low: Confidences are above it, 0..1.
        high: And at most this.
        count: How many readings.
        confidence: Their mean confidence; 0 where there are none, as is the next.
        accuracy: Share of them that are right.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def bins(
    confidences: NDArray[np.float32],
    right: NDArray[np.bool_],
    *,
    num_bins: int = NUM_BINS,
) -> list[Bin]:
    """Sort readings into `num_bins` ranges of confidence, all equally wide.

    Args:
        confidences: `(N,)`, 0..1.
        right: `(N,)`, whether each reading is right.
        num_bins: Into how many ranges 0..1 is divided.
    """
    edges = np.linspace(0.0, 1.0, num_bins + 1)
    place = np.clip(np.searchsorted(edges, confidences) - 1, 0, num_bins - 1)
    found = []
    for index in range(num_bins):
        inside = place == index
        count = int(inside.sum())
        found.append(
            Bin(
                low=float(edges[index]),
                high=float(edges[index + 1]),
                count=count,
                confidence=float(confidences[inside].mean()) if count else 0.0,
                accuracy=float(right[inside].mean()) if count else 0.0,
            )
        )
    return found


def expected_calibration_error(
    confidences: NDArray[np.float32],
    right: NDArray[np.bool_],
    *,
    num_bins: int = NUM_BINS,
) -> float:
    """Return how far confidence and accuracy lie apart, from 0 to 1.

    The sum over the bins of `|accuracy - confidence|`, each weighted with its share of
    the readings: equation 3 of Guo et al. 2017 (arXiv 1706.04599).

    Args:
        confidences: `(N,)`, 0..1; N above 0.
        right: `(N,)`, whether each reading is right.
        num_bins: Into how many ranges 0..1 is divided.
    """
    return sum(
        bin_range.count
        / len(confidences)
        * abs(bin_range.accuracy - bin_range.confidence)
        for bin_range in bins(confidences, right, num_bins=num_bins)
    )
