"""The shipped networks as Keras models, to go on from.

The repository holds no Keras files; the float32 ONNX file of a network has its weights.
Batch norm was folded into them, so that here it changes nothing.
"""

from pathlib import Path

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from edge_app.common.errors import TrainingError
from edge_app.model.classify import MODELS
from train.networks.architectures import ARCHITECTURES

_WITH_KERNEL = (
    keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense
)  # fmt: skip


def network(arch: str, folder: Path = MODELS) -> keras.Model:
    """Return a shipped network with its weights.

    Args:
        arch: A key of `ARCHITECTURES`, such as `edge`.
        folder: Where its files are.

    Raises:
        TrainingError: There is no such file, or it is of another network.
    """
    path = folder / f"{arch}-float32.onnx"
    if arch not in ARCHITECTURES or not path.exists():
        raise TrainingError(f"{path}: no such shipped network")
    model = ARCHITECTURES[arch]()
    found = _constants(path)
    expected = [layer for layer in model.layers if isinstance(layer, _WITH_KERNEL)]
    if len(found) != 2 * len(expected):
        raise TrainingError(
            f"{path}: {2 * len(expected)} kernels and biases expected, got {len(found)}"
        )
    pairs = zip(expected, found[::2], found[1::2], strict=True)
    for layer, kernel, bias in pairs:
        as_keras = _as_keras(layer, kernel)
        if as_keras.shape != tuple(layer.kernel.shape):
            raise TrainingError(f"{path}: {layer.name} does not fit {as_keras.shape}")
        layer.set_weights([as_keras, bias])
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            ones = np.ones(layer.gamma.shape, np.float32)
            layer.set_weights(
                [ones, 0 * ones, 0 * ones, ones * np.float32(1 - layer.epsilon)]
            )
    return model


def _constants(path: Path) -> list[NDArray[np.float32]]:
    """Return kernels and biases in the order in which they are used."""
    graph = onnx.load(path).graph
    constants = {constant.name: constant for constant in graph.initializer}
    arrays = (
        numpy_helper.to_array(constants[name])
        for node in graph.node
        for name in node.input
        if name in constants
    )
    return [np.asarray(array) for array in arrays if array.dtype == np.float32]


def _as_keras(layer: keras.Layer, kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a kernel with its axes in Keras' order.

    ONNX: (outputs, inputs, height, width), of a depthwise one (channels, 1, ...).
    """
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return kernel.transpose(2, 3, 0, 1)
    return kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel
