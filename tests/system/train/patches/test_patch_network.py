import pytest

keras = pytest.importorskip("keras", reason="networks of patches are Keras models")

import numpy as np
from keras import layers

from train.patches import patch_network
from train.patches.patch_network import PatchNetwork


def test_a_network_is_as_large_as_was_said():
    size = PatchNetwork((32, 32, 2), (4, 6), (1, 2), hidden_units=5, num_outputs=3)
    model = patch_network.build(size, "small")
    assert model.name == "small"
    logits = model(np.zeros((7, 32, 32, 2), np.float32))
    assert tuple(logits.shape) == (7, 3)
    convolved = [
        layer.filters for layer in model.layers if isinstance(layer, layers.Conv2D)
    ]
    assert convolved == [4, 4, 6, 6, 6]  # at each size one that halves it, and blocks
    (middle,) = (
        layer for layer in model.layers if isinstance(layer, layers.DepthwiseConv2D)
    )
    assert middle.kernel_size == (8, 8)  # a quarter of the patch


def test_what_is_in_the_middle_counts_by_itself():
    size = PatchNetwork((16, 16, 1), (4,), (0,), hidden_units=4, num_outputs=2)
    keras.utils.set_random_seed(1)
    model = patch_network.build(size, "small")
    corner, middle = np.zeros((2, 1, 16, 16, 1), np.float32)
    corner[:, :4, :4] = middle[:, 6:10, 6:10] = 1
    assert not np.allclose(model(corner), model(middle))
