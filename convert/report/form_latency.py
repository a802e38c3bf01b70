"""How long one inference takes on this machine, for the comparison of forms."""

import time
from collections.abc import Callable

import numpy as np

from edge_app.model import runtime

_WARMUP_S = 0.05
_MEASURED_S = 0.2
_LEAST_RUNS = 20


def median_us(model: runtime.Model) -> float:
    """Median microseconds of an inference of one input, one thread.

    `python -m benchmarks latency` measures published models more thoroughly.
    """
    inputs = np.random.default_rng(0).random((1, *model.input_shape), np.float32)
    return median_us_of(lambda: model(inputs))


def median_us_of(inference: Callable[[], object]) -> float:
    """Median microseconds of what is called again and again."""
    times = [_timed(inference)]
    until = time.perf_counter() + _WARMUP_S
    while time.perf_counter() < until:
        _timed(inference)
    until = time.perf_counter() + _MEASURED_S
    while time.perf_counter() < until or len(times) < _LEAST_RUNS:
        times.append(_timed(inference))
    return float(np.median(times))


def _timed(inference: Callable[[], object]) -> float:
    started = time.perf_counter_ns()
    inference()
    return (time.perf_counter_ns() - started) / 1000
