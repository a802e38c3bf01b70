import pytest

from convert.formats.forms import FORMS, chosen
from edge_app.common.errors import ConversionError


def test_forms_by_name():
    names = [form.full_name for form in chosen("int8,float32")]
    assert names == ["int8.tflite", "int8.onnx", "float32.tflite", "float32.onnx"]
    assert chosen("all") == list(FORMS)
    assert len({form.full_name for form in FORMS}) == len(FORMS)
    assert [form.full_name for form in chosen("int8.c, int8.c")] == ["int8.c"]
    assert {form.suffix for form in chosen("onnx")} == {".onnx"}
    with pytest.raises(ConversionError, match="'int4': no such form"):
        chosen("int8,int4")
