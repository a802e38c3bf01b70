"""A .tflite file's graph, read with the published FlatBuffers schema."""

import dataclasses
import math
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convert.inspect.graph import Graph, Operator, Tensor, TensorQuantization, product
from edge_app.common.errors import ModelError

_IDENTIFIER = b"TFL3"  # https://github.com/google-ai-edge/LiteRT, schema.fbs


def _names(enumeration: type) -> dict[int, str]:
    return {v: k for k, v in vars(enumeration).items() if isinstance(v, int)}


_OPERATOR_NAMES = _names(schema.BuiltinOperator)
_DTYPES = {code: name.lower() for code, name in _names(schema.TensorType).items()}


def read(content: bytes) -> Graph:
    """Read the graph of a .tflite file's first subgraph.

    Raises:
        ModelError: It is none, or damaged.
    """
    if content[4:8] != _IDENTIFIER:
        raise ModelError("not a TFLite file: it lacks the mark TFL3")
    try:
        return _graph(schema.Model.GetRootAs(content, 0), content)
    except ModelError:
        raise
    except Exception as error:  # a damaged offset fails in any way Python knows
        raise ModelError(f"a damaged TFLite file ({error!r})") from error


def _graph(model: Any, content: bytes) -> Graph:
    if model.SubgraphsLength() < 1:
        raise ModelError("a TFLite file without a graph")
    subgraph = model.Subgraphs(0)
    _check_count(subgraph.OperatorsLength() + subgraph.TensorsLength(), content)
    tensors = [
        _tensor(model, subgraph.Tensors(index))
        for index in range(subgraph.TensorsLength())
    ]
    operators = tuple(
        _operator(
            _kind(model.OperatorCodes(operator.OpcodeIndex())),
            [tensors[i] for i in _ints(operator.InputsAsNumpy()) if i >= 0],
            [tensors[i] for i in _ints(operator.OutputsAsNumpy())],
        )
        for operator in map(subgraph.Operators, range(subgraph.OperatorsLength()))
    )
    names = _signature(model)
    inputs, outputs = (
        tuple(
            dataclasses.replace(tensors[i], name=names.get(i, tensors[i].name))
            for i in _ints(array)
        )
        for array in (subgraph.InputsAsNumpy(), subgraph.OutputsAsNumpy())
    )
    return Graph(
        file_format=f"TFLite, schema {model.Version()}",
        inputs=inputs,
        outputs=outputs,
        operators=operators,
        metadata=_metadata(model),
    )


def _metadata(model: Any) -> dict[str, str]:
    """Return what a model says of itself, and the least runtime that executes it."""
    metadata = {"description": (model.Description() or b"").decode(errors="replace")}
    for entry in map(model.Metadata, range(model.MetadataLength())):
        name = (entry.Name() or b"").decode(errors="replace")
        buffer = _bytes(model.Buffers(entry.Buffer()))
        if name == "min_runtime_version":
            metadata[name] = buffer.rstrip(b"\0").decode(errors="replace")
    return metadata


def _signature(model: Any) -> dict[int, str]:
    """Return callers' names of inputs and outputs by tensor; old files have none."""
    names = {}
    for index in range(min(model.SignatureDefsLength(), 1)):
        signature = model.SignatureDefs(index)
        for tensor in (
            *map(signature.Inputs, range(signature.InputsLength())),
            *map(signature.Outputs, range(signature.OutputsLength())),
        ):
            names[tensor.TensorIndex()] = (tensor.Name() or b"").decode(
                errors="replace"
            )
    return names


def _check_count(count: int, content: bytes) -> None:
    if count > len(content):  # operator takes several bytes at least
        raise ModelError(f"a damaged TFLite file: {count} tensors and operators in it")


def _tensor(model: Any, tensor: Any) -> Tensor:
    shape = [int(n) for n in _ints(tensor.ShapeAsNumpy())]
    signature = [int(n) for n in _ints(tensor.ShapeSignatureAsNumpy())] or shape
    free: dict[int, str] = {
        i: "batch" if i == 0 else f"free{i}" for i, n in enumerate(signature) if n < 0
    }
    return Tensor(
        name=(tensor.Name() or b"").decode(errors="replace"),
        shape=tuple(free.get(i, n) for i, n in enumerate(shape)),
        dtype=_DTYPES[tensor.Type()],
        size_bytes=len(_bytes(model.Buffers(tensor.Buffer()))),
        quantization=_quantization(tensor.Quantization()),
    )


def _quantization(quantization: Any) -> TensorQuantization | None:
    if quantization is None or not quantization.ScaleLength():
        return None
    zero_points = (
        _ints(quantization.ZeroPointAsNumpy()) or [0] * quantization.ScaleLength()
    )
    return TensorQuantization(
        tuple(float(scale) for scale in quantization.ScaleAsNumpy()),
        tuple(int(point) for point in zero_points),
    )


def _kind(code: Any) -> str:
    # Old files have the first 127 operators in the narrow field only.
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if number == schema.BuiltinOperator.CUSTOM:
        return f"CUSTOM:{(code.CustomCode() or b'').decode(errors='replace')}"
    return _OPERATOR_NAMES[number]


def _operator(kind: str, inputs: list[Tensor], outputs: list[Tensor]) -> Operator:
    macs = 0
    if kind == "CONV_2D":  # weights (filters, rows, columns, channels)
        macs = product(outputs[0].shape) * math.prod(_fixed(inputs[1])[1:])
    elif kind == "DEPTHWISE_CONV_2D":  # weights (1, rows, columns, channels)
        macs = product(outputs[0].shape) * math.prod(_fixed(inputs[1])[1:3])
    elif kind == "TRANSPOSE_CONV":  # output shape, weights, input
        macs = product(inputs[2].shape) * math.prod(_fixed(inputs[1])[:3])
    elif kind == "FULLY_CONNECTED":  # weights (units, inputs)
        macs = product(outputs[0].shape) * _fixed(inputs[1])[-1]
    elif kind == "BATCH_MATMUL":
        macs = product(outputs[0].shape) * _fixed(inputs[0])[-1]
    return Operator(kind, tuple(inputs), tuple(outputs), macs)


def _fixed(tensor: Tensor) -> list[int]:
    return [size if isinstance(size, int) else 1 for size in tensor.shape]


def _ints(array: Any) -> list[int]:
    """Return a vector as a list: FlatBuffers gives 0 for one that is not there."""
    return array.tolist() if isinstance(array, np.ndarray) else []


def _bytes(buffer: Any) -> bytes:
    data = buffer.DataAsNumpy()
    return data.tobytes() if isinstance(data, np.ndarray) else b""
