"""The verdict's weights: those under which the true labels are likely."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from edge_app.find.verdict import Verdict, features
from edge_app.model.classify import NUM_DIGITS
from train.page.verdicts.opinions import UNJUDGED, LabeledOpinions

WEIGHT_DECIMALS = 4


# By which the labels' two weights are varied for their gradient: smaller steps drown in
# float32.
_LABEL_WEIGHT_STEP = 1e-3


@dataclass(frozen=True)
class PerceptronFit:
    """Settings of fitting a verdict's perceptron.

    Chosen by cross-validation over scenes: of what is about as good, the smoothest.

    Attributes:
        num_hidden: Units of its hidden layer.
        regularization: Of the weights' squares.
        num_epochs: Times that all candidates are seen.
        learning_rate: Adam's, at the start.
    """

    num_hidden: int = 8
    regularization: float = 1.0
    num_epochs: int = 40
    learning_rate: float = 3e-3


_PAGE_VERDICT_FIT = PerceptronFit()


def fitted(found: LabeledOpinions) -> Verdict:
    """Return the weights under which the true labels are likeliest."""
    judged = found.labels != UNJUDGED
    is_digit = judged & (found.labels < NUM_DIGITS)
    if is_digit.all() or not is_digit.any():  # a network that finds hardly anything yet
        return Verdict()
    hidden, output = perceptron_fit(
        features(found)[judged],
        is_digit[judged],
        found.weights[judged],
        _PAGE_VERDICT_FIT,
    )
    page_label, edge_label = _label_weights(found, is_digit)
    return Verdict(
        hidden=hidden,
        output=output,
        page_label=page_label,
        edge_label=edge_label,
    )


def perceptron_fit(
    inputs: NDArray[np.float64],
    is_digit: NDArray[np.bool_],
    weights: NDArray[np.float64],
    how: PerceptronFit,
) -> tuple[list[list[float]], list[float]]:
    """Return the hidden layer's weights and the output's, biases last.

    Args:
        inputs: `(N, features)`.
        is_digit: `(N,)`, of both kinds.
        weights: `(N,)`, how much each counts.
        how: The fit's settings.
    """
    scaler = StandardScaler().fit(inputs)
    classifier = MLPClassifier(
        (how.num_hidden,),
        alpha=how.regularization,
        learning_rate_init=how.learning_rate,
        max_iter=how.num_epochs,
        n_iter_no_change=how.num_epochs,
        random_state=1,
    )
    with warnings.catch_warnings():
        # It ends after these epochs, as it should, and warns that it could go on.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = classifier.fit(
            scaler.transform(inputs), is_digit, sample_weight=weights / weights.mean()
        )
    # The scaling becomes a part of the hidden layer.
    hidden = fit.coefs_[0] / scaler.scale_[:, np.newaxis]
    bias = fit.intercepts_[0] - scaler.mean_ @ hidden
    output = np.concatenate([fit.coefs_[1][:, 0], fit.intercepts_[1]])
    hidden = np.vstack([hidden, bias])
    return (
        np.round(hidden, WEIGHT_DECIMALS).tolist(),
        np.round(output, WEIGHT_DECIMALS).tolist(),
    )


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
    step = {"eps": _LABEL_WEIGHT_STEP}
    best = minimize(loss, start, method="L-BFGS-B", options=step)
    first, second = np.round(best.x, WEIGHT_DECIMALS)
    return float(first), float(second)
