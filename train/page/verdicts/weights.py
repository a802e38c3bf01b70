"""The verdict's weights: those under which the true labels are likely."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from edge_app.find.verdict import Verdict, features
from edge_app.model.classify import NUM_DIGITS
from train.page.verdicts.opinions import UNJUDGED, LabeledOpinions

# Chosen by cross-validation over scenes: of what is about as good, the smoothest.
_UNITS, _REGULARIZATION, _EPOCHS, _LEARNING_RATE = 8, 1.0, 40, 3e-3
_DECIMALS = 4
_STEP = 1e-3  # of weights: smaller ones drown in float32


def fitted(found: LabeledOpinions) -> Verdict:
    """Return the weights under which the true labels are likeliest."""
    judged = found.labels != UNJUDGED
    is_digit = judged & (found.labels < NUM_DIGITS)
    if is_digit.all() or not is_digit.any():  # a network that finds hardly anything yet
        return Verdict()
    hidden, output = _perceptron(
        features(found)[judged], is_digit[judged], found.weights[judged]
    )
    page_label, edge_label = _label_weights(found, is_digit)
    return Verdict(
        hidden=hidden.tolist(),
        output=output.tolist(),
        page_label=page_label,
        edge_label=edge_label,
    )


def _perceptron(
    inputs: NDArray[np.float64],
    is_digit: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the hidden layer's weights and the output's, biases last."""
    scaler = StandardScaler().fit(inputs)
    fit = MLPClassifier(
        (_UNITS,),
        alpha=_REGULARIZATION,
        learning_rate_init=_LEARNING_RATE,
        max_iter=_EPOCHS,
        n_iter_no_change=_EPOCHS,
        random_state=1,
    ).fit(scaler.transform(inputs), is_digit, sample_weight=weights / weights.mean())
    # The scaling becomes a part of the hidden layer.
    hidden = fit.coefs_[0] / scaler.scale_[:, np.newaxis]
    bias = fit.intercepts_[0] - scaler.mean_ @ hidden
    output = np.concatenate([fit.coefs_[1][:, 0], fit.intercepts_[1]])
    return np.round(np.vstack([hidden, bias]), _DECIMALS), np.round(output, _DECIMALS)


def _label_weights(
    found: LabeledOpinions, is_digit: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return how much each reader's opinion of which digit it is weighs."""
    (chosen,) = np.nonzero(is_digit)
    of_digits = replace(found, page=found.page[chosen], edge=found.edge[chosen])
    truth = found.labels[chosen]

    def loss(weights: NDArray[np.float64]) -> float:
        verdict = Verdict(page_label=weights[0], edge_label=weights[1])
        shares = verdict.labels(of_digits)
        return float(-np.log(shares[np.arange(len(truth)), truth]).mean())

    start = np.array([Verdict.page_label, Verdict.edge_label])
    best = minimize(loss, start, method="L-BFGS-B", options={"eps": _STEP})
    first, second = np.round(best.x, _DECIMALS)
    return float(first), float(second)
