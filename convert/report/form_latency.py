"""The time of one inference on this machine, for the comparison of forms."""

import numpy as np

from convert import timing
from edge_app.model import runtime


def median_us(model: runtime.Model) -> float:
    """Return the median microseconds of an inference of one input, one thread.

    `python -m benchmarks latency` measures published models more thoroughly.
    """
    inputs = np.random.default_rng(0).random((1, *model.input_shape), np.float32)
    return timing.median_us(lambda: model(inputs))
