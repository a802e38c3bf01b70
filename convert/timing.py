"""The time of a call, measured repeatedly: the clock of conversions and benchmarks."""

import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TimingConstants:
    """The lengths of measurements.

    Attributes:
        warmup_s: For which a call is repeated before it is timed.
        quick_warmup_s: The same, where the median of few calls is enough.
        quick_s: For which it is then measured.
        least_runs: Calls that are then timed at least.
    """

    warmup_s: float = 0.2
    quick_warmup_s: float = 0.05
    quick_s: float = 0.2
    least_runs: int = 20


TIMING = TimingConstants()


def times_us(
    call: Callable[[], object], *, runs: int, warmup_s: float = TIMING.warmup_s
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
    _num_calls(call, TIMING.quick_warmup_s)
    per_s = _num_calls(call, TIMING.quick_warmup_s) / TIMING.quick_warmup_s
    runs = max(TIMING.least_runs, round(per_s * TIMING.quick_s))
    return float(np.median(times_us(call, runs=runs, warmup_s=0)))


def _num_calls(call: Callable[[], object], seconds: float) -> int:
    """Call for so many seconds, at least once; return how often that was."""
    count, until = 0, time.perf_counter() + seconds
    while not count or time.perf_counter() < until:
        call()
        count += 1
    return count
