import time

from convert import timing


def test_each_of_so_many_calls_after_a_warm_up():
    calls = []
    times_us = timing.times_us(lambda: calls.append(0), runs=30, warmup_s=0.01)
    assert len(times_us) == 30
    assert len(calls) > 30
    assert all(each >= 0 for each in times_us)


def test_the_median_is_in_microseconds():
    count = 0

    def call():
        nonlocal count
        count += 1
        time.sleep(0.005)

    # No sleep is shorter than was asked for; how much longer, nobody knows.
    assert timing.median_us(call) >= 5000
    assert count > timing._LEAST_RUNS
