import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="converting needs the group train")

from onnx import TensorProto, helper, numpy_helper

from convert.formats import read_onnx
from convert.inspect.graph import TensorQuantization
from edge_app.common.errors import ModelError


def value(name, shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def file(nodes, constants, shape=(1, 3, 8, 6)):
    """An ONNX file's bytes, of nodes between `x` of a shape and `y` of such a rank."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [value("x", shape)],
        [value("y", [None] * len(shape))],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    helper.set_model_props(model, {"labels": "0123"})
    return model.SerializeToString()


def floats(*shape):
    return np.ones(shape, np.float32)


def test_what_a_file_takes_holds_and_says_of_itself():
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"])]
    content = file(nodes, {"w": floats(4, 3, 3, 3)}, ("N", 3, None, 6))
    graph = read_onnx.read(content)
    assert graph.file_format == "ONNX 8, opset 17"
    assert graph.metadata == {"labels": "0123"}
    (source,), (target,) = graph.inputs, graph.outputs
    assert (source.name, source.shape) == ("x", ("N", 3, "free", 6))
    assert (target.name, target.dtype) == ("y", "float32")
    assert target.shape[1] == 4
    (convolution,) = graph.operators
    assert convolution.kind == "Conv"
    assert [tensor.name for tensor in convolution.inputs] == ["x", "w"]
    assert convolution.size_bytes == 4 * 4 * 3 * 3 * 3


@pytest.mark.parametrize(
    ("node", "weights", "shape", "macs"),
    [
        # 6x4 places, 5 filters of 3x3 over 3 channels; of depth 1, one channel each.
        (("Conv", {}), (5, 3, 3, 3), (1, 3, 8, 6), 6 * 4 * 5 * 27),
        (("Conv", {"group": 3}), (3, 1, 3, 3), (1, 3, 8, 6), 6 * 4 * 3 * 9),
        (("Gemm", {}), (7, 10), (2, 7), 2 * 7 * 10),
        (("Gemm", {"transB": 1}), (10, 7), (2, 7), 2 * 7 * 10),
        (("MatMul", {}), (7, 10), ("N", 7), 7 * 10),
        (("Add", {}), (7,), (2, 7), 0),
    ],
)
def test_multiplications_are_counted(node, weights, shape, macs):
    kind, attributes = node
    nodes = [
        helper.make_node(kind, ["x", "w"], ["inner"], **attributes),
        helper.make_node("Identity", ["inner"], ["y"]),
    ]
    graph = read_onnx.read(file(nodes, {"w": floats(*weights)}, shape))
    assert [operator.macs for operator in graph.operators] == [macs, 0]


def test_quantized_weights_and_activations_have_their_scales():
    constants = {
        "scale": np.array(0.5, np.float32),
        "zero": np.array(-3, np.int8),
        "w_int8": np.ones((2, 6), np.int8),
        "w_scales": np.array([0.25, 2], np.float32),
        "w_zeros": np.zeros(2, np.int8),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["x_int8"]),
        helper.make_node("DequantizeLinear", ["x_int8", "scale", "zero"], ["x_again"]),
        helper.make_node(
            "DequantizeLinear", ["w_int8", "w_scales", "w_zeros"], ["w"], axis=0
        ),
        helper.make_node("Gemm", ["x_again", "w"], ["y"], transB=1),
    ]
    graph = read_onnx.read(file(nodes, constants, (1, 6)))
    quantize, _, weights, product = graph.operators
    assert quantize.outputs[0].dtype == "int8"
    assert quantize.outputs[0].quantization == TensorQuantization((0.5,), (-3,))
    assert weights.inputs[0].quantization == TensorQuantization((0.25, 2.0), (0, 0))
    assert weights.inputs[0].size_bytes == 12
    assert product.inputs[0].quantization is None
    assert product.macs == 1 * 2 * 6


def test_constants_that_older_files_list_as_inputs_are_none():
    nodes = [helper.make_node("Add", ["x", "w"], ["y"])]
    model = onnx.load_model_from_string(file(nodes, {"w": floats(6)}))
    model.graph.input.append(value("w", (6,)))
    (source,) = read_onnx.read(model.SerializeToString()).inputs
    assert source.name == "x"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an ONNX file without operators"),
        (b"no model", r"not an ONNX file, or damaged \(.+\)"),
        (
            file([helper.make_node("Swirl", ["x"], ["y"])], {}),
            "No Op registered .*Swirl",
        ),
    ],
    ids=["empty", "text", "an operator that there is not"],
)
def test_no_model(content, message):
    with pytest.raises(ModelError, match=message):
        read_onnx.read(content)
