"""Confidence that means what it says: temperature scaling, within the model."""

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss

_LEAST_TEMPERATURE, _MOST_TEMPERATURE = 0.2, 5.0  # temperatures that are tried


def temperature(scores: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Return the temperature that makes the labels of the scores likeliest.

    Guo et al., On calibration of modern neural networks, 2017.

    Args:
        scores: `(N, C)` probabilities of a softmax.
        labels: `(N,)` true outputs.
    """
    logits = np.log(np.clip(scores.astype(np.float64), 1e-12, 1.0))
    outputs = list(range(scores.shape[1]))

    def loss(log_temperature: float) -> float:
        return float(
            log_loss(labels, _softmax(logits / np.exp(log_temperature)), labels=outputs)
        )

    bounds = (np.log(_LEAST_TEMPERATURE), np.log(_MOST_TEMPERATURE))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def tempered(model: keras.Model, temperature: float) -> keras.Model:
    """Copy a model with its logits divided by the temperature, in its last layer.

    Args:
        model: Its last layer is dense with a softmax.
        temperature: Above 1 for less sure, below for surer.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    last = copy.layers[-1]
    last.set_weights([weights / temperature for weights in last.get_weights()])
    return copy


def expecting(model: keras.Model, *, odds: float) -> keras.Model:
    """Copy a model so that it takes digits to be `odds` times likelier than before.

    The logit of the reject output falls by the odds' logarithm: Saerens, Latinne and
    Decaestecker, Adjusting the outputs of a classifier to new a priori probabilities,
    2002, equation 2.4.

    Args:
        model: Its last layer is dense with a softmax, the reject output last.
        odds: Of a digit against none, over those among the fitted images; above 0.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    kernel, bias = copy.layers[-1].get_weights()
    bias[-1] -= np.log(odds)
    copy.layers[-1].set_weights([kernel, bias])
    return copy


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
