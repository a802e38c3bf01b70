"""How long one inference takes on this machine, for the comparison of forms."""

import time

import numpy as np

from edge_app import runtime

_WARMUP_S = 0.05
_MEASURED_S = 0.2
_LEAST_RUNS = 20


def median_us(model: runtime.Model) -> float:
    """Median microseconds of an inference of one input, one thread.

    `python -m benchmarks latency` measures published models more thoroughly.
    """
    inputs = np.random.default_rng(0).random((1, *model.input_shape), np.float32)
    times = [_timed(model, inputs)]
    until = time.perf_counter() + _WARMUP_S
    while time.perf_counter() < until:
        _timed(model, inputs)
    until = time.perf_counter() + _MEASURED_S
    while time.perf_counter() < until or len(times) < _LEAST_RUNS:
        times.append(_timed(model, inputs))
    return float(np.median(times))


def _timed(model: runtime.Model, inputs: "np.ndarray") -> float:
    started = time.perf_counter_ns()
    model(inputs)
    return (time.perf_counter_ns() - started) / 1000
