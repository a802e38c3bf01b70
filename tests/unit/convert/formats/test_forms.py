import pytest

from convert.formats.forms import FORMS, Form, chosen
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


@pytest.mark.parametrize(
    ("form", "full_name", "io_dtype", "is_calibrated"),
    [
        (Form("int8", ".tflite"), "int8.tflite", "int8", True),
        (Form("int8", ".tflite", 1), "int8-batch1.tflite", "int8", True),
        (
            Form("int8", ".tflite", float_io=True),
            "int8-float-io.tflite",
            "float32",
            True,
        ),
        (Form("uint8", ".tflite"), "uint8.tflite", "uint8", True),
        (Form("int16x8", ".tflite"), "int16x8.tflite", "float32", True),
        (Form("int8", ".onnx"), "int8.onnx", "float32", True),
        (Form("int8", ".c", 1), "int8.c", "int8", True),
        (Form("dynamic", ".onnx", 1), "dynamic-batch1.onnx", "float32", False),
        (Form("float16", ".tflite"), "float16.tflite", "float32", False),
    ],
    ids=lambda value: value.full_name if isinstance(value, Form) else None,
)
def test_a_form_is_known_by_its_name(form, full_name, io_dtype, is_calibrated):
    assert form.full_name == full_name
    assert chosen(full_name) == [form]
    assert form.io_dtypes == (io_dtype, io_dtype)
    assert form.is_calibrated is is_calibrated


def test_people_are_told_what_its_numbers_are():
    described = [
        Form("int8", ".tflite", float_io=True).description,
        Form("int8", ".onnx").description,
        Form("float32", ".ort").description,
    ]
    assert described == [
        "all int8, float32 input and output",
        "int8 as QDQ pairs, float32 input and output",
        "all float32",
    ]
