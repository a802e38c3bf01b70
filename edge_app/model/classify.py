"""Model inputs -> labels, confidences, rejects."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import ManifestError, ModelError
from edge_app.common.labels import NUM_DIGITS as NUM_DIGITS  # others take it here
from edge_app.model import manifest, normalize, own_model, runtime
from edge_app.model.manifest import Manifest

MODELS = Path(__file__).parents[1] / "models"
DEFAULT_ARCH = "edge"
# For a model without a manifest: half of the scores' sum, i.e. a majority.
DEFAULT_ACCEPT_THRESHOLD = 0.5
_BEYOND_DOUBT = 0.9  # digits read with less have alternatives
_LEAST_ALTERNATIVE = 0.02


@dataclass(frozen=True)
class Classification:
    """A model's answer to one input.

    Attributes:
        label: The likeliest digit.
        confidence: Its probability, 0..1.
        accepted: Whether the confidence reaches the model's threshold.
    """

    label: int
    confidence: float
    accepted: bool


class Classifier:
    """A model file with the threshold below which its readings are rejected."""

    def __init__(self, model: runtime.Model, *, accept_threshold: float) -> None:
        """Wrap a loaded model.

        Raises:
            ModelError: Its input is not one digit of 28x28, or it gives fewer than ten
                scores.
        """
        expected = (normalize.INPUT_SIZE, normalize.INPUT_SIZE, 1)
        if model.input_shape != expected:
            raise ModelError(
                f"model input of shape {expected} expected, got {model.input_shape}; "
                "convert a model that `python -m train` made"
            )
        if model.num_outputs < NUM_DIGITS:
            raise ModelError(
                f"a model with at least {NUM_DIGITS} outputs expected, got "
                f"{model.num_outputs}"
            )
        self.model = model
        self.accept_threshold = accept_threshold

    def scores(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `(N, 10 or more)` float32 scores of `(N, 28, 28, 1)` in 0..1."""
        if not len(inputs):
            return np.zeros((0, self.model.num_outputs), np.float32)
        return shares(self.model(inputs))

    def __call__(self, inputs: NDArray[np.float32]) -> Sequence[Classification]:
        """Return what each input of `(N, 28, 28, 1)` float32 in 0..1 is."""
        scores = self.scores(inputs)[:, :NUM_DIGITS]
        labels = scores.argmax(axis=1)
        confidences = scores.max(axis=1)
        return [
            Classification(
                int(label), float(value), bool(value >= self.accept_threshold)
            )
            for label, value in zip(labels, confidences, strict=True)
        ]


def load(
    name: str | None = None, *, runtime_name: str | None = None, num_threads: int = 1
) -> Classifier:
    """Return the classifier in a model file, after its manifest was checked.

    One that none describes is tried on known digits, and scaled to them.

    Args:
        name: A shipped model such as `report-int8` or `report-int8.onnx`, or a path;
            `None` for the default one.
        runtime_name: A key of `runtime.RUNTIMES`; `None` for the best one installed.
        num_threads: Threads an inference may use.

    Raises:
        ModelError: No such model, or it does not fit, or it reads nonsense.
        ManifestError: The file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    path = find(default_model() if name is None else name)
    content, entry = manifest.read_model(path)
    if entry is not None:
        _check_entry(entry, path)
    model = runtime.load(
        path,
        content,
        runtime=runtime_name,
        num_threads=num_threads,
        is_known=entry is not None,
    )
    if entry is None:
        fitted = own_model.fitted(model, path)
        return Classifier(fitted, accept_threshold=DEFAULT_ACCEPT_THRESHOLD)
    try:
        classifier = Classifier(model, accept_threshold=entry.accept_threshold)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    _check_described(classifier.model, entry, path)
    return classifier


def _check_entry(entry: Manifest, path: Path) -> None:
    if not entry.is_classifier:
        raise ModelError(
            f"{path}: a classifier expected, got a {entry.arch} network, which is "
            f"for finding digits; name one such as {default_model()}"
        )
    if entry.normalization != normalize.VERSION:
        raise ModelError(
            f"{path}: made for normalization {entry.normalization}, this program "
            f"has {normalize.VERSION}; train and convert it again"
        )


def shares(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores `(N, M)` float32, 0 or more, as shares of their sum.

    Rounded to 1/256, probabilities no longer sum to 1: the surest is 255/256.
    """
    sums = scores.sum(axis=1, keepdims=True)
    return np.asarray(scores / np.maximum(sums, np.float32(1e-6)), np.float32)


def alternatives(scores: NDArray[np.float32]) -> tuple[tuple[int, float], ...]:
    """Return what a digit may be, the likeliest first; nothing if it is beyond doubt.

    Args:
        scores: `(10,)` probability of each digit.
    """
    if scores.max() >= _BEYOND_DOUBT:
        return ()
    order = np.argsort(-scores, kind="stable")
    return tuple(
        (int(label), float(scores[label]))
        for label in order
        if scores[label] >= _LEAST_ALTERNATIVE
    )


def _check_described(model: runtime.Model, entry: Manifest, path: Path) -> None:
    """Check that a loaded model takes and gives what its manifest says.

    Raises:
        ManifestError: It does not.
    """
    digits = tuple(str(digit) for digit in range(NUM_DIGITS))
    for what, described, found in (
        ("input shape", entry.input_shape, model.input_shape),
        ("input dtype", entry.input_dtype, model.input_dtype),
        ("number of labels", len(entry.labels), model.num_outputs),
        ("first labels", entry.labels[:NUM_DIGITS], digits),
    ):
        if described != found:
            raise ManifestError(
                f"{path}: {manifest.FILE_NAME} says {what} {described}, but it is "
                f"{found}; convert the model again"
            )


def default_model() -> str:
    """Return the name of the model that is used when none is asked for."""
    return f"{DEFAULT_ARCH}-int8"


def find(name: str) -> Path:
    """Return the path of a model, given by a shipped model's name or by its own path.

    Raises:
        ModelError: No such model.
    """
    fitting = [runtime.RUNTIMES[name].suffix for name in runtime.installed()]
    return manifest.find(name, MODELS, [*fitting, ".tflite"], is_classifier=True)
