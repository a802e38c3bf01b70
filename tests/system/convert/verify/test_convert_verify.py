"""What a converted file may differ, and that a wrong one is caught."""

import dataclasses

import numpy as np
import pytest
from needed import need

need("onnx", reason="converting needs the group train")

import onnx

from convert.formats.forms import Form
from convert.report import form_latency
from convert.verify import tolerances, verify
from edge_app.common.errors import ConversionError
from edge_app.model import classify

INT8 = Form("int8", ".tflite")


def shipped(name):
    return (classify.MODELS / name).read_bytes()


def verified(form, content, reference, **limits):
    name = f"report-{form.full_name}"
    tolerance = tolerances.tolerance(form, reference, **limits)
    return verify(name, content, form, reference, tolerance)


def test_figures(reference, monkeypatch):
    monkeypatch.setattr(form_latency, "median_us", lambda model: f"of {model.runtime}")
    (found,) = (
        row
        for row in verified(INT8, shipped("report-int8.tflite"), reference,
                             max_loss=0.1, min_agreement=0.9)
        if row.runtime == "litert"
    )  # fmt: skip
    assert 0 < found.largest_difference < 0.3
    assert found.agreement == pytest.approx(1 - found.lost)
    assert len(found.by_class) == 10
    assert found.input_dtype == "int8"
    assert found.latency_us == "of litert"


def test_limits_that_are_exceeded_are_named(reference):
    content = shipped("report-int8.tflite")
    shuffled = dataclasses.replace(reference, scores=reference.scores[::-1])
    with pytest.raises(ConversionError, match=r"a score differs by .* at most"):
        verified(INT8, content, shuffled)
    with pytest.raises(ConversionError, match=r"same label as Keras for .* at least"):
        verified(INT8, content, shuffled)
    wrong = dataclasses.replace(reference, labels=(reference.labels + 1) % 10)
    right = dataclasses.replace(wrong, scores=np.roll(reference.scores, 1, axis=1))
    with pytest.raises(ConversionError, match="points may be lost"):
        verified(INT8, content, right)


@pytest.mark.parametrize(
    ("form", "what"),
    [
        (Form("int8", ".tflite", 1), "expected, got"),  # the batch is free
        (Form("float32", ".tflite"), "expected, got"),  # its input is int8
        (Form("uint8", ".tflite"), "expected, got"),
    ],
)
def test_another_form_than_declared(reference, form, what):
    with pytest.raises(ConversionError, match=what):
        verified(form, shipped("report-int8.tflite"), reference)


def test_inputs_beyond_the_quantized_range(reference):
    wide = dataclasses.replace(reference, inputs=reference.inputs * 2)
    with pytest.raises(ConversionError, match="its input reaches from 0 to 1"):
        verified(INT8, shipped("report-int8.tflite"), wide)


def test_scores_that_are_no_numbers(reference):
    model = onnx.load_model_from_string(shipped("report-float32.onnx"))
    broken = next(x for x in model.graph.initializer if len(x.dims) == 4)
    broken.raw_data = np.full(tuple(broken.dims), np.nan, np.float32).tobytes()
    with pytest.raises(ConversionError, match="no numbers"):
        verified(Form("float32", ".onnx"), model.SerializeToString(), reference)
