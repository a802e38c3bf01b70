"""The evaluation of a model on labeled images."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import classification_report, confusion_matrix

from edge_app.model import normalize
from edge_app.model.classify import NUM_DIGITS
from train.data.mnist import Split
from train.report import reliability
from train.report.reliability import KEPT_SHARE


@dataclass(frozen=True)
class Mistake:
    """An image that was read wrongly.

    Attributes:
        index: Which image.
        label: The true digit.
        read: What it was read as.
        confidence: In that reading, 0..1.
    """

    index: int
    label: int
    read: int
    confidence: float


def scores_of(model: keras.Model, data: Split) -> NDArray[np.float32]:
    """Return the model's probabilities of each image of `data`, `(N, 10)` float32."""
    scores = model.predict(
        normalize.to_model_input(data.images), batch_size=1000, verbose=0
    )
    return np.asarray(scores, np.float32)


def metrics(scores: NDArray[np.float32], labels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return accuracy, calibration, each digit's F1 and the confusion matrix.

    Args:
        scores: `(N, 10 or more)` probabilities, those of the digits first.
        labels: `(N,)` true digits.
    """
    read, confidences = readings(scores)
    digits = list(range(NUM_DIGITS))
    report = classification_report(
        labels, read, labels=digits, output_dict=True, zero_division=0.0
    )
    return {
        "images": len(labels),
        "accuracy": float(np.mean(read == labels)),
        "expected_calibration_error": reliability.expected_calibration_error(
            confidences, read == labels
        ),
        "digits": {
            str(digit): {
                name: report[str(digit)][name]
                for name in ("precision", "recall", "f1-score", "support")
            }
            for digit in digits
        },
        "confusion_matrix": confusion_matrix(labels, read, labels=digits).tolist(),
    }


def readings(
    scores: NDArray[np.float32],
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the likeliest digit of each row of `scores`, and its probability."""
    digits = scores[:, :NUM_DIGITS]
    return digits.argmax(axis=1), digits.max(axis=1)


def worst_mistakes(
    scores: NDArray[np.float32], labels: NDArray[np.uint8], *, count: int
) -> list[Mistake]:
    """Return at most `count` misread images, the most confident first.

    Args:
        scores: `(N, 10 or more)` probabilities.
        labels: `(N,)` true digits.
        count: How many at most.
    """
    read, confidences = readings(scores)
    wrong = np.flatnonzero(read != labels)
    surest = wrong[np.argsort(-confidences[wrong], kind="stable")][:count]
    return [
        Mistake(int(i), int(labels[i]), int(read[i]), float(confidences[i]))
        for i in surest
    ]


def accept_threshold(scores: NDArray[np.float32]) -> float:
    """Return the confidence that `KEPT_SHARE` of (validation) digits reach."""
    _, confidences = readings(scores)
    return float(np.quantile(confidences, 1.0 - KEPT_SHARE))
