import dataclasses

import numpy as np
import pytest
from needed import need

need("onnx", reason="converting needs the group train")

from convert.formats.forms import Form
from convert.verify import tolerances
from convert.verify.reference import KerasReference


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
        known = KerasReference(inputs, labels, scores, num_classes=10)
        return tolerances.tolerance(Form("int8", ".tflite"), known)

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
