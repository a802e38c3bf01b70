"""Whether a converted file still reads like the model it was made of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app import runtime
from edge_app.classify import NUM_DIGITS
from edge_app.errors import ConversionError

# The most test accuracy that a form may lose against Keras, as a share: one digit in a
# thousand. Labels may differ a little more often: a digit whose best two scores are a
# few int8 steps apart may be put right as well as wrong.
TOLERANCE = 0.001
LEAST_AGREEMENT = 0.995


@dataclass(frozen=True)
class Verification:
    """A converted file against Keras, on the MNIST test images.

    Attributes:
        runtime: What executed it.
        accuracy: Share of images read rightly.
        agreement: Share of images given the same label as by Keras.
        largest_difference: Of any probability.
        input_dtype: What the file takes.
    """

    runtime: str
    accuracy: float
    agreement: float
    largest_difference: float
    input_dtype: str

    def __str__(self) -> str:
        """The figures in a few words."""
        return (
            f"in {self.runtime}: MNIST test accuracy {self.accuracy:.2%}, same label "
            f"as Keras for {self.agreement:.2%}, probabilities within "
            f"{self.largest_difference:.1g}"
        )


def verify(
    path: Path,
    content: bytes,
    *,
    inputs: NDArray[np.float32],
    labels: NDArray[np.uint8],
    expected: NDArray[np.float32],
) -> list[Verification]:
    """How a file does in each installed runtime that executes it.

    Args:
        path: The file's name to be.
        content: Its bytes.
        inputs: Test inputs, `(N, 28, 28, 1)` float32.
        labels: Their true labels, `(N,)`.
        expected: Keras' scores for them, `(N, C)`.

    Raises:
        ConversionError: It loses more than the tolerance, or nothing executes it.
    """
    verifications = []
    for name in runtime.installed():
        if runtime.RUNTIMES[name].suffix != path.suffix:
            continue
        model = runtime.load(path, content, runtime=name)
        scores = model(inputs)
        verifications.append(_compared(model, scores, labels, expected))
    if not verifications:
        raise ConversionError(f"{path.name}: no installed runtime can verify it")
    for each in verifications:
        _check(path, each, _accuracy(expected, labels))
    return verifications


def _compared(
    model: runtime.Model,
    scores: NDArray[np.float32],
    labels: NDArray[np.uint8],
    expected: NDArray[np.float32],
) -> Verification:
    return Verification(
        runtime=model.runtime,
        accuracy=_accuracy(scores, labels),
        agreement=float(np.mean(scores.argmax(axis=1) == expected.argmax(axis=1))),
        largest_difference=float(np.abs(scores - expected).max()),
        input_dtype=model.input_dtype,
    )


def _check(path: Path, found: Verification, keras_accuracy: float) -> None:
    lost = keras_accuracy - found.accuracy
    if lost > TOLERANCE or found.agreement < LEAST_AGREEMENT:
        raise ConversionError(
            f"{path.name} in {found.runtime}: accuracy {found.accuracy:.2%} against "
            f"{keras_accuracy:.2%} in Keras, same label for {found.agreement:.2%}; at "
            f"most {TOLERANCE:.2%} may be lost and at least {LEAST_AGREEMENT:.1%} must "
            "agree; nothing was published"
        )


def _accuracy(scores: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    return float(np.mean(scores[:, :NUM_DIGITS].argmax(axis=1) == labels))
