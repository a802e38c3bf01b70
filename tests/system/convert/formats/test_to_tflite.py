import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from pathlib import Path

import keras
import numpy as np

from convert.formats import prepare, read_tflite, to_tflite
from convert.formats.forms import Form
from edge_app.common.errors import ConversionError
from edge_app.model import runtime

pytestmark = pytest.mark.slow  # whole conversions


@pytest.fixture(scope="module")
def model(small_source):
    return prepare.for_conversion(small_source.model, batch_size=None)


@pytest.mark.parametrize(
    ("form", "most_error"),
    [
        (Form("float32", ".tflite"), 1e-5),
        (Form("float16", ".tflite"), 0.01),
        (Form("int8", ".tflite"), 0.1),
        (Form("uint8", ".tflite"), 0.1),
        (Form("int8", ".tflite", float_io=True), 0.1),
    ],
    ids=lambda value: value.name if isinstance(value, Form) else None,
)
def test_each_form_says_what_keras_says_and_takes_what_it_declares(
    small_source, model, form, most_error
):
    content = to_tflite.convert(model, form, small_source.calibration)
    graph = read_tflite.read(content)
    assert (graph.inputs[0].dtype, graph.outputs[0].dtype) == form.io_dtypes
    assert graph.inputs[0].shape == ("batch", 8, 8, 1)
    inputs = small_source.test.inputs[:20]
    expected = small_source.model.predict(inputs, verbose=0)
    found = runtime.load(Path("small.tflite"), content, runtime="litert")(inputs)
    assert np.abs(found - expected).max() < most_error


def test_rounded_weights_are_smaller(small_source, model):
    sizes = {
        numbers: sum(
            operator.size_bytes
            for operator in read_tflite.read(
                to_tflite.convert(
                    model, Form(numbers, ".tflite"), small_source.calibration
                )
            ).operators
        )
        for numbers in ("float32", "float16", "int8")
    }
    assert sizes["int8"] < 0.8 * sizes["float16"] < 0.8 * 0.8 * sizes["float32"]


def test_ranges_need_calibration_inputs(model):
    with pytest.raises(ValueError, match="calibration inputs expected, got None"):
        to_tflite.convert(model, Form("int8", ".tflite"))


def test_an_operator_that_tflite_lacks_is_named():
    inputs = keras.Input((8, 8, 1), name="input")
    model = keras.Model(inputs, keras.ops.erfinv(inputs * 0.5))
    message = r"^no TFLite form of it: TFLite has no operator for tf\.Erfinv$"
    with pytest.raises(ConversionError, match=message):
        to_tflite.convert(model, Form("float32", ".tflite"))
