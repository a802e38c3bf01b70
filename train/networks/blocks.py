"""The blocks that the networks are made of."""

from dataclasses import dataclass

import keras
from keras import layers

from edge_app.model import normalize

INPUT_SHAPE = (normalize.INPUT_SIZE, normalize.INPUT_SIZE, 1)


@dataclass(frozen=True)
class Scaling:
    """Standardize an input within the model: `(input - mean) / deviation`."""

    mean: float
    deviation: float


def standardized_input(
    scaling: Scaling | None,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return the input of a network, and the same standardized."""
    inputs = keras.Input(INPUT_SHAPE)
    if scaling is None:
        return inputs, inputs
    standardize = layers.Rescaling(
        1.0 / scaling.deviation, -scaling.mean / scaling.deviation
    )
    return inputs, standardize(inputs)


def convolved(
    x: keras.KerasTensor,
    filters: int,
    *,
    size: int = 3,
    strides: int = 1,
    padding: str = "same",
) -> keras.KerasTensor:
    """Return what a convolution with batch norm and ReLU makes of `x`."""
    x = layers.Conv2D(filters, size, strides=strides, padding=padding)(x)
    # Runs of a few hundred steps need averages that follow faster than Keras' 0.99.
    x = layers.BatchNormalization(momentum=0.98)(x)
    return layers.ReLU()(x)


def classifier(
    inputs: keras.KerasTensor, x: keras.KerasTensor, num_outputs: int, name: str
) -> keras.Model:
    """Return the network that ends with probabilities of `num_outputs` made of `x`."""
    outputs = layers.Dense(num_outputs, activation="softmax")(x)
    return keras.Model(inputs, outputs, name=name)
