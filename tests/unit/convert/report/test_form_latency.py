import time

import numpy as np

from convert.report import form_latency


class Sleeper:
    """A model that takes five milliseconds, and keeps what it was given."""

    input_shape = (4, 3, 2)

    def __init__(self):
        self.given = []

    def __call__(self, inputs):
        self.given.append(inputs)
        time.sleep(0.005)


def test_one_input_of_the_models_shape_is_timed_in_microseconds():
    model = Sleeper()
    # No sleep is shorter than was asked for; how much longer, nobody knows.
    assert form_latency.median_us(model) >= 5000
    first = model.given[0]
    assert (first.shape, first.dtype) == ((1, 4, 3, 2), np.float32)
    assert 0 <= first.min() < first.max() <= 1
    assert all(given is first for given in model.given)
