"""Layer by layer: where a converted file departs from Keras.

ONNX Runtime's own tool, `onnxruntime.quantization.qdq_loss_debug`, flattens what it
collects, in no order; layers are known here by shapes, and TFLite's with the same code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import onnx
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from onnxruntime.quantization.quant_utils import DEQUANT_OUTPUT_SUFFIX

from edge_app.common.errors import ConversionError
from edge_app.common.process.quiet import quiet
from edge_app.model.runtime import Quantization

Activations = dict[str, NDArray[np.float32]]

# Relative error below which a float tensor is a Keras layer's output.
_SAME_BELOW_ERROR = 1e-3
_CASTS = ("QUANTIZE", "DEQUANTIZE", "SHAPE", "STRIDED_SLICE", "PACK", "CAST")


@dataclass(frozen=True)
class LayerError:
    """One operator's output against the same in float32.

    Attributes:
        layer: The Keras layer that computes the same; empty if none does.
        tensor: The file's own name for it, or the operator's.
        error: Root mean square of the difference, relative to that of the values.
    """

    layer: str
    tensor: str
    error: float


def errors(
    suffix: str,
    content: bytes,
    plain: bytes,
    model: keras.Model,
    inputs: NDArray[np.float32],
) -> list[LayerError]:
    """Return the error of each operator's output, in the order of execution.

    Args:
        suffix: `.tflite` or `.onnx`.
        content: The converted file.
        plain: The same model converted to float32, in the same format.
        model: The Keras model, which names the layers.
        inputs: `(N, height, width, channels)` float32, some images.

    Raises:
        ConversionError: The two files do not compute the same things.
    """
    read = _onnx if suffix == ".onnx" else _tflite
    float_values, values = read(plain, inputs), read(content, inputs)
    layers = _keras(model, inputs)
    found = [
        LayerError(_layer(layers, expected), name, _error(values[name], expected))
        for name, expected in float_values.items()
        if name in values and values[name].shape == expected.shape
    ]
    if not found:
        raise ConversionError(
            "the file's operators are other ones than those of its float32 form, so "
            "they cannot be compared"
        )
    return found


def _error(values: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    size = float(np.linalg.norm(expected))
    return float(np.linalg.norm(values - expected)) / size if size else 0.0


def _keras(model: keras.Model, inputs: NDArray[np.float32]) -> Activations:
    layers = [
        layer
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]
    outputs = keras.Model(model.inputs, [layer.output for layer in layers])
    values = keras.tree.flatten(outputs.predict(inputs, verbose=0))
    return {layer.name: value for layer, value in zip(layers, values, strict=True)}


def _layer(layers: Activations, values: NDArray[np.float32]) -> str:
    """Return the first layer with these values, in either order of its channels."""
    if values.ndim == 4:
        return _named(layers, values) or _named(layers, values.transpose(0, 2, 3, 1))
    return _named(layers, values)


def _named(layers: Activations, values: NDArray[np.float32]) -> str:
    fitting = (
        name
        for name, expected in layers.items()
        if expected.shape == values.shape
        and _error(values, expected) < _SAME_BELOW_ERROR
    )
    return next(fitting, "")


def _tflite(content: bytes, inputs: NDArray[np.float32]) -> Activations:
    """Return dequantized outputs of the computing operators, by position and kind."""
    with quiet():
        interpreter = Interpreter(
            model_content=content, experimental_preserve_all_tensors=True
        )
        interpreter.allocate_tensors()
    (source,) = interpreter.get_input_details()
    details = {detail["index"]: detail for detail in interpreter.get_tensor_details()}
    named = {
        f"{operator['op_name']} {position}": details[int(operator["outputs"][0])]
        for position, operator in enumerate(
            operator
            for operator in interpreter._get_ops_details()
            if operator["op_name"] not in (*_CASTS, "DELEGATE")
        )
    }
    collected: dict[str, list[NDArray[np.float32]]] = {name: [] for name in named}
    for index in range(len(inputs)):
        interpreter.set_tensor(
            source["index"],
            _quantization(source).quantize(inputs[index : index + 1]),
        )
        interpreter.invoke()
        for name, detail in named.items():
            value = interpreter.get_tensor(detail["index"])
            collected[name].append(_quantization(detail).dequantize(value))
    return {name: np.concatenate(values) for name, values in collected.items()}


def _quantization(details: Any) -> Quantization:
    scale, zero_point = details["quantization"]
    return Quantization(np.dtype(details["dtype"]), scale, zero_point)


def _onnx(content: bytes, inputs: NDArray[np.float32]) -> Activations:
    """Return outputs of the operators by name, those of QDQ pairs after rounding."""
    model = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(content))
    known = {value.name for value in model.graph.output}
    floats = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
    constants = {constant.name for constant in model.graph.initializer}
    in_order = list(_computed(model, constants))
    for value in list(model.graph.value_info):
        is_float = value.type.tensor_type.elem_type in floats
        if is_float and value.name not in known and value.name in in_order:
            model.graph.output.append(value)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Fused operators would not give what is asked for.
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    source = session.get_inputs()[0]
    size = source.shape[0] if isinstance(source.shape[0], int) else len(inputs)
    names = [value.name for value in session.get_outputs()]
    runs = [
        session.run(names, {source.name: inputs[i : i + size]})
        for i in range(0, len(inputs), size)
    ]
    values = {
        name: np.concatenate(parts).astype(np.float32)
        for name, parts in zip(names, zip(*runs, strict=True), strict=True)
    }
    rounded = {
        name.removesuffix(DEQUANT_OUTPUT_SUFFIX): value
        for name, value in values.items()
        if name.endswith(DEQUANT_OUTPUT_SUFFIX)
    }
    values |= rounded
    return {name: values[name] for name in in_order if name in values}


def _computed(model: onnx.ModelProto, constants: set[str]) -> Iterator[str]:
    """Yield outputs that depend on the input, hence have its batch in front."""
    for node in model.graph.node:
        if not all(name in constants for name in node.input if name):
            yield from node.output
        else:
            constants |= set(node.output)
