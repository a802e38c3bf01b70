"""Model files of somebody else's making."""

import numpy as np
import pytest


def taken_as(pixels, images):
    """Images `(N, 28, 28)` uint8 as a model of that range takes them."""
    return pixels(np.asarray(images / np.float32(255), np.float32))


def as_tflite(model, path):
    from convert.formats import to_tflite
    from convert.formats.forms import Form

    path.write_bytes(to_tflite.convert(model, Form("float32", ".tflite")))
    return path


def as_onnx(model, path, shape, *, dtype="FLOAT", pixels=None):
    """The tutorial's network as an ONNX file with an input of another shape or dtype.

    Its format is that of 2017, as in the model zoo: weights are inputs, too.

    Args:
        model: From `trained`.
        path: The file.
        shape: Of the input, the batch first, if it has one.
        dtype: Of the input.
        pixels: The range that its input is to have, of a model of 0..1.
    """
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    kernel, bias, kernel2, bias2 = map(np.array, model.get_weights())
    if pixels is not None:
        gain = pixels.ink - pixels.paper
        bias = bias - (pixels.paper / gain) * kernel.sum(axis=0)
        kernel = kernel / np.float32(gain)
    weights = {
        "flat": np.array([1, -1] if shape[0] in (1, 28, 784) else [0, -1], np.int64),
        "kernel": kernel,
        "bias": bias,
        "kernel2": kernel2,
        "bias2": bias2,
    }
    nodes = [
        helper.make_node("Cast", ["Input3"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["cast", "flat"], ["pixels"]),
        helper.make_node("MatMul", ["pixels", "kernel"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["sum"]),
        helper.make_node("Relu", ["sum"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "kernel2"], ["product2"]),
        helper.make_node("Add", ["product2", "bias2"], ["Plus214_Output_0"]),
    ]
    values = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    inputs = [
        helper.make_tensor_value_info("Input3", getattr(TensorProto, dtype), shape),
        *(
            helper.make_tensor_value_info(value.name, value.data_type, value.dims)
            for value in values
        ),
    ]
    output = helper.make_tensor_value_info(
        "Plus214_Output_0", TensorProto.FLOAT, [shape[0], 10]
    )
    graph = helper.make_graph(nodes, "CNTKGraph", inputs, [output], values)
    opset = helper.make_opsetid("", 8)
    onnx.save(helper.make_model(graph, ir_version=3, opset_imports=[opset]), path)
    return path
