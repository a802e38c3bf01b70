"""The networks, one small function each."""

from collections.abc import Callable

import keras
from keras import layers

from edge_app import normalise

INPUT_SHAPE = (normalise.INPUT_SIZE, normalise.INPUT_SIZE, 1)


def report() -> keras.Model:
    """The report's CNN: two convolutions, one hidden dense layer, 225,930 parameters.

    Batch norm stands before each ReLU, so that converters fold it into the weights;
    behind it, it would stay an operator of its own whose int8 range the channel with
    the least variance would spoil.

    Input `(N, 28, 28, 1)` float32 in 0..1, output `(N, 10)` probabilities.
    """
    inputs = keras.Input(INPUT_SHAPE)
    x = inputs
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(0.2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Dropout(0.4)(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="report")


ARCHITECTURES: dict[str, Callable[[], keras.Model]] = {"report": report}
