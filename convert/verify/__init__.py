"""The verification that a converted file still reads like the model it was made of."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.formats.forms import Form
from convert.report import form_latency
from convert.verify.declared import check_declared
from convert.verify.reference import KerasReference
from convert.verify.tolerances import Tolerance
from edge_app.common.errors import ConversionError
from edge_app.model import runtime

_INPUTS_A_CALL = 500  # test inputs a call: their activations must fit into memory
# tflite-runtime 2.14, the last there will be, lacks this version of the operator
# FULLY_CONNECTED.
_CANNOT_EXECUTE = {("dynamic", "tflite-runtime")}


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


def _compared(model: runtime.Model, reference: KerasReference) -> Verification:
    scores = _scores_of(model, reference.inputs)
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


def _scores_of(
    model: runtime.Model, inputs: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the scores `(N, outputs)` of many inputs, computed in chunks."""
    starts = range(0, len(inputs), _INPUTS_A_CALL)
    return np.concatenate([model(inputs[i : i + _INPUTS_A_CALL]) for i in starts])


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
