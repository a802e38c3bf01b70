"""Whether a converted file still reads like the model it was made of."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.formats.forms import Form
from convert.formats.prepare import INPUT, OUTPUT
from convert.inspect import inspection
from convert.inspect.graph import Shape, Tensor
from convert.report import form_latency
from edge_app.common.errors import ConversionError
from edge_app.model import runtime

_CHUNK = 500  # test inputs a call: their activations must fit into memory

# One rounding step of a form's numbers, as a share of the range that they cover:
# float32 sums of about a hundred roundings of 2**-24, float16's 11 bits of mantissa
# (IEEE 754), the 255 steps of 8-bit weights in all others.
_STEPS = {"float32": 2.0**-17, "float16": 2.0**-11}
_STEP_8_BIT = 1 / 255
_DEVIATIONS = 4  # beyond which one normal value in 16,000 lies
_OUTPUT_STEP_8_BIT = 1 / 256  # of a softmax' output in TFLite's quantization spec

# Shares of the test images that may get another label, and by which the accuracy may
# fall. A label flips where the two best scores are nearer than the rounding; a network
# that errs more often has more such images, so the shares grow with its error rate.
_SHARES = {"float32": (0.0001, 0.0001), "float16": (0.0005, 0.0003)}
_SHARES_8_BIT = (0.001, 0.0003)
_USUAL_ERROR_RATE = 0.005  # of our own networks, on MNIST

# tflite-runtime 2.14, the last there will be, lacks this version of the operator
# FULLY_CONNECTED.
_CANNOT_EXECUTE = {("dynamic", "tflite-runtime")}


@dataclass(frozen=True)
class Tolerance:
    """What a form may differ from Keras.

    Attributes:
        difference: Of any score.
        flipped: Share of images given another label.
        lost: Share of accuracy lost.
    """

    difference: float
    flipped: float
    lost: float


@dataclass(frozen=True)
class KerasReference:
    """What Keras says of the test images.

    Attributes:
        inputs: `(N, height, width, channels)` float32.
        labels: `(N,)`, what they truly show.
        scores: `(N, outputs)` float32.
        num_classes: The outputs that compete for the label.
        num_layers: Layers with weights, each of which rounds.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    num_classes: int
    num_layers: int = 1

    @property
    def accuracy(self) -> float:
        """Return the share of images that Keras reads rightly."""
        return float(np.mean(self.read(self.scores) == self.labels))

    def read(self, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the labels that scores stand for, `(N,)`."""
        return np.asarray(scores[:, : self.num_classes].argmax(axis=1))


@dataclass(frozen=True)
class Verification:
    """A converted file against Keras, on the test images, in one runtime.

    Attributes:
        runtime: What executed it.
        accuracy: Share of images read rightly.
        lost: By how much that is below Keras' share.
        agreement: Share of images given the same label as by Keras.
        largest_difference: Of any score.
        by_class: Change of each class' accuracy against Keras.
        input_dtype: What the file takes.
        latency_us: Median of one inference here, one thread.
    """

    runtime: str
    accuracy: float
    lost: float
    agreement: float
    largest_difference: float
    by_class: tuple[float, ...]
    input_dtype: str
    latency_us: float

    def __str__(self) -> str:
        """Return the figures in a few words."""
        worst = min(range(len(self.by_class)), key=self.by_class.__getitem__)
        change = 100 * self.by_class[worst]
        return (
            f"in {self.runtime}: test accuracy {self.accuracy:.2%}, same label as "
            f"Keras for {self.agreement:.2%}, scores within "
            f"{self.largest_difference:.1g}, {self.latency_us:.0f} microseconds"
            + (f"; most lost by class {worst} ({change:+.2f} points)" * (change < 0))
        )


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
    step = _STEPS.get(form.numbers, _STEP_8_BIT)
    rounding = _OUTPUT_STEP_8_BIT if form.numbers in ("int8", "uint8") else 0.0
    flipped, lost = _SHARES.get(form.numbers, _SHARES_8_BIT)
    if form.numbers != "float32":
        harder = max(1.0, (1 - reference.accuracy) / _USUAL_ERROR_RATE)
        flipped, lost = flipped * harder, lost * harder
    least = 1 / len(reference.labels)  # one image may always fall on the other side
    return Tolerance(
        difference=rounding + _worst_difference(step, reference),
        flipped=max(flipped, least) if min_agreement is None else 1 - min_agreement,
        lost=max(lost, least) if max_loss is None else max_loss,
    )


def verify(
    name: str,
    content: bytes,
    form: Form,
    reference: KerasReference,
    limits: Tolerance,
) -> list[Verification]:
    """Return how a file does in each installed runtime that executes it.

    Args:
        name: The file's name to be, for messages.
        content: The bytes that a runtime executes.
        form: What it was made as.
        reference: Keras' scores.
        limits: What it may differ.

    Raises:
        ConversionError: It is not what its form declares, differs more than the
            limits, or nothing executes it.
    """
    suffix = {".c": ".tflite", ".ort": ".onnx"}.get(form.suffix, form.suffix)
    path = Path(name).with_suffix(suffix)
    if form.suffix != ".ort":  # its format is ONNX Runtime's own
        check_declared(path, content, form, reference)
    found = []
    for engine in runtime.installed():
        if runtime.RUNTIMES[engine].suffix != suffix:
            continue
        if (form.numbers, engine) in _CANNOT_EXECUTE:
            continue
        model = runtime.load(path, content, runtime=engine)
        found.append(_compared(model, reference))
        _check(name, found[-1], reference, limits)
    if not found:
        raise ConversionError(f"{name}: no installed runtime can verify it")
    return found


def check_declared(
    path: Path, content: bytes, form: Form, reference: KerasReference
) -> None:
    """Check names, shapes, dtypes and quantization of a file's input and output.

    Raises:
        ConversionError: They are not what the form and the model say.
    """
    graph = inspection.parse(path, content)
    batch: int | str = form.batch_size or "batch"
    shapes: tuple[Shape, Shape] = (
        (batch, *reference.inputs.shape[1:]),
        (batch, reference.scores.shape[1]),
    )
    for tensors, name, shape, dtype in zip(
        (graph.inputs, graph.outputs),
        (INPUT, OUTPUT),
        shapes,
        form.io_dtypes,
        strict=True,
    ):
        described = [(tensor.name, tensor.shape, tensor.dtype) for tensor in tensors]
        if described != [(name, shape, dtype)]:
            raise ConversionError(
                f"{path.name}: {name} {shape} {dtype} expected, got {described}"
            )
    if form.io_dtypes[0] != "float32":
        _check_integer_input(path, graph.inputs[0], reference.inputs)
        if graph.operators[-1].kind == "SOFTMAX":
            _check_softmax(path, graph.outputs[0])
        if floats := [
            operator.kind for operator in graph.operators if not operator.is_integer
        ]:
            raise ConversionError(
                f"{path.name}: all integers expected, but {', '.join(floats)} "
                "compute with floats; take dynamic or float16 for this network"
            )


def _check_integer_input(
    path: Path, tensor: Tensor, inputs: NDArray[np.float32]
) -> None:
    """Check that the input's integers reach as far as the images do, within 2%.

    Raises:
        ConversionError: The file would clip what it is given.
    """
    known = tensor.quantization
    if known is None or len(known.scales) != 1 or not known.scales[0] > 0:
        raise ConversionError(f"{path.name}: an input with one scale expected")
    limits = np.iinfo(tensor.dtype)
    low, high = (
        known.scales[0] * (limit - known.zero_points[0])
        for limit in (limits.min, limits.max)
    )
    margin = 0.02 * (high - low)
    if inputs.min() < low - margin or inputs.max() > high + margin:
        raise ConversionError(
            f"{path.name}: its input reaches from {low:.3g} to {high:.3g}, the test "
            f"images from {inputs.min():.3g} to {inputs.max():.3g}; calibrate with "
            "images of the same range"
        )


def _check_softmax(path: Path, tensor: Tensor) -> None:
    """Check a softmax' quantization against TFLite's specification.

    https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec

    Raises:
        ConversionError: It is another one.
    """
    known = tensor.quantization
    expected = (_OUTPUT_STEP_8_BIT, -128 if tensor.dtype == "int8" else 0)
    found = known and (known.scales[0], known.zero_points[0])
    if found != expected:
        raise ConversionError(
            f"{path.name}: output with scale and zero point {expected} expected, got "
            f"{found}"
        )


def scores_of(model: runtime.Model, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scores `(N, outputs)` of many inputs, computed in chunks."""
    starts = range(0, len(inputs), _CHUNK)
    return np.concatenate([model(inputs[i : i + _CHUNK]) for i in starts])


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


def _compared(model: runtime.Model, reference: KerasReference) -> Verification:
    scores = scores_of(model, reference.inputs)
    read, expected = reference.read(scores), reference.read(reference.scores)
    accuracy = float(np.mean(read == reference.labels))
    by_class = []
    for label in range(reference.num_classes):
        shown = reference.labels == label
        right, known = read[shown] == label, expected[shown] == label
        by_class.append(float(right.mean() - known.mean()) if shown.any() else 0.0)
    return Verification(
        runtime=model.runtime,
        accuracy=accuracy,
        lost=reference.accuracy - accuracy,
        agreement=float(np.mean(read == expected)),
        largest_difference=float(np.abs(scores - reference.scores).max()),
        by_class=tuple(by_class),
        input_dtype=model.input_dtype,
        latency_us=form_latency.median_us(model),
    )


def _check(
    name: str, found: Verification, reference: KerasReference, limits: Tolerance
) -> None:
    problems = []
    rounding = 1e-9  # shares of whole images, as floats
    if not math.isfinite(found.largest_difference):
        problems.append("scores that are no numbers")
    elif found.largest_difference > limits.difference:
        problems.append(
            f"a score differs by {found.largest_difference:.2g}, at most "
            f"{limits.difference:.2g} may"
        )
    if found.agreement < 1 - limits.flipped - rounding:
        problems.append(
            f"same label as Keras for {found.agreement:.2%}, at least "
            f"{1 - limits.flipped:.2%} must be (--min-agreement)"
        )
    if found.lost > limits.lost + rounding:
        problems.append(
            f"accuracy {found.accuracy:.2%} against {reference.accuracy:.2%} in Keras, "
            f"at most {100 * limits.lost:.2f} points may be lost (--max-loss)"
        )
    if problems:
        raise ConversionError(
            f"{name} in {found.runtime}: {'; '.join(problems)}; not published"
        )
