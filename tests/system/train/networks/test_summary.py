import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np
from keras import layers

from train.networks import summary
from train.networks.architectures import ARCHITECTURES


@pytest.mark.slow  # conversions
@pytest.mark.parametrize("arch", ["report", "edge", "lenet5"])
def test_int8_size_is_about_right(arch):
    from convert.formats import forms, to_tflite

    model = ARCHITECTURES[arch]()
    inputs = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    (form,) = forms.chosen("int8.tflite")
    real = len(to_tflite.convert(model, form, inputs))
    assert summary.int8_bytes(model) == pytest.approx(real, rel=0.05)


def test_multiplications_of_every_kind_of_layer():
    inputs = keras.Input((10, 10, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same")(inputs)  # 5*5 places * 3*3*3*4
    x = layers.Conv2D(4, 3, groups=2, padding="same")(x)  # 25 * 3*3*2*4
    x = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)  # 3*3 places * 3*3*8
    x = layers.SeparableConv2D(5, 3, padding="same")(x)  # 9 * (3*3*8 + 8*5)
    x = layers.Flatten()(x)
    inner = keras.Sequential([layers.Dense(7), layers.ReLU()])  # 45 * 7
    model = keras.Model(inputs, inner(x))
    expected = 25 * 108 + 25 * 72 + 9 * 72 + 9 * (72 + 40) + 45 * 7
    assert summary.multiply_accumulates(model) == expected


def test_a_row_a_network():
    def small():
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(3)(inputs))

    (row, _) = summary.rows({"small": small, "lenet5": ARCHITECTURES["lenet5"]})
    assert row == {
        "arch": "small",
        "parameters": 4 * 3 + 3,
        "multiply_accumulates": 4 * 3,
        "int8_kib_about": 1,
    }
