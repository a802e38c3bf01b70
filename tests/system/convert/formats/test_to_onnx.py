import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from pathlib import Path

import numpy as np
import onnx

from convert.conversion_options import OnnxOptions
from convert.formats import prepare, to_onnx, to_tflite
from convert.formats.forms import FLOAT_TFLITE
from edge_app.common.errors import ConversionError
from edge_app.model import runtime

pytestmark = pytest.mark.slow  # whole conversions

OPTIONS = OnnxOptions()


@pytest.fixture(scope="module")
def model(small_source):
    return prepare.for_conversion(small_source.model, batch_size=None)


@pytest.fixture(scope="module")
def plain(small_source, model):
    tflite = to_tflite.convert(model, FLOAT_TFLITE)
    return to_onnx.float32(model, tflite, small_source.calibration[:2], OPTIONS)


def scores(made, inputs):
    content = made.SerializeToString()
    return runtime.load(Path("a.onnx"), content)(inputs)


def dtypes(made):
    return {onnx.TensorProto.DataType.Name(c.data_type) for c in made.graph.initializer}


def test_float32_says_what_keras_says(small_source, plain):
    inputs = small_source.test.inputs[:20]
    expected = small_source.model.predict(inputs, verbose=0)
    np.testing.assert_allclose(scores(plain, inputs), expected, atol=1e-5)
    assert plain.opset_import[0].version == OPTIONS.opset
    assert [value.name for value in plain.graph.input] == ["input"]
    assert [value.name for value in plain.graph.output] == ["output_0"]


def test_what_tf2onnx_translates_wrongly_is_made_of_keras_own_model(
    small_source, model, caplog
):
    inputs = small_source.test.inputs[:2]
    with caplog.at_level("INFO", logger=to_onnx.__name__):
        made = to_onnx.float32(model, b"no TFLite file", inputs, OPTIONS)
    assert "tf2onnx cannot read the TFLite file" in caplog.text
    expected = small_source.model.predict(inputs, verbose=0)
    np.testing.assert_allclose(scores(made, inputs), expected, atol=1e-5)


def test_an_opset_that_there_is_not(model, small_source):
    options = OnnxOptions(opset=1000)
    inputs = small_source.test.inputs[:1]
    with pytest.raises(ConversionError, match=r"^no ONNX form of it in opset 1000: "):
        to_onnx.float32(model, b"", inputs, options)
    with pytest.raises(ConversionError, match=r"^no ONNX form of it in opset 1000: "):
        to_onnx.of_pictures(b"", ["kinds"], options)


@pytest.mark.parametrize(
    ("numbers", "weights", "most_error"),
    [("float16", "FLOAT16", 0.01), ("dynamic", "UINT8", 0.1), ("int8", "INT8", 0.1)],
)
def test_numbers_of_each_form(small_source, plain, numbers, weights, most_error):
    before = plain.SerializeToString(deterministic=True)
    made = to_onnx.quantized(plain, numbers, small_source.calibration, OPTIONS)
    assert weights in dtypes(made)
    inputs = small_source.test.inputs[:20]
    error = np.abs(scores(made, inputs) - scores(plain, inputs)).max()
    assert 0 < error < most_error
    assert plain.SerializeToString(deterministic=True) == before


def test_int8_activations_are_what_was_asked_for(small_source, plain):
    counts = [
        sum(
            constant.data_type == onnx.TensorProto.UINT8
            for constant in to_onnx.int8(
                plain, small_source.calibration, OnnxOptions(activations=activations)
            ).graph.initializer
        )
        for activations in ("uint8", "int8")
    ]
    assert counts[0] > counts[1] == 0


def test_float32_is_left_as_it_is(plain, small_source):
    made = to_onnx.quantized(plain, "float32", small_source.calibration, OPTIONS)
    assert made is plain


def test_what_onnx_runtime_cannot_quantize(small_source):
    with pytest.raises(ConversionError, match=r"^no dynamic ONNX form of it: "):
        to_onnx.quantized(
            onnx.ModelProto(), "dynamic", small_source.calibration, OPTIONS
        )
    with pytest.raises(ConversionError, match=r"^no \.ort form of it: "):
        to_onnx.ort(b"no ONNX file")


def test_a_file_says_of_itself_what_it_is_given(plain):
    assert len(plain.opset_import) == 2  # of which none of its operators needs one
    content = to_onnx.serialized(plain, {"labels": "abc"})
    made = onnx.load_model_from_string(content)
    assert {prop.key: prop.value for prop in made.metadata_props} == {"labels": "abc"}
    assert [opset.domain for opset in made.opset_import] == [""]
    assert not plain.metadata_props
    assert content == to_onnx.serialized(plain, {"labels": "abc"})


@pytest.mark.parametrize(("batch", "sizes"), [("batch", [100, 100, 5]), (41, [41] * 5)])
def test_calibration_images_come_in_batches_that_the_model_takes(batch, sizes):
    source = onnx.helper.make_tensor_value_info("input", 1, [batch, 2])
    graph = onnx.helper.make_graph([], "model", [source], [])
    images = np.arange(410, dtype=np.float32).reshape(205, 2)
    reader = to_onnx._CalibrationData(onnx.helper.make_model(graph), images)
    batches = [given["input"] for given in iter(reader.get_next, None)]
    assert [len(made_batch) for made_batch in batches] == sizes
    np.testing.assert_array_equal(np.concatenate(batches), images)
