"""How long a method takes for a digit."""

import time

import numpy as np

from benchmarks.models import baselines


def test_digits_are_timed_one_by_one(monkeypatch):
    monkeypatch.setattr(baselines, "_TIMED", 3)
    seen = []

    def read(inputs):
        time.sleep(0.002)
        seen.append(inputs.tolist())
        return np.zeros(len(inputs))

    inputs = np.arange(10, dtype=np.float32).reshape(5, 2)
    # No sleep is shorter than was asked for; how much longer, nobody knows.
    assert baselines._latency_us(read, inputs) >= 2000
    assert seen[:4] == [[[0, 1]], [[2, 3]], [[4, 5]], [[0, 1]]]
