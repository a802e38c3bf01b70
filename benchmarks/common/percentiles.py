"""Percentiles of what was measured, also where nothing was."""

from collections.abc import Sequence

import numpy as np


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return what so many percent of values do not exceed, to a hundredth.

    Args:
        values: In any order.
        percent: 0 to 100; 50 for the median, 100 for the largest.

    Returns:
        It; `None` of no values.
    """
    return round(float(np.percentile(values, percent)), 2) if len(values) else None
