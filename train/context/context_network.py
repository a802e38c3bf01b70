"""The context network: from a candidate's patch to what stands there.

Convolutions with shortcuts (He et al., Deep Residual Learning for Image Recognition,
2016), at the end one weight for each place of each channel (as MobileFaceNet's global
depthwise convolution: Chen et al., 2018), for the middle of a patch counts for more
than its corners. ReLU6 keeps the ranges narrow for int8; the outputs are logits.
"""

import keras
from keras import layers

from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.context.patches import NUM_CHANNELS, PATCH_SIZE

_CHANNELS_BY_LEVEL = (16, 32, 64)  # at 1/2, 1/4 and 1/8 of a patch
_BLOCKS = (1, 2, 3)
_HIDDEN_UNITS, _DROPOUT_SHARE = 64, 0.2


def build() -> keras.Model:
    """Return a context network with fresh weights.

    Returns:
        A model from `(N, 48, 48, 3)` float32 in 0..1 (see
        `edge_app.find.context.patches`) to `(N, 14)` logits of `CONTEXT_LABELS`.
    """
    inputs = keras.Input((PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS))
    x = inputs
    for index, (channels, blocks) in enumerate(
        zip(_CHANNELS_BY_LEVEL, _BLOCKS, strict=True)
    ):
        x = _convolved(x, channels, kernel=3 if index else 5, strides=2)
        x = layers.ReLU(6.0)(x)
        for _ in range(blocks):
            x = layers.ReLU(6.0)(layers.Add()([x, _convolved(x, channels)]))
    x = layers.DepthwiseConv2D(x.shape[1], use_bias=False)(x)
    x = layers.Flatten()(layers.BatchNormalization(momentum=0.98)(x))
    x = layers.Dropout(_DROPOUT_SHARE)(x)
    x = layers.Dense(_HIDDEN_UNITS, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(len(CONTEXT_LABELS))(x), name="context")


def _convolved(
    x: keras.KerasTensor, channels: int, *, kernel: int = 3, strides: int = 1
) -> keras.KerasTensor:
    convolve = layers.Conv2D(
        channels, kernel, strides=strides, padding="same", use_bias=False
    )
    return layers.BatchNormalization(momentum=0.98)(convolve(x))
