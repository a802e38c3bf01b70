import numpy as np
import pytest

from edge_app.model import classify, runtime
from edge_app.model.runtime.onnx_files import ONNXModel, ONNXPictures

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

_PIXELS, _LABELS = 28 * 28, 10


def _summing_model():
    """Return a quantized ONNX file whose every score is the sum of a picture's pixels.

    All weights are the largest that int8 has.
    """
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    constants = {
        "flat": np.array([-1, _PIXELS], np.int64),
        "pixel_scale": np.float32(1 / 255),
        "pixel_zero": np.uint8(0),
        "weights": np.full((_PIXELS, _LABELS), 127, np.int8),
        "weight_scale": np.float32(1 / 127),
        "weight_zero": np.int8(0),
        "sum_scale": np.float32(_PIXELS / 255),
        "sum_zero": np.uint8(0),
    }
    nodes = [
        ("Reshape", ["input", "flat"], "row"),
        ("QuantizeLinear", ["row", "pixel_scale", "pixel_zero"], "row_q"),
        ("DequantizeLinear", ["row_q", "pixel_scale", "pixel_zero"], "row_dq"),
        ("DequantizeLinear", ["weights", "weight_scale", "weight_zero"], "weights_dq"),
        ("MatMul", ["row_dq", "weights_dq"], "sum"),
        ("QuantizeLinear", ["sum", "sum_scale", "sum_zero"], "sum_q"),
        ("DequantizeLinear", ["sum_q", "sum_scale", "sum_zero"], "scores"),
    ]
    number = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node(kind, sources, [to]) for kind, sources, to in nodes],
        "sums",
        [helper.make_tensor_value_info("input", number, ["batch", 28, 28, 1])],
        [helper.make_tensor_value_info("scores", number, ["batch", _LABELS])],
        [numpy_helper.from_array(np.array(v), k) for k, v in constants.items()],
    )
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    return model.SerializeToString()


def test_quantized_sums_do_not_overflow(tmp_path):
    model = runtime.load(tmp_path / "sums.onnx", _summing_model())
    white = np.ones((1, 28, 28, 1), np.float32)
    np.testing.assert_allclose(model(white), _PIXELS, rtol=0.01)


def _means(shape, dtype):
    """Return an ONNX file whose ten scores are the mean of a picture's pixels."""
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    tensor = onnx.TensorProto
    constants = {
        "flat": np.array([-1, _PIXELS], np.int64),
        "share": np.full((_PIXELS, _LABELS), 1 / _PIXELS, np.float32),
    }
    nodes = [
        helper.make_node("Cast", ["input"], ["real"], to=tensor.FLOAT),
        helper.make_node("Reshape", ["real", "flat"], ["row"]),
        helper.make_node("MatMul", ["row", "share"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("input", getattr(tensor, dtype), shape)],
        [helper.make_tensor_value_info("scores", tensor.FLOAT, ["N", _LABELS])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(
        graph, opset_imports=[opset], ir_version=8
    ).SerializeToString()


@pytest.mark.parametrize(
    ("shape", "dtype", "input_shape", "input_dtype"),
    [
        (["N", 28, 28, 1], "FLOAT", (28, 28, 1), "float32"),
        ([4, 28, 28, 1], "FLOAT", (28, 28, 1), "float32"),  # as many at a time
        ([None, 1, 784], "DOUBLE", (1, 784), "float64"),
        ([28, 28], "FLOAT", (28, 28), "float32"),  # no batch
        (["N", 784], "UINT8", (784,), "uint8"),
    ],
)
def test_pictures_go_in_as_the_file_takes_them(shape, dtype, input_shape, input_dtype):
    model = ONNXModel(_means(shape, dtype), onnxruntime=onnxruntime, num_threads=1)
    assert (model.input_shape, model.num_outputs) == (input_shape, _LABELS)
    assert model.input_dtype == input_dtype
    count = 1 if shape[0] == 28 else 5
    levels = np.arange(count, dtype=np.float32)
    inputs = np.ones((count, *input_shape), np.float32)
    inputs *= levels.reshape(-1, *[1] * len(input_shape))
    scores = model(inputs)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, np.repeat(levels[:, np.newaxis], 10, 1), 1e-4)


def test_maps_are_as_fine_as_the_picture():
    content = (classify.MODELS / "page-float32.onnx").read_bytes()
    model = ONNXPictures(content, onnxruntime=onnxruntime, num_threads=1)
    for shape in ((32, 64), (48, 32)):
        maps = model(np.full(shape, 200, np.uint8))
        assert tuple(maps) == model.num_channels
        for channels, (values, quantization) in maps.items():
            assert values.shape == (shape[0] // 4, shape[1] // 4, channels)
            assert quantization.dtype == np.float32
