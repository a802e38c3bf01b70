"""How well a model reads labelled images."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import classification_report, confusion_matrix

from edge_app import normalise
from edge_app.classify import NUM_DIGITS
from train.data import Split

# Share of validation digits that the acceptance threshold must keep.
KEPT_SHARE = 0.995


def scores_of(model: keras.Model, data: Split) -> NDArray[np.float32]:
    """Probabilities `(N, 10)` float32 that the model gives each image of `data`."""
    scores = model.predict(
        normalise.to_model_input(data.images), batch_size=1000, verbose=0
    )
    return np.asarray(scores, np.float32)


def metrics(scores: NDArray[np.float32], labels: NDArray[np.uint8]) -> dict[str, Any]:
    """Accuracy, precision, recall and F1 a digit, and the confusion matrix.

    Args:
        scores: `(N, 10)` probabilities.
        labels: `(N,)` true digits.
    """
    read = scores[:, :NUM_DIGITS].argmax(axis=1)
    digits = list(range(NUM_DIGITS))
    report = classification_report(
        labels, read, labels=digits, output_dict=True, zero_division=0.0
    )
    return {
        "images": len(labels),
        "accuracy": float(np.mean(read == labels)),
        "digits": {
            str(digit): {
                name: report[str(digit)][name]
                for name in ("precision", "recall", "f1-score")
            }
            for digit in digits
        },
        "confusion_matrix": confusion_matrix(labels, read, labels=digits).tolist(),
    }


def accept_threshold(scores: NDArray[np.float32]) -> float:
    """The confidence that `KEPT_SHARE` of these (validation) digits reach."""
    confidences = scores[:, :NUM_DIGITS].max(axis=1)
    return float(np.quantile(confidences, 1.0 - KEPT_SHARE))
