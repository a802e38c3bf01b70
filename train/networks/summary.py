"""The cost of each network: parameters, multiplications, bytes."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
from keras import layers

# Besides one byte a weight, an int8 TFLite file holds for each output channel a bias of
# four bytes, a scale of four and a zero point of eight, and for each layer's place in
# the graph about this much, as measured on our own files.
_BYTES_A_CHANNEL = 16
_BYTES_A_LAYER = 1_100


def rows(
    architectures: Mapping[str, Callable[[], keras.Model]],
) -> list[dict[str, Any]]:
    """Return each network's name, parameters, multiply-accumulates and int8 size.

    The size is an estimate, within some percent of the file that `python -m convert`
    writes: batch norm is folded into the weights, as converters do.
    """
    found = []
    for name, build in architectures.items():
        model = build()
        found.append(
            {
                "arch": name,
                "parameters": model.count_params(),
                "multiply_accumulates": multiply_accumulates(model),
                "int8_kib_about": round(int8_bytes(model) / 1024),
            }
        )
    return found


def multiply_accumulates(model: keras.Model) -> int:
    """Count those of one input through a model's convolutions and dense layers.

    The rest (pooling, activations, batch norm, which is folded) costs next to nothing.
    """
    return sum(map(_multiplications, _layers(model)))


def int8_bytes(model: keras.Model) -> int:
    """Estimate how large the model is as int8 TFLite."""
    return sum(
        math.prod(kernel) + _BYTES_A_CHANNEL * kernel[-1] + _BYTES_A_LAYER
        for layer in _layers(model)
        for kernel in _kernels(layer)
    )


def _layers(model: keras.Model) -> Iterator[keras.Layer]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer


def _kernels(layer: keras.Layer) -> list[tuple[int, ...]]:
    """Return the shapes of a layer's weights but for biases, output channels last."""
    if isinstance(layer, layers.SeparableConv2D):
        return [
            _by_channel(tuple(layer.depthwise_kernel.shape)),
            tuple(layer.pointwise_kernel.shape),
        ]
    if isinstance(layer, layers.DepthwiseConv2D):
        return [_by_channel(tuple(layer.kernel.shape))]
    if isinstance(layer, layers.Conv2D | layers.Dense):
        return [tuple(layer.kernel.shape)]
    return []


def _by_channel(depthwise: tuple[int, ...]) -> tuple[int, ...]:
    height, width, channels, multiplier = depthwise
    return height, width, channels * multiplier


def _multiplications(layer: keras.Layer) -> int:
    """Count multiplications: each weight once at each place of the output."""
    kernels = _kernels(layer)
    if not kernels:
        return 0
    # `(N, height, width, channels)`, or `(N, units)` of a dense layer.
    places = math.prod(layer.output.shape[1:-1])
    return int(places * sum(map(math.prod, kernels)))
