"""Networks from a patch of a picture to what stands there.

Convolutions with shortcuts (He et al., Deep Residual Learning for Image Recognition,
2016), at the end one weight for each place of each channel (as MobileFaceNet's global
depthwise convolution: Chen et al., 2018), for the middle of a patch counts for more
than its corners. ReLU6 keeps the ranges narrow for int8; the outputs are logits.
"""

from dataclasses import dataclass

import keras
from keras import layers

_DROPOUT_SHARE = 0.2


@dataclass(frozen=True)
class PatchNetwork:
    """Size of a network of patches.

    Attributes:
        input_shape: `(height, width, channels)` of a patch.
        channels: Of the convolutions at 1/2, 1/4 and 1/8 of a patch.
        blocks: With a shortcut at each of them.
        hidden_units: Before the outputs.
        num_outputs: Logits.
    """

    input_shape: tuple[int, int, int]
    channels: tuple[int, ...]
    blocks: tuple[int, ...]
    hidden_units: int
    num_outputs: int


def build(size: PatchNetwork, name: str) -> keras.Model:
    """Return a network with fresh weights.

    Args:
        size: How large it is.
        name: Of the network.

    Returns:
        A model from `(N, *input_shape)` float32 in 0..1 to `(N, num_outputs)` logits.
    """
    inputs = keras.Input(size.input_shape)
    x = inputs
    for index, (channels, blocks) in enumerate(
        zip(size.channels, size.blocks, strict=True)
    ):
        x = _convolved(x, channels, kernel=3 if index else 5, strides=2)
        x = layers.ReLU(6.0)(x)
        for _ in range(blocks):
            x = layers.ReLU(6.0)(layers.Add()([x, _convolved(x, channels)]))
    x = layers.DepthwiseConv2D(x.shape[1], use_bias=False)(x)
    x = layers.Flatten()(layers.BatchNormalization(momentum=0.98)(x))
    x = layers.Dropout(_DROPOUT_SHARE)(x)
    x = layers.Dense(size.hidden_units, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(size.num_outputs)(x), name=name)


def _convolved(
    x: keras.KerasTensor, channels: int, *, kernel: int = 3, strides: int = 1
) -> keras.KerasTensor:
    convolve = layers.Conv2D(
        channels, kernel, strides=strides, padding="same", use_bias=False
    )
    return layers.BatchNormalization(momentum=0.98)(convolve(x))
