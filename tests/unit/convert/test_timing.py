import time

from convert import timing


def test_each_of_so_many_calls_after_a_warm_up():
    calls = []

    def call():
        calls.append(0)
        time.sleep(0.002)

    times_us = timing.times_us(call, runs=30, warmup_s=0.01)
    assert len(times_us) == 30
    assert len(calls) > 30
    # No sleep is shorter than was asked for; how much longer, nobody knows.
    assert min(times_us) >= 2000


def test_the_median_is_in_microseconds():
    count = 0

    def call():
        nonlocal count
        count += 1
        time.sleep(0.005)

    assert timing.median_us(call) >= 5000
    assert count > timing.TIMING.least_runs
