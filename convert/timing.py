"""The time of a call, measured repeatedly: the clock of conversions and benchmarks."""

import time
import timeit
from collections.abc import Callable

import numpy as np

WARMUP_S = 0.2
_QUICK_WARMUP_S, _QUICK_S = 0.05, 0.2
_LEAST_RUNS = 20


def times_us(
    call: Callable[[], object], *, runs: int, warmup_s: float = WARMUP_S
) -> list[float]:
    """Return the microseconds of each of so many calls, after a warm-up.

    Args:
        call: What is timed.
        runs: How often.
        warmup_s: Seconds for which it is called before, at least once.
    """
    _num_calls(call, warmup_s)
    return [1e6 * seconds for seconds in timeit.repeat(call, number=1, repeat=runs)]


def median_us(call: Callable[[], object]) -> float:
    """Return the median microseconds of a call, measured for a fifth of a second."""
    _num_calls(call, _QUICK_WARMUP_S)
    per_s = _num_calls(call, _QUICK_WARMUP_S) / _QUICK_WARMUP_S
    runs = max(_LEAST_RUNS, round(per_s * _QUICK_S))
    return float(np.median(times_us(call, runs=runs, warmup_s=0)))


def _num_calls(call: Callable[[], object], seconds: float) -> int:
    """Call for so many seconds, at least once; return how often that was."""
    count, until = 0, time.perf_counter() + seconds
    while not count or time.perf_counter() < until:
        call()
        count += 1
    return count
