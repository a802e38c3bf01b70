"""An .onnx file's graph."""

from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from convert.inspect.graph import (
    Graph,
    Operator,
    Shape,
    Tensor,
    TensorQuantization,
    product,
)
from edge_app.common.errors import ModelError


def read(content: bytes) -> Graph:
    """Read the graph of an .onnx file.

    Raises:
        ModelError: It is none, or damaged.
    """
    try:
        model = onnx.load_model_from_string(content)
        if not model.graph.node:
            raise ModelError("an ONNX file without operators")
        onnx.checker.check_model(model)
        return _graph(onnx.shape_inference.infer_shapes(model))
    except ModelError:
        raise
    except Exception as error:  # protobuf, checker and NumPy have classes of their own
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"not an ONNX file, or damaged ({reason})") from error


def _graph(model: onnx.ModelProto) -> Graph:
    constants = {constant.name: constant for constant in model.graph.initializer}
    tensors = _tensors(model, constants)

    def named(name: str) -> Tensor:
        return tensors.get(name) or Tensor(name, (), "unknown")

    opsets = ", ".join(
        f"{opset.domain + ' ' if opset.domain else 'opset '}{opset.version}"
        for opset in model.opset_import
    )
    return Graph(
        file_format=f"ONNX {model.ir_version}, {opsets}",
        inputs=tuple(
            named(value.name)
            for value in model.graph.input
            if value.name not in constants
        ),
        outputs=tuple(named(value.name) for value in model.graph.output),
        operators=tuple(
            _operator(
                node,
                [named(name) for name in node.input if name],
                [named(name) for name in node.output if name],
            )
            for node in model.graph.node
        ),
        metadata={prop.key: prop.value for prop in model.metadata_props},
    )


def _tensors(
    model: onnx.ModelProto, constants: dict[str, onnx.TensorProto]
) -> dict[str, Tensor]:
    tensors = {
        value.name: _described(value)
        for value in (
            *model.graph.value_info,
            *model.graph.input,
            *model.graph.output,
        )
    }
    quantizations = _quantizations(model, constants)
    for name, constant in constants.items():
        tensors[name] = Tensor(
            name,
            tuple(constant.dims),
            _dtype(constant.data_type),
            size_bytes=_size_bytes(constant),
            quantization=quantizations.get(name),
        )
    for name, quantization in quantizations.items():
        if name in tensors and name not in constants:
            known = tensors[name]
            tensors[name] = Tensor(
                name, known.shape, known.dtype, quantization=quantization
            )
    return tensors


def _described(value: Any) -> Tensor:
    kind = value.type.tensor_type
    shape: Shape = tuple(
        dim.dim_value if dim.HasField("dim_value") else dim.dim_param or "free"
        for dim in kind.shape.dim
    )
    return Tensor(value.name, shape, _dtype(kind.elem_type))


def _dtype(code: int) -> str:
    try:
        return str(np.dtype(helper.tensor_dtype_to_np_dtype(code)).name)
    except KeyError:
        return "unknown"


def _size_bytes(constant: onnx.TensorProto) -> int:
    if constant.raw_data:
        return len(constant.raw_data)
    return int(numpy_helper.to_array(constant).nbytes)


def _quantizations(
    model: onnx.ModelProto, constants: dict[str, onnx.TensorProto]
) -> dict[str, TensorQuantization]:
    """Return the quantization of each tensor that is quantized or dequantized."""
    found = {}
    for node in model.graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        parameters = [constants[name] for name in node.input[1:3] if name in constants]
        if len(parameters) < 2:
            continue
        scales, points = (
            numpy_helper.to_array(parameter).ravel() for parameter in parameters
        )
        integer = node.output[0] if node.op_type == "QuantizeLinear" else node.input[0]
        found[integer] = TensorQuantization(
            tuple(float(scale) for scale in scales),
            tuple(int(point) for point in points),
        )
    return found


def _operator(
    node: onnx.NodeProto, inputs: list[Tensor], outputs: list[Tensor]
) -> Operator:
    kind = node.op_type
    macs = 0
    if kind in ("Conv", "ConvInteger"):  # weights (filters, channels, rows, columns)
        macs = product(outputs[0].shape) * product(inputs[1].shape[1:])
    elif kind in ("Gemm", "MatMul", "MatMulInteger"):
        transposed = any(a.name == "transB" and a.i for a in node.attribute)
        depth = inputs[1].shape[-1 if transposed else -2 :][:1]
        macs = product(outputs[0].shape) * product(depth)
    name = f"{node.domain}.{kind}" if node.domain else kind
    return Operator(name, tuple(inputs), tuple(outputs), macs)
