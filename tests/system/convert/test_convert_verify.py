"""What a converted file may differ, and that a wrong one is caught."""

import dataclasses

import numpy as np
import pytest
from needed import need

need("onnx", reason="converting needs the group train")

import onnx

from convert.formats.forms import FORMS, Form, chosen
from convert.inspect import inspection
from convert.report import form_latency
from convert.verify import declared, tolerances, verify
from convert.verify.reference import KerasReference
from edge_app.common.errors import ConversionError
from edge_app.model import classify, runtime

INT8, FLOAT32 = Form("int8", ".tflite"), Form("float32", ".tflite")


def shipped(name):
    return (classify.MODELS / name).read_bytes()


@pytest.fixture(scope="module")
def reference():
    """Random pictures, labeled with what the float32 model sees in them."""
    inputs = np.random.default_rng(0).random((600, 28, 28, 1), np.float32)
    inputs[0], inputs[1] = 0, 1
    path = classify.MODELS / "report-float32.tflite"
    scores = runtime.load(path, path.read_bytes(), runtime="litert")(inputs)
    return KerasReference(inputs, scores.argmax(axis=1), scores, num_classes=10)


def verified(form, content, reference, **limits):
    name = f"report-{form.full_name}"
    tolerance = tolerances.tolerance(form, reference, **limits)
    return verify(name, content, form, reference, tolerance)


@pytest.mark.parametrize("form", ["int8", "float32"])
@pytest.mark.parametrize("suffix", [".tflite", ".onnx"])
def test_shipped_models_are_what_they_were_made_of(reference, form, suffix):
    content = shipped(f"report-{form}{suffix}")
    path = classify.MODELS / f"report-{form}{suffix}"
    graph = inspection.parse(path, content)
    assert graph.inputs[0].shape == ("batch", 28, 28, 1)
    assert graph.outputs[0].shape == ("batch", 10)
    declared.check_declared(path, content, Form(form, suffix), reference)


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


def test_tolerance_follows_the_rounding_step(reference):
    limits = {
        numbers: tolerances.tolerance(Form(numbers, ".tflite"), reference)
        for numbers in ("float32", "float16", "int8")
    }
    assert limits["float32"].difference < 1e-3
    assert limits["float32"].difference < limits["float16"].difference < 0.1
    assert limits["float16"].difference < limits["int8"].difference < 0.5
    deeper = dataclasses.replace(reference, num_layers=4 * reference.num_layers)
    twice = tolerances.tolerance(Form("float16", ".tflite"), deeper).difference
    assert twice == pytest.approx(2 * limits["float16"].difference)


def test_tolerance_follows_the_error_rate():
    scores = np.full((10_000, 10), 0.01, np.float32)
    scores[:, 3] = 0.91
    inputs = np.zeros((10_000, 1, 1, 1), np.float32)

    def limits(errors):
        labels = np.full(10_000, 3)
        labels[:errors] = 4
        return tolerances.tolerance(INT8, KerasReference(inputs, labels, scores, 10))

    assert limits(50).lost == pytest.approx(0.0003)
    assert limits(50).flipped == pytest.approx(0.001)
    assert limits(500).lost == pytest.approx(0.003)
    assert limits(0).lost == pytest.approx(0.0003)


def test_a_shift_of_the_logits_moves_a_probability_by_half_at_most():
    """What `tolerance` starts from."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (5000, 4))
    for d in (0.05, 0.25, 1.0):
        shifted = logits + rng.choice([-d, d], logits.shape)
        moved = np.abs(softmax(shifted) - softmax(logits)).max()
        assert 0.4 * d < moved <= d / 2


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_forms_by_name():
    names = [form.full_name for form in chosen("int8,float32")]
    assert names == ["int8.tflite", "int8.onnx", "float32.tflite", "float32.onnx"]
    assert chosen("all") == list(FORMS)
    assert len({form.full_name for form in FORMS}) == len(FORMS)
    assert [form.full_name for form in chosen("int8.c, int8.c")] == ["int8.c"]
    assert {form.suffix for form in chosen("onnx")} == {".onnx"}
    with pytest.raises(ConversionError, match="'int4': no such form"):
        chosen("int8,int4")
