import pytest
from needed import need

need("onnx", reason="converting needs the group train")

from convert.formats.forms import Form
from convert.inspect import inspection
from convert.verify import declared
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
