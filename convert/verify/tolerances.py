"""The tolerances of a form against the model that it was made of."""

import math
from dataclasses import dataclass

import numpy as np

from convert.formats.forms import Form
from convert.verify.reference import KerasReference

# The step of a softmax' output in TFLite's quantization specification.
OUTPUT_STEP_8_BIT = 1 / 256

# One rounding step of a form's numbers, as a share of the range that they cover:
# float32 sums of about a hundred roundings of 2**-24, float16's 11 bits of mantissa
# (IEEE 754), the 255 steps of 8-bit weights in all others.
_FLOAT_STEPS = {"float32": 2.0**-17, "float16": 2.0**-11}
_STEP_8_BIT = 1 / 255
_DEVIATIONS = 4  # beyond which one normal value in 16,000 lies

# Shares of the test images that may get another label, and by which the accuracy may
# fall. A label flips where the two best scores are nearer than the rounding; a network
# that errs more often has more such images, so the shares grow with its error rate.
_FLOAT_SHARES = {"float32": (0.0001, 0.0001), "float16": (0.0005, 0.0003)}
_SHARES_8_BIT = (0.001, 0.0003)
_USUAL_ERROR_RATE = 0.005  # of our own networks, on MNIST


@dataclass(frozen=True)
class Tolerance:
    """Tolerances of a form against Keras.

    Attributes:
        difference: Of any score.
        flipped: Share of images given another label.
        lost: Share of accuracy lost.
    """

    difference: float
    flipped: float
    lost: float


def tolerance(
    form: Form,
    reference: KerasReference,
    *,
    max_loss: float | None = None,
    min_agreement: float | None = None,
) -> Tolerance:
    """Return what a form may differ from Keras on these images.

    Each layer rounds its weights and its output to steps of a share of their range, an
    error spread evenly over half a step each way: step/sqrt(12) in standard deviation.
    What L layers add up to is sqrt(2 L) times that, in the logits, and the worst of
    thousands of images lies four standard deviations out. Logits that err by d change a
    probability by at most d/2 (the derivative p(1-p) is at most 1/4, and two logits may
    move apart). The output's own rounding comes on top.

    Args:
        form: Which.
        reference: Keras' scores.
        max_loss: Share of accuracy that may be lost, instead of the usual one.
        min_agreement: Share of equal labels that is asked for, instead.
    """
    step = _FLOAT_STEPS.get(form.numbers, _STEP_8_BIT)
    rounding = OUTPUT_STEP_8_BIT if form.numbers in ("int8", "uint8") else 0.0
    flipped, lost = _FLOAT_SHARES.get(form.numbers, _SHARES_8_BIT)
    if form.numbers != "float32":
        harder = max(1.0, (1 - reference.accuracy) / _USUAL_ERROR_RATE)
        flipped, lost = flipped * harder, lost * harder
    least = 1 / len(reference.labels)  # one image may always fall on the other side
    return Tolerance(
        difference=rounding + _worst_difference(step, reference),
        flipped=max(flipped, least) if min_agreement is None else 1 - min_agreement,
        lost=max(lost, least) if max_loss is None else max_loss,
    )


def _worst_difference(step: float, reference: KerasReference) -> float:
    """Return by how much a score may differ: see `tolerance`.

    Args:
        step: Of one rounding, as a share of a range.
        reference: Keras' scores; any that are no probabilities are logits themselves.
    """
    scores = reference.scores.astype(np.float64)
    worst = _DEVIATIONS * math.sqrt(2 * reference.num_layers / 12) * step
    if scores.min() < 0 or scores.max() > 1 + 1e-6:
        return worst * float(scores.max() - scores.min())
    tiny = float(np.finfo(np.float32).tiny)
    logits = np.log(np.maximum(scores, tiny))
    if not np.allclose(scores.sum(axis=1), 1, atol=1e-3):  # sigmoids, each for itself
        logits = logits - np.log(np.maximum(1 - scores, tiny))
        return worst * float(logits.max() - logits.min()) / 2
    return worst * float((logits.max(axis=1) - logits.min(axis=1)).max()) / 2
