"""The page networks: fully convolutional, from a gray picture to what stands where.

Only operators that XNNPACK runs in int8 in one piece: convolutions, additions and
`depth_to_space`; ReLU6 keeps the ranges narrow. No sigmoid or softmax: the outputs are
logits. The layout is a small CenterNet's (Zhou, Wang and Kraehenbuehl, Objects as
Points, 2019) with one top-down pathway (Lin et al., Feature Pyramid Networks, 2017).
"""

from pathlib import Path

import keras
from keras import layers

from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, Kind
from train.page.page_settings import SIZES


def build(arch: str) -> keras.Model:
    """Return a page network with fresh weights.

    Args:
        arch: A key of `SIZES`.

    Returns:
        A model from `(N, H, W, 1)` float32 in 0..1, H and W multiples of 16, to logits
        of the kinds, sizes and ink, each at a quarter of the picture's size (see
        `edge_app.find.page.maps`).
    """
    size = SIZES[arch]
    inputs = keras.Input((None, None, 1))
    levels = []
    # 6x6: a stroke that crosses the seam of two 4x4 cells is seen by both.
    x = _convolved(inputs, size.channels[0], kernel=6, strides=STRIDE)
    for index, (channels, blocks) in enumerate(
        zip(size.channels, size.blocks, strict=True)
    ):
        if index:
            x = _convolved(x, channels, strides=2)
        for _ in range(blocks):
            x = _block(x)
        levels.append(x)
    for finer in reversed(levels[:-1]):
        wide = layers.Conv2D(4 * finer.shape[-1], 1)(x)
        x = _block(layers.Add()([Enlarge()(wide), finer]))
    x = _convolved(x, size.head)
    outputs = {
        # A rare kind's first loss must not drown the others: focal loss' prior of 1%.
        "kinds": layers.Conv2D(
            len(Kind), 1, bias_initializer=keras.initializers.Constant(-4.6)
        )(x),
        "sizes": layers.Conv2D(NUM_SIZES, 1)(x),
        "ink": layers.Conv2D(NUM_INK, 1)(x),
    }
    return keras.Model(inputs, outputs, name=arch)


def load(path: Path) -> keras.Model:
    """Return the page network in a `.keras` file; its own layers are known here."""
    return keras.saving.load_model(path, compile=False)


@keras.saving.register_keras_serializable("edge-digits")
class Enlarge(layers.Layer):
    """Four channels of a cell become its 2x2 finer cells."""

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return `(N, 2H, 2W, C / 4)` for `(N, H, W, C)`."""
        return keras.ops.depth_to_space(inputs, 2)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Return the shape of what `call` returns."""
        count, height, width, channels = input_shape
        return (
            count,
            None if height is None else 2 * height,
            None if width is None else 2 * width,
            None if channels is None else channels // 4,
        )


def _convolved(
    x: keras.KerasTensor, channels: int, *, kernel: int = 3, strides: int = 1
) -> keras.KerasTensor:
    return layers.ReLU(6.0)(_normalized(x, channels, kernel, strides))


def _block(x: keras.KerasTensor) -> keras.KerasTensor:
    added = layers.Add()([x, _normalized(x, x.shape[-1], 3, 1)])
    return layers.ReLU(6.0)(added)


def _normalized(
    x: keras.KerasTensor, channels: int, kernel: int, strides: int
) -> keras.KerasTensor:
    convolve = layers.Conv2D(
        channels, kernel, strides=strides, padding="same", use_bias=False
    )
    return layers.BatchNormalization(momentum=0.98)(convolve(x))
