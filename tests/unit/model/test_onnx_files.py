import numpy as np
import pytest

from edge_app.model import runtime

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

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
