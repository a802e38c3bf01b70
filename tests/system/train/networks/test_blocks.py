import pytest
from needed import need

need("keras", reason="networks are made with Keras")

import keras
import numpy as np

from train.networks import blocks
from train.networks.blocks import Scaling


def values(x):
    return keras.ops.convert_to_numpy(x)


def test_inputs_are_images_as_they_are():
    inputs, same = blocks.standardized_input(None)
    assert inputs is same
    assert inputs.shape == (None, 28, 28, 1)


def test_inputs_are_standardized_within_the_network():
    model = keras.Model(*blocks.standardized_input(Scaling(mean=0.25, deviation=0.5)))
    images = np.random.default_rng(1).random((3, 28, 28, 1), np.float32)
    assert values(model(images)) == pytest.approx((images - 0.25) / 0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({}, (28, 28)),
        ({"strides": 2}, (14, 14)),
        ({"padding": "valid"}, (26, 26)),
        ({"size": 5, "padding": "valid"}, (24, 24)),
    ],
)
def test_a_convolution_ends_with_a_relu(options, shape):
    inputs, _ = blocks.standardized_input(None)
    model = keras.Model(inputs, blocks.convolved(inputs, 6, **options))
    kinds = [type(layer).__name__ for layer in model.layers[1:]]
    assert kinds == ["Conv2D", "BatchNormalization", "ReLU"]
    found = values(model(np.random.default_rng(1).random((2, 28, 28, 1), np.float32)))
    assert found.shape == (2, *shape, 6)
    assert found.min() == 0
    assert found.max() > 0


def test_averages_follow_by_two_hundredths_a_step():
    inputs, _ = blocks.standardized_input(None)
    model = keras.Model(inputs, blocks.convolved(inputs, 2))
    norm = model.layers[2]
    norm(np.full((1, 28, 28, 2), 5, np.float32), training=True)
    assert values(norm.moving_mean) == pytest.approx(0.02 * 5)


def test_a_classifier_gives_probabilities_under_its_name():
    inputs, x = blocks.standardized_input(None)
    x = keras.layers.Flatten()(x)
    model = blocks.classifier(inputs, x, 11, "edge")
    assert model.name == "edge"
    scores = values(model(np.random.default_rng(1).random((4, 28, 28, 1), np.float32)))
    assert scores.shape == (4, 11)
    assert scores.min() > 0
    assert scores.sum(axis=1) == pytest.approx(1)
