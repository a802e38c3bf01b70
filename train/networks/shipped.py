"""The shipped networks as Keras models, to go on from.

The repository holds no Keras files; the float32 ONNX file of a network has its weights.
Batch norm was folded into them, so that here it changes nothing.
"""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from edge_app.common.errors import TrainingError
from edge_app.model.classify import MODELS
from train.fit.given_settings import SHIPPED
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
    if arch not in ARCHITECTURES:
        raise TrainingError(f"{arch}: no such shipped network")
    path = file_of(arch, folder)
    model = ARCHITECTURES[arch]()
    fill(model, path)
    return model


def file_of(arch: str, folder: Path = MODELS) -> Path:
    """Return the file with a shipped network's weights.

    Raises:
        TrainingError: There is none.
    """
    path = folder / f"{arch}-float32.onnx"
    if not path.exists():
        raise TrainingError(f"{path}: no such shipped network")
    return path


def start(
    model: keras.Model, start_from: str, load: Callable[[Path], keras.Model]
) -> None:
    """Give a fresh network the weights of a finished run, or the shipped ones.

    Args:
        model: Named as its files are.
        start_from: The run's folder, or `SHIPPED`.
        load: Loads the `.keras` file of a run.

    Raises:
        TrainingError: There is no such network, or it is another one.
    """
    if start_from == SHIPPED:
        fill(model, file_of(model.name))
        return
    run = Path(start_from)
    try:
        model.set_weights(load(run / "best.keras").get_weights())
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{run}: holds no {model.name} network to start from ({error})"
        ) from error


def fill(model: keras.Model, path: Path) -> None:
    """Give a network the weights in an ONNX file.

    Args:
        model: Of the same layers, and perhaps more blocks with a shortcut: those that
            the file lacks pass on what they get until they are trained (as in Goyal et
            al., Accurate, Large Minibatch SGD, 2017, section 5.1). Where several layers
            take the same inputs, as heads do, no two may have kernels of one shape.
        path: The file.

    Raises:
        TrainingError: The file is of another network.
    """
    found = _constants(path)
    expected = [layer for layer in model.layers if isinstance(layer, _WITH_KERNEL)]
    if len(found) % 2 or len(found) > 2 * len(expected):
        raise TrainingError(
            f"{path}: {2 * len(expected)} kernels and biases expected, got {len(found)}"
        )
    norms = _norms(model)
    pairs = list(zip(found[::2], found[1::2], strict=True))
    for layer in norms:
        _set_folded(layer, np.zeros(layer.beta.shape, np.float32))
    for layer in expected:
        shape = tuple(layer.kernel.shape)
        fits = [
            number
            for number, (kernel, _) in enumerate(pairs)
            if kernel.ndim == len(shape) and _as_keras(layer, kernel).shape == shape
        ]
        if not fits:
            norm = next((n for n in norms if n.input is layer.output), None)
            if norm is None or not _is_added(norm, model):
                raise TrainingError(f"{path}: no kernel of {shape} for {layer.name}")
            norm.gamma.assign(np.zeros(norm.gamma.shape, np.float32))
            continue
        kernel, bias = pairs.pop(fits[0])
        if layer.use_bias:
            layer.set_weights([_as_keras(layer, kernel), bias])
        else:
            layer.set_weights([_as_keras(layer, kernel)])
            _set_folded(next(n for n in norms if n.input is layer.output), bias)
    if pairs:
        raise TrainingError(
            f"{path}: {len(pairs)} kernels more than this network has; it is of another"
        )


def with_statistics_of(model: keras.Model, inputs: NDArray[np.float32]) -> None:
    """Give batch norm the statistics of inputs; the network says what it said.

    Folded batch norm has none, and a training that begins without them begins anew.

    Args:
        model: From `fill`; its batch norm only adds a bias yet.
        inputs: `(N, ...)` float32, as the network takes them.
    """
    norms = _norms(model)
    seen = keras.Model(model.inputs, [layer.input for layer in norms])
    for layer, before in zip(norms, seen.predict_on_batch(inputs), strict=True):
        axes = tuple(range(before.ndim - 1))
        mean, variance = before.mean(axis=axes), before.var(axis=axes)
        scale, beta, *_ = layer.get_weights()  # the scale is 1, or 0 of a new block
        gamma = scale * np.sqrt(variance + layer.epsilon)
        layer.set_weights([gamma, beta + scale * mean, mean, variance])


def _norms(model: keras.Model) -> list[keras.layers.BatchNormalization]:
    kind = keras.layers.BatchNormalization
    return [layer for layer in model.layers if isinstance(layer, kind)]


def _is_added(layer: keras.layers.BatchNormalization, model: keras.Model) -> bool:
    """Return whether what a layer gives is added to what its block got."""
    sums = [one for one in model.layers if isinstance(one, keras.layers.Add)]
    return any(part is layer.output for one in sums for part in one.input)


def _set_folded(
    layer: keras.layers.BatchNormalization, bias: NDArray[np.float32]
) -> None:
    """Let batch norm add a bias and change nothing else."""
    ones = np.ones_like(bias)
    layer.set_weights([ones, bias, 0 * ones, ones * np.float32(1 - layer.epsilon)])


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
    return [  # a scalar is where ReLU6 ends
        np.asarray(array)
        for array in arrays
        if array.dtype == np.float32 and array.ndim
    ]


def _as_keras(layer: keras.Layer, kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a kernel with its axes in Keras' order.

    ONNX: (outputs, inputs, height, width), of a depthwise one (channels, 1, ...).
    """
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return kernel.transpose(2, 3, 0, 1)
    return kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel
