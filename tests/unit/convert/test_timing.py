import time

import pytest

from convert import timing


def test_each_of_so_many_calls_after_a_warm_up():
    calls = []
    times_us = timing.times_us(lambda: calls.append(0), runs=30, warmup_s=0.01)
    assert len(times_us) == 30
    assert len(calls) > 30
    assert all(each >= 0 for each in times_us)


@pytest.mark.parametrize("per_call_ms", [0, 5])
def test_the_median_is_in_microseconds(per_call_ms):
    count = 0

    def call():
        nonlocal count
        count += 1
        time.sleep(per_call_ms / 1000)

    # No sleep is shorter than was asked for; how much longer, nobody knows.
    assert timing.median_us(call) >= 1000 * per_call_ms
    assert count > timing._LEAST_RUNS
