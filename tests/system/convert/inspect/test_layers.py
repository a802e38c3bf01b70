import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

import keras
import numpy as np
from onnx import helper

from convert.formats import prepare, to_tflite
from convert.formats.forms import Form
from convert.inspect import layers
from edge_app.common.errors import ConversionError

pytestmark = pytest.mark.slow  # whole conversions

FLOAT32, INT8 = Form("float32", ".tflite"), Form("int8", ".tflite")


@pytest.fixture(scope="module")
def convert(small_source):
    model = prepare.for_conversion(small_source.model, batch_size=None)
    return lambda form: to_tflite.convert(model, form, small_source.calibration)


@pytest.fixture(scope="module")
def plain(convert):
    return convert(FLOAT32)


def compared(source, content, plain):
    return layers.errors(".tflite", content, plain, source.model, source.calibration)


def test_a_file_against_itself_names_each_layer(small_source, plain):
    found = compared(small_source, plain, plain)
    assert [layer_error.error for layer_error in found] == [0.0] * len(found)
    assert [layer_error.layer for layer_error in found if layer_error.layer] == [
        "seen",
        "flat",
        "scores",
    ]
    assert found[0].tensor == "CONV_2D 0"


def test_rounding_to_eight_bits_is_seen_in_each_layer(small_source, convert, plain):
    found = compared(small_source, convert(INT8), plain)
    assert [layer_error.layer for layer_error in found if layer_error.layer] == [
        "seen",
        "flat",
        "scores",
    ]
    assert all(0 < layer_error.error < 0.05 for layer_error in found)


def test_the_layer_that_is_wrong_is_named(small_source, plain):
    other = keras.models.clone_model(small_source.model)
    weights = small_source.model.get_weights()
    weights[2] = 1.5 * weights[2]  # of the dense layer
    other.set_weights(weights)
    model = prepare.for_conversion(other, batch_size=None)
    found = compared(small_source, to_tflite.convert(model, FLOAT32), plain)
    assert {
        layer_error.layer: layer_error.error > 1e-6
        for layer_error in found
        if layer_error.layer
    } == {
        "seen": False,
        "flat": False,
        "scores": True,
    }
    product = next(
        layer_error
        for layer_error in found
        if layer_error.tensor.startswith("FULLY_CONNECTED")
    )
    assert product.error == pytest.approx(0.5, abs=0.1)  # but for the bias


def test_files_without_a_common_operator_cannot_be_compared(small_source, plain):
    inputs = keras.Input((8, 8, 1), name="input")
    model = keras.Model(inputs, keras.layers.Rescaling(2.0)(inputs))
    with pytest.raises(ConversionError, match="operators are other ones than those"):
        compared(small_source, to_tflite.convert(model, FLOAT32), plain)


def onnx_file(factor):
    """A product, then the half of it, of rounded values where there is a factor."""
    rounded = [
        helper.make_node("QuantizeLinear", ["product", "step"], ["q"]),
        helper.make_node(
            "DequantizeLinear", ["q", "step"], ["product_DequantizeLinear_Output"]
        ),
    ]
    last = "product_DequantizeLinear_Output" if factor else "product"
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["input", "weights"], ["product"]),
            *(rounded if factor else []),
            helper.make_node("Mul", [last, "half"], ["output_0"]),
        ],
        "model",
        [helper.make_tensor_value_info("input", 1, ["batch", 2])],
        [helper.make_tensor_value_info("output_0", 1, ["batch", 2])],
        [
            helper.make_tensor("weights", 1, (2, 2), [1.0, 0.0, 0.0, 1.0]),
            helper.make_tensor("half", 1, (), [0.5]),
            helper.make_tensor("step", 1, (), [factor or 1.0]),
        ],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    return model.SerializeToString()


def test_onnx_tensors_are_compared_after_their_rounding():
    inputs = keras.Input((2,))
    scores = keras.layers.Rescaling(0.5, name="halved")(inputs)
    model = keras.Model(inputs, scores)
    images = np.array([[3.0, 4.0]], np.float32)
    found = layers.errors(".onnx", onnx_file(1.5), onnx_file(None), model, images)
    # In steps of 1.5, the 4 is 4.5: half a unit of five.
    assert [(layer_error.layer, layer_error.tensor) for layer_error in found] == [
        ("", "product"),
        ("halved", "output_0"),
    ]
    assert [layer_error.error for layer_error in found] == pytest.approx([0.1, 0.1])
