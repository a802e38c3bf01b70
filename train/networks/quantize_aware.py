"""Quantization-aware training: a network that feels int8 while it is fine-tuned.

`quantize_aware` folds each batch norm into the layer before it, lets the weights pass
through a rounding to int8 and puts a `FakeQuant` layer behind each activation. The
gradient passes straight through the rounding (Jacob et al., "Quantization and Training
of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018,
https://arxiv.org/abs/1712.05877). Compile the result, fit it a few epochs with a small
learning rate and save it: `python -m convert` finds the ranges in it.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

_PACKAGE = "edge_digits"
_MOMENTUM = 0.99  # of the ranges, while training
_LEAST_RANGE = 1e-6  # a layer that never fires has a range too
# What passes on numbers without making new ones keeps the range of its input.
_KEEPS_RANGE = (
    layers.MaxPooling2D,
    layers.Flatten,
    layers.Reshape,
    layers.Dropout,
    layers.ZeroPadding2D,
)
# Activations that a TFLite operator applies itself before it rounds its output.
_FUSED = ("relu", "relu6", "linear")


@keras.saving.register_keras_serializable(_PACKAGE)
class FakeQuant(layers.Layer):
    """Rounds its input to the 256 values that int8 can take within a range.

    The range follows the smallest and largest input while training.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the range; it starts out empty and takes the first batch's."""
        for name in ("low", "high"):
            setattr(
                self,
                name,
                self.add_weight(
                    name=name, shape=(), initializer="zeros", trainable=False
                ),
            )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The rounded input, of its shape."""
        if training:
            self._follow(inputs)
        return tf.quantization.fake_quant_with_min_max_vars(
            inputs, self.low, tf.maximum(self.high, self.low + _LEAST_RANGE)
        )

    def set_range(self, values: NDArray[np.float32]) -> None:
        """Take the range of these values, and zero, which int8 must hold exactly."""
        self.low.assign(min(float(values.min()), 0.0))
        self.high.assign(max(float(values.max()), 0.0))

    def _follow(self, inputs: Any) -> None:
        for range_end, seen in (
            (self.low, tf.minimum(tf.reduce_min(inputs), 0.0)),
            (self.high, tf.maximum(tf.reduce_max(inputs), 0.0)),
        ):
            range_end.assign(_MOMENTUM * range_end + (1 - _MOMENTUM) * seen)


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantConv2D(layers.Conv2D):
    """A convolution whose weights are rounded to int8, a scale for each filter."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """The convolution with rounded weights."""
        limit = tf.reduce_max(tf.abs(kernel), axis=(0, 1, 2)) + _LEAST_RANGE
        rounded = tf.quantization.fake_quant_with_min_max_vars_per_channel(
            kernel, -limit, limit, narrow_range=True
        )
        return super().convolution_op(inputs, rounded)


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantDepthwiseConv2D(layers.DepthwiseConv2D):
    """A depthwise convolution whose weights are rounded to int8, one scale for all."""

    def call(self, inputs: Any) -> Any:
        """The convolution with rounded weights."""
        outputs = keras.ops.depthwise_conv(
            inputs,
            _rounded(self.kernel),
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        return self.activation(outputs + self.bias)


@keras.saving.register_keras_serializable(_PACKAGE)
class QuantDense(layers.Dense):
    """A dense layer whose weights are rounded to int8, one scale for all.

    TFLite's converter takes no other fake quantization of a matrix.
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The layer's output with rounded weights."""
        outputs = keras.ops.matmul(inputs, _rounded(self.kernel)) + self.bias
        return self.activation(outputs)


_QUANTIZED: dict[Any, Any] = {
    layers.Conv2D: QuantConv2D,
    layers.DepthwiseConv2D: QuantDepthwiseConv2D,
    layers.Dense: QuantDense,
}


def quantize_aware(model: keras.Model, inputs: NDArray[np.float32]) -> keras.Model:
    """The network to be fine-tuned: batch norm folded, fake-quant layers inserted.

    Args:
        model: A trained functional or sequential network of convolutions, dense layers
            and what stands between them. It is left as it is.
        inputs: Training inputs `(N, height, width, channels)` float32, a few hundred;
            the first ranges come from them.

    Returns:
        An uncompiled network of the same inputs and outputs; one that was never
        quantized before gives nearly the same scores.

    Raises:
        ValueError: It holds a network within the network.
    """
    if any(isinstance(layer, keras.Model) for layer in model.layers):
        raise ValueError("a flat network expected, this one holds another network")
    functional: Any = keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    folded: dict[Any, Any] = dict(_foldable(functional))
    insert = _Insert({str(norm.name) for norm in folded.values()})
    made = keras.models.clone_model(
        functional, clone_function=_quantized, call_function=insert
    )
    for layer in functional.layers:
        if type(layer) in _QUANTIZED:
            made.get_layer(layer.name).set_weights(_weights(layer, folded.get(layer)))
        elif layer.get_weights() and layer.name not in insert.folded:
            made.get_layer(layer.name).set_weights(layer.get_weights())
    for layer in made.layers:  # from the input on: each sees its predecessors' rounding
        if isinstance(layer, FakeQuant):
            layer.set_range(
                keras.Model(made.inputs, layer.input).predict(inputs, verbose=0)
            )
    return made


def is_quantize_aware(model: keras.Model) -> bool:
    """Whether a network has fake-quant layers, hence ranges of its own."""
    return any(isinstance(layer, FakeQuant) for layer in model.layers)


def without_fake_quant(model: keras.Model) -> keras.Model:
    """The float network that a quantization-aware one rounds."""
    plain: dict[Any, Any] = {quantized: own for own, quantized in _QUANTIZED.items()}

    def clone(layer: Any) -> Any:
        kind = plain.get(type(layer), type(layer))
        return kind.from_config(layer.get_config())

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        skipped = isinstance(layer, FakeQuant)
        return inputs[0] if skipped else layer(*inputs, **options)

    functional = keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    copy = keras.models.clone_model(
        functional, clone_function=clone, call_function=call
    )
    for layer in copy.layers:
        layer.set_weights(functional.get_layer(layer.name).get_weights())
    return copy


class _Insert:
    """Calls the copy's layers, a `FakeQuant` before each that takes new numbers."""

    def __init__(self, folded: set[str]) -> None:
        self.folded = folded
        self._rounded: dict[int, Any] = {}

    def __call__(self, layer: Any, inputs: Any, **options: Any) -> Any:
        if layer.name in self.folded:
            return inputs
        if not _is_fused(layer):
            inputs = keras.tree.map_structure(self._round, inputs)
        outputs = layer(inputs, **options)
        activation = getattr(layer, "unfused_activation", None)
        if activation is not None:
            outputs = layers.Activation(activation)(self._round(outputs))
        return outputs

    def _round(self, tensor: Any) -> Any:
        made_by = tensor._keras_history.operation
        if isinstance(made_by, (FakeQuant, *_KEEPS_RANGE)):
            return tensor
        if id(tensor) not in self._rounded:
            # The tensor is kept too, so that its id stays its own.
            self._rounded[id(tensor)] = tensor, FakeQuant()(tensor)
        return self._rounded[id(tensor)][1]


def _is_fused(layer: Any) -> bool:
    if isinstance(layer, layers.ReLU):
        return layer.max_value in (None, 6) and not layer.negative_slope
    return isinstance(layer, layers.Activation) and _name(layer) in _FUSED


def _name(layer: Any) -> str:
    name: str = keras.activations.serialize(layer.activation)
    return name


def _quantized(layer: Any) -> Any:
    """The copy of a layer: its weights rounded, an activation that is not fused out."""
    config = layer.get_config()
    kind = _QUANTIZED.get(type(layer))
    if kind is None:
        return type(layer).from_config(config)
    fused = _name(layer) in _FUSED
    if not fused:
        config["activation"] = "linear"
    copy = kind.from_config({**config, "use_bias": True})
    copy.unfused_activation = None if fused else _name(layer)
    return copy


def _foldable(model: keras.Model) -> Iterator[tuple[Any, Any]]:
    """Each layer with weights that only a batch norm follows, and the batch norm."""
    users: dict[Any, list[Any]] = {}
    for layer in model.layers:
        for tensor in keras.tree.flatten(layer.input):
            users.setdefault(tensor._keras_history.operation, []).append(layer)
    for layer, following in users.items():
        if (
            type(layer) in _QUANTIZED
            and len(following) == 1
            and isinstance(following[0], layers.BatchNormalization)
            and _name(layer) == "linear"
        ):
            yield layer, following[0]


def _weights(layer: Any, norm: Any) -> list[NDArray[np.float32]]:
    """Kernel and bias of a layer with the batch norm behind it, if any, folded in."""
    kernel = layer.kernel.numpy()
    depthwise = isinstance(layer, layers.DepthwiseConv2D)
    shape = kernel.shape[-2:] if depthwise else kernel.shape[-1:]
    bias = layer.bias.numpy() if layer.use_bias else np.zeros(shape, np.float32)
    if norm is None:
        return [kernel, bias.reshape(-1)]
    gamma = norm.gamma.numpy() if norm.scale else np.float32(1)
    beta = norm.beta.numpy() if norm.center else np.float32(0)
    factor = gamma / np.sqrt(norm.moving_variance.numpy() + norm.epsilon)
    shifted = (bias.reshape(-1) - norm.moving_mean.numpy()) * factor + beta
    return [kernel * factor.reshape(shape), shifted]


def _rounded(kernel: Any) -> Any:
    limit = tf.reduce_max(tf.abs(kernel)) + _LEAST_RANGE
    return tf.quantization.fake_quant_with_min_max_vars(
        kernel, -limit, limit, narrow_range=True
    )
