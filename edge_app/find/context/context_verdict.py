"""Three readers' opinions of a candidate, made one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.find.page.maps import Kind
from edge_app.find.verdict import (
    check_perceptron,
    full,
    log_odds,
    log_shares,
    perceptron,
)
from edge_app.model.classify import NUM_DIGITS

# What the context network tells apart: the digits, and what is none.
CONTEXT_LABELS = (
    *map(str, range(NUM_DIGITS)), "letter", "print", "sign", "nothing"
)  # fmt: skip
_NUM_SUMS = 4  # the features that sum up a reader's opinion
NUM_CONTEXT_FEATURES = (
    _NUM_SUMS + len(CONTEXT_LABELS) - NUM_DIGITS + Kind.SYMBOL + 1 + NUM_DIGITS
)
# Of a network that was not judged yet: the log odds before this look and by it. Two
# units are their sum, and what it lacks.
_UNJUDGED_CONTEXT_HIDDEN = tuple(
    (1.0, -1.0) if row in (0, 2) else (0.0, 0.0)
    for row in range(NUM_CONTEXT_FEATURES + 1)
)


@dataclass(frozen=True)
class ContextVerdictConstants:
    """Bounds of what a look says.

    Attributes:
        most_log_odds: That count; about what `verdict.log_odds` lets through.
        least_log: Of a probability: the least logarithm that counts.
        least_probability: Below it a probability makes no difference.
    """

    most_log_odds: float = 6.0
    least_log: float = -8.0
    least_probability: float = 1e-6


_CONTEXT_VERDICT = ContextVerdictConstants()


@dataclass(frozen=True)
class ContextOpinions:
    """Opinions on candidates that were looked at again, or need no other look.

    Attributes:
        shares: `(N, 10)` float32, the probability of each digit without this look.
        near_log_odds: `(N,)` float32, of what stands near them, looked at or not:
            `near` of all times `full`.
        near: `(N, N)` from `verdict.near`, of these candidates.
        page: `(N, kinds)` float32, the page network's probabilities.
        edge: `(N, 10)` float32, the second reader's.
        logits: `(N, 14)` float32, the context network's outputs; `known_logits` of what
            needs no look.
    """

    shares: NDArray[np.float32]
    near_log_odds: NDArray[np.float32]
    near: NDArray[np.float32]
    page: NDArray[np.float32]
    edge: NDArray[np.float32]
    logits: NDArray[np.float32]


@dataclass(frozen=True)
class ContextVerdict:
    """Weights by which a candidate's look in its place changes what it is taken for.

    As in `Verdict`, whether it is a digit is one question, answered by a perceptron
    with one hidden layer (ReLU) from `context_features`, and which one it is another,
    answered by logistic regression. Both are fitted on validation scenes by
    `python -m train --arch context` and kept in the manifest.

    Attributes:
        hidden: `(NUM_CONTEXT_FEATURES + 1, units)` weights of the hidden layer, biases
            last.
        output: `(units + 1,)` weights of the log odds that it is a digit, bias last.
        page_label, edge_label, context_label: Weights of each reader's log probability
            of a label.
        least: Probability of its likeliest digit from which a candidate is looked at
            again.
        sure: Probability from which it needs no other look; above 1 for never.
        accept: Confidence from which a digit is accepted, 0..1.
        accept_cut: Confidence from which a digit that reaches the picture's border is;
            above 1 for never.
    """

    hidden: Sequence[Sequence[float]] = _UNJUDGED_CONTEXT_HIDDEN
    output: Sequence[float] = (1.0, -1.0, 0.0)
    page_label: float = 1.0
    edge_label: float = 0.5
    context_label: float = 0.5
    least: float = 0.1
    sure: float = 1.01
    accept: float = 0.5
    accept_cut: float = 1.01

    def __post_init__(self) -> None:
        """Check that the weights fit the features.

        Raises:
            ValueError: They are of other features than this program's.
        """
        check_perceptron(self.hidden, self.output, num_features=NUM_CONTEXT_FEATURES)

    def shares(self, opinions: ContextOpinions) -> NDArray[np.float32]:
        """Return the probability of each digit, `(N, 10)`, all of them at most 1."""
        is_digit = perceptron(context_features(opinions), self.hidden, self.output)
        return np.asarray(self.labels(opinions) * is_digit[:, np.newaxis], np.float32)

    def labels(self, opinions: ContextOpinions) -> NDArray[np.float64]:
        """Return the probability of each digit, of what is a digit, `(N, 10)`."""
        logits = sum(
            weight * logs
            for weight, logs in zip(
                (self.page_label, self.edge_label, self.context_label),
                label_evidence(opinions),
                strict=True,
            )
        )
        return np.exp(logits - _log_sum(np.asarray(logits)))


def is_sure(shares: NDArray[np.float32], sure: float) -> NDArray[np.bool_]:
    """Return which candidates need no other look, `(N,)`.

    Args:
        shares: `(N, 10)`, the probability of each digit without the look.
        sure: As `ContextVerdict.sure`.
    """
    return np.asarray(shares.max(axis=1, initial=0) >= sure)


def known_logits(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return outputs of the context network, `(N, 14)`, that say what is known already.

    They stand for the look that a candidate does not need, among what stands near those
    that do.

    Args:
        shares: `(N, 10)`, the probability of each digit without the look.
    """
    least = _CONTEXT_VERDICT.least_probability
    digits = np.maximum(shares, least)
    others = np.maximum(1 - shares.sum(axis=1, keepdims=True), least)
    num_others = len(CONTEXT_LABELS) - NUM_DIGITS
    logs = np.log(np.hstack([digits, np.repeat(others / num_others, num_others, 1)]))
    return np.asarray(logs, np.float32)


def context_features(opinions: ContextOpinions) -> NDArray[np.float64]:
    """Return what tells digits from all else, `(N, NUM_CONTEXT_FEATURES)`.

    Log odds that it is a digit without this look, of what stands near without it, by
    this look, and of what stands near by it. Then what else it is by this look, as log
    probabilities; the page network's log odds of each kind; and which digit the second
    reader sees, one-hot.
    """
    logits = opinions.logits.astype(np.float64)
    digits, others = logits[:, :NUM_DIGITS], logits[:, NUM_DIGITS:]
    odds = (_log_sum(digits) - _log_sum(others))[:, 0]
    most = _CONTEXT_VERDICT.most_log_odds
    odds = np.clip(odds, -most, most)
    return np.column_stack(
        [
            log_odds(opinions.shares.max(axis=1)),
            opinions.near_log_odds,
            odds,
            opinions.near @ full(odds),
            np.maximum(others - _log_sum(logits), _CONTEXT_VERDICT.least_log),
            log_odds(opinions.page),
            np.eye(NUM_DIGITS)[opinions.edge.argmax(axis=1)],
        ]
    )


def label_evidence(opinions: ContextOpinions) -> list[NDArray[np.float64]]:
    """Return each reader's log probabilities of the digits, `(N, 10)`."""
    digits = opinions.logits[:, :NUM_DIGITS].astype(np.float64)
    seen = np.exp(digits - _log_sum(digits)).astype(np.float32)
    shares = opinions.page[:, :NUM_DIGITS], opinions.edge, seen
    return [log_shares(of_digits) for of_digits in shares]


def _log_sum(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the logarithm of the sum of each row's exponentials, `(N, 1)`."""
    most = logits.max(axis=1, keepdims=True, initial=-np.inf)
    return np.asarray(most + np.log(np.exp(logits - most).sum(axis=1, keepdims=True)))
