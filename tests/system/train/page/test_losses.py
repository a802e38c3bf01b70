import numpy as np
import pytest
from needed import need

need("keras", reason="the losses are Keras'")

import keras

from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from train.page.crops.targets import NUM_KINDS, TARGETS
from train.page.losses import ink_loss, kinds_loss, sizes_loss

CELLS = (1, 2, 2)
SURE = 12.0


def value(loss, target, weight, said):
    """The loss where the weights travel with the target."""
    together = np.concatenate([target, weight], axis=-1)
    return float(keras.ops.convert_to_numpy(loss(together, said)))


def zeros(channels):
    return np.zeros((*CELLS, channels), np.float32)


@pytest.fixture
def heat():
    """A seven in the first cell."""
    heat = zeros(NUM_KINDS)
    heat[0, 0, 0, 7] = 1
    return heat


def test_sizes_are_judged_where_middles_are():
    target, weight, said = zeros(NUM_SIZES), zeros(1), zeros(NUM_SIZES)
    target[0, 0, 0] = 1, 2, 3, 4
    target[0, 1, 1] = 100  # nothing stands there
    weight[0, 0, 0] = 1
    assert value(sizes_loss, target, weight, said) == pytest.approx(10)
    weight[0, 1, 0] = 0.3  # a neighbor whose sizes are right
    assert value(sizes_loss, target, weight, said) == pytest.approx(10 / 1.3)
    assert value(sizes_loss, target, zeros(1), said) == 0


def test_ink_weighs_more_than_ground():
    target, weight, said = zeros(NUM_INK), zeros(NUM_INK) + 1, zeros(NUM_INK)
    unsure = value(ink_loss, target, weight, said)
    assert unsure == pytest.approx(np.log(2), rel=1e-5)
    target[0, 0, 0] = 1
    missed = value(ink_loss, target, weight, said - 2)
    made_up = value(ink_loss, 1 - target, weight, said + 2)
    assert missed > made_up
    right = np.where(target > 0, SURE, -SURE).astype(np.float32)
    assert value(ink_loss, target, weight, right) < 1e-4
    assert value(ink_loss, target, 0 * weight, said) == 0


def test_a_network_that_finds_what_is_there_loses_little(heat):
    weight = np.ones_like(heat)
    right = np.where(heat > 0, SURE, -SURE).astype(np.float32)
    assert value(kinds_loss, heat, weight, right) < 1e-3
    assert value(kinds_loss, heat, weight, 0 * right) > 1
    assert value(kinds_loss, heat, weight, -right) > 10


def test_near_a_middle_a_mistake_costs_less(heat):
    weight = np.ones_like(heat)
    said = np.full_like(heat, -SURE)
    said[0, 0, 0, 7] = SURE
    said[0, 0, 1, 7] = 2  # beside it
    far = value(kinds_loss, heat, weight, said)
    heat[0, 0, 1, 7] = 0.8
    assert value(kinds_loss, heat, weight, said) == pytest.approx(
        0.2**4 * far, rel=0.05
    )


def test_what_cannot_be_judged_costs_nothing(heat):
    said = np.where(heat > 0, SURE, -SURE).astype(np.float32)
    said[0, 1, 1, 3] = SURE
    weight = np.ones_like(heat)
    assert value(kinds_loss, heat, weight, said) > 10
    weight[0, 1, 1, 3] = 0
    assert value(kinds_loss, heat, weight, said) < 1e-3


def test_print_that_is_made_up_costs_less_than_a_digit(heat):
    def cost(kind):
        said = np.where(heat > 0, SURE, -SURE).astype(np.float32)
        said[0, 1, 1, kind] = SURE
        return value(kinds_loss, heat, np.ones_like(heat), said)

    assert cost(Kind.PRINT) == pytest.approx(TARGETS.print_weight * cost(3), rel=1e-3)
