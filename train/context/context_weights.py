"""Weights by which three readers' opinions become one, from scenes with their truth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from edge_app.find.context.context_verdict import (
    ContextOpinions,
    ContextVerdict,
    context_features,
    is_sure,
    known_logits,
    label_evidence,
)
from edge_app.model.classify import NUM_DIGITS
from train.page.verdicts.opinions import UNJUDGED
from train.page.verdicts.thresholds import NEVER, best_threshold, precise_from
from train.page.verdicts.weights import WEIGHT_DECIMALS, PerceptronFit, perceptron_fit

# Of digits that the border cuts off and that are accepted so many must be right, and so
# many must be accepted to say so.
_CUT_PRECISION, _FEWEST_CUT = 0.95, 50
_CONTEXT_VERDICT_FIT = PerceptronFit(num_hidden=16, regularization=0.3, num_epochs=20)


@dataclass(frozen=True)
class JudgedScene:
    """Candidates of a scene that were looked at again, and their true labels.

    Attributes:
        opinions: What all readers say.
        labels: `(N,)` as `patch_pool.LabeledPatches.labels`.
        num_missed: Digits that were not looked at.
    """

    opinions: ContextOpinions
    labels: NDArray[np.int64]
    num_missed: int


def unless_sure(scene: JudgedScene, sure: float) -> JudgedScene:
    """Return what is known of a scene if nothing is looked at from a share on."""
    opinions = scene.opinions
    known = is_sure(opinions.shares, sure)[:, np.newaxis]
    logits = np.where(known, known_logits(opinions.shares), opinions.logits)
    return replace(scene, opinions=replace(opinions, logits=logits))


def looked_at(scene: JudgedScene, least: float) -> JudgedScene:
    """Return what of a scene is looked at again, from a share."""
    opinions = scene.opinions
    chosen = opinions.shares.max(axis=1, initial=0) >= least
    is_digit = (scene.labels >= 0) & (scene.labels < NUM_DIGITS)
    return JudgedScene(
        ContextOpinions(
            opinions.shares[chosen],
            opinions.near_log_odds[chosen],
            opinions.near[np.ix_(chosen, chosen)],
            opinions.page[chosen],
            opinions.edge[chosen],
            opinions.logits[chosen],
        ),
        scene.labels[chosen],
        scene.num_missed + int((is_digit & ~chosen).sum()),
    )


def fitted(found: Sequence[JudgedScene], *, sure: float = NEVER) -> ContextVerdict:
    """Return the weights under which the true labels are likeliest.

    Args:
        found: Scenes.
        sure: The share from which labels count for nothing: nothing is decided there.
    """
    features = np.concatenate([context_features(scene.opinions) for scene in found])
    labels = np.concatenate([_undecided(scene, sure) for scene in found])
    weights = np.concatenate([_weights(scene.labels) for scene in found])
    is_right_or_wrong = labels != UNJUDGED
    is_digit = is_right_or_wrong & (labels < NUM_DIGITS)
    if is_digit.sum() in (0, is_right_or_wrong.sum()):  # a network that knows nothing
        return ContextVerdict()
    hidden, output = perceptron_fit(
        features[is_right_or_wrong],
        is_digit[is_right_or_wrong],
        weights[is_right_or_wrong],
        _CONTEXT_VERDICT_FIT,
    )
    evidence = [
        np.concatenate(parts)[is_digit]
        for parts in zip(
            *(label_evidence(scene.opinions) for scene in found), strict=True
        )
    ]
    page_label, edge_label, context_label = _label_weights(evidence, labels[is_digit])
    return ContextVerdict(
        hidden=hidden,
        output=output,
        page_label=page_label,
        edge_label=edge_label,
        context_label=context_label,
    )


def accepted_from(
    found: Sequence[JudgedScene], verdict: ContextVerdict
) -> tuple[float, float]:
    """Return the confidence from which digits are accepted, and the F1 it gives."""
    shares = np.concatenate([_confidences(scene.opinions, verdict) for scene in found])
    labels = np.concatenate([scene.labels for scene in found])
    shares, labels = shares[labels != UNJUDGED], labels[labels != UNJUDGED]
    num_digits = int((labels < NUM_DIGITS).sum())
    num_digits += sum(scene.num_missed for scene in found)
    return best_threshold(
        shares.max(axis=1), shares.argmax(axis=1) == labels, num_digits
    )


def accepted_cut_from(cut: Sequence[JudgedScene], verdict: ContextVerdict) -> float:
    """Return the confidence from which digits that the border cuts off are accepted."""
    if not cut:
        return NEVER
    shares = np.concatenate([verdict.shares(scene.opinions) for scene in cut])
    labels = np.concatenate([scene.labels for scene in cut])
    # A digit is found in its place; what else stands there is not what was cut.
    is_digit = (labels >= 0) & (labels < NUM_DIGITS)
    shares, labels = shares[is_digit], labels[is_digit]
    return precise_from(
        shares.max(axis=1),
        shares.argmax(axis=1) == labels,
        precision=_CUT_PRECISION,
        fewest=_FEWEST_CUT,
    )


def _undecided(scene: JudgedScene, sure: float) -> NDArray[np.int64]:
    """Return the labels of what is not sure, and `UNJUDGED` for what is."""
    return np.where(is_sure(scene.opinions.shares, sure), UNJUDGED, scene.labels)


def _confidences(
    opinions: ContextOpinions, verdict: ContextVerdict
) -> NDArray[np.float32]:
    """Return the probability of each digit, as reading has it, `(N, 10)`."""
    known = is_sure(opinions.shares, verdict.sure)[:, np.newaxis]
    return np.where(known, opinions.shares, verdict.shares(opinions))


def _weights(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much each counts: a scene's together as the root of their number."""
    count = max(1, int((labels != UNJUDGED).sum()))
    return np.full(len(labels), count**-0.5)


def _label_weights(
    evidence: Sequence[NDArray[np.float64]], truth: NDArray[np.int64]
) -> list[float]:
    """Return how much each reader's opinion of which digit it is weighs."""

    def loss(weights: NDArray[np.float64]) -> float:
        logits = sum(
            weight * logs for weight, logs in zip(weights, evidence, strict=True)
        )
        most = logits.max(axis=1)
        total = most + np.log(np.exp(logits - most[:, np.newaxis]).sum(axis=1))
        return float((total - logits[np.arange(len(truth)), truth]).mean())

    best = minimize(loss, np.full(len(evidence), 0.5), method="L-BFGS-B")
    return [round(float(weight), WEIGHT_DECIMALS) for weight in best.x]
