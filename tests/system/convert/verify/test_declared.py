import dataclasses

import pytest
from needed import need

need("onnx", reason="converting needs the group train")

from convert.formats.forms import Form
from convert.inspect import inspection
from convert.verify import declared
from edge_app.common.errors import ConversionError
from edge_app.model import classify


@pytest.mark.parametrize("form", ["int8", "float32"])
@pytest.mark.parametrize("suffix", [".tflite", ".onnx"])
def test_shipped_models_are_what_they_were_made_of(reference, form, suffix):
    path = classify.MODELS / f"report-{form}{suffix}"
    content = path.read_bytes()
    graph = inspection.parse(path, content)
    assert graph.inputs[0].shape == ("batch", 28, 28, 1)
    assert graph.outputs[0].shape == ("batch", 10)
    declared.check_declared(path, content, Form(form, suffix), reference)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (
            Form("int8", ".tflite", 1),
            r"input \(1, 28, 28, 1\) int8 expected, got \[\('",
        ),
        (Form("float32", ".tflite"), r"input .*28, 28, 1\) float32 expected, got"),
        (Form("uint8", ".tflite"), r"input .*28, 28, 1\) uint8 expected, got"),
    ],
    ids=lambda value: value.full_name if isinstance(value, Form) else None,
)
def test_what_another_form_declares_is_refused(reference, form, message):
    path = classify.MODELS / "report-int8.tflite"
    with pytest.raises(ConversionError, match=rf"^report-int8\.tflite: {message}"):
        declared.check_declared(path, path.read_bytes(), form, reference)


@pytest.mark.parametrize(
    ("scale", "offset"), [(1.05, 0.0), (1.0, -0.05)], ids=["brighter", "darker"]
)
def test_images_that_the_input_would_clip_are_refused(reference, scale, offset):
    path, form = classify.MODELS / "report-int8.tflite", Form("int8", ".tflite")
    other = dataclasses.replace(reference, inputs=scale * reference.inputs + offset)
    with pytest.raises(ConversionError, match=r"from 0 to 1, the test images from"):
        declared.check_declared(path, path.read_bytes(), form, other)
    near = dataclasses.replace(reference, inputs=1.01 * reference.inputs)
    declared.check_declared(path, path.read_bytes(), form, near)


def test_a_network_of_another_number_of_scores_is_refused(reference):
    path, form = classify.MODELS / "report-float32.onnx", Form("float32", ".onnx")
    other = dataclasses.replace(reference, scores=reference.scores[:, :9])
    message = r"output_0 \('batch', 9\) float32 expected, got .*\('batch', 10\)"
    with pytest.raises(ConversionError, match=message):
        declared.check_declared(path, path.read_bytes(), form, other)
