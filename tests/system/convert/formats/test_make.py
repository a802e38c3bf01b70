import numpy as np
import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from pathlib import Path

import onnx

from convert.conversion_options import OnnxOptions
from convert.formats import forms, read_tflite, to_c, to_onnx
from convert.formats.make import Maker
from edge_app.common.errors import ConversionError
from edge_app.model import runtime

pytestmark = pytest.mark.slow  # whole conversions


@pytest.fixture(scope="module")
def maker(small_source):
    return Maker(small_source, OnnxOptions())


def form(name):
    (found,) = forms.chosen(name)
    return found


@pytest.mark.parametrize(
    ("name", "most_error"),
    [
        ("float32.tflite", 1e-5),
        ("float16.onnx", 0.01),
        ("int8.tflite", 0.1),
    ],
)
def test_a_file_says_what_keras_says(maker, small_source, name, most_error):
    made = maker(form(name))
    assert list(made.files.items()) == [(f"small-{name}", made.model)]
    assert made.name == f"small-{name}"
    test = small_source.test.inputs[:20]
    expected = small_source.model.predict(test, verbose=0)
    found = runtime.load(Path(made.name), made.model)(test)
    assert np.abs(found - expected).max() < most_error


def test_c_has_two_files_of_the_tflite_file_for_one_input(maker):
    made = maker(form("int8.c"))
    assert list(made.files) == ["small-int8.c", "small-int8.h"]
    assert made.name == "small-int8.c"
    assert to_c.bytes_in(made.files["small-int8.c"].decode()) == made.model
    assert read_tflite.read(made.model).inputs[0].shape == (1, 8, 8, 1)
    assert b'{"a", "b", "c"}' in made.files["small-int8.h"]


def test_c_that_lost_a_byte_is_refused(maker, monkeypatch):
    monkeypatch.setattr(to_c, "bytes_in", lambda code: b"")
    with pytest.raises(
        ConversionError, match=r"^small-int8\.c does not hold the bytes"
    ):
        maker(form("int8.c"))


def test_ort_is_made_of_the_onnx_file(maker):
    made = maker(form("float32.ort"))
    assert made.name == "small-float32.ort"
    assert made.model[4:8] == b"ORTM"  # onnxruntime/core/flatbuffers/schema/ort.fbs


def test_what_onnx_files_start_from_is_made_once_for_a_batch_size(
    small_source, monkeypatch
):
    batch_sizes = []
    inputs, scores = (onnx.helper.make_tensor_value_info(name, 1, ["batch", 3])
                      for name in ("input", "output_0"))  # fmt: skip
    nodes = [onnx.helper.make_node("Softmax", ["input"], ["output_0"])]
    graph = onnx.helper.make_graph(nodes, "model", [inputs], [scores])
    opsets = [onnx.helper.make_opsetid("", 17)]
    translated = onnx.helper.make_model(graph, ir_version=8, opset_imports=opsets)

    def translate(model, *_):
        batch_sizes.append(model.input_shape[0])
        return translated

    monkeypatch.setattr(to_onnx, "float32", translate)
    maker = Maker(small_source, OnnxOptions())
    for name in ("float32.onnx", "float16.onnx", "float32.ort", "float32-batch1.onnx"):
        maker(form(name))
    assert batch_sizes == [None, 1]
