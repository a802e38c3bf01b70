"""The splitting of digits that touch: weights fitted to what reading pieces gains."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app.find import touching
from edge_app.find.candidate import Candidate
from edge_app.find.touching import Evidence, Splitting
from edge_app.find.verdict import Verdict
from edge_app.model.classify import NUM_DIGITS
from train.page.crops.pool import Rendered
from train.page.verdicts.seen import Seen, matched

_SPLITTING_REGULARIZATION = 10.0  # weak: there are hundreds of examples for six weights


def splitting_of(scenes: Sequence[Seen], verdict: Verdict) -> Splitting:
    """Return the weights under which pieces are taken where more digits come out right.

    Args:
        scenes: Of hands kept for validation.
        verdict: Fitted, with its threshold.
    """
    said: list[Evidence] = []
    gains: list[int] = []
    for seen in scenes:
        said += touching.evidence(seen.candidates, seen.proposals, verdict)
        gains += _gains(seen, verdict)
    gain = np.array(gains)
    judged = np.flatnonzero(gain)
    if len(set(gain[judged] > 0)) < 2:  # a network that finds hardly anything yet
        return Splitting()
    # Here, since it takes seconds to import.
    from sklearn.linear_model import LogisticRegression

    # What gains two digits counts twice.
    fit = LogisticRegression(C=_SPLITTING_REGULARIZATION, max_iter=5000).fit(
        np.array(said)[judged], gain[judged] > 0, sample_weight=np.abs(gain[judged])
    )
    weights = *fit.coef_[0], fit.intercept_[0]
    return Splitting(*(round(float(weight), 3) for weight in weights))


def _gains(seen: Seen, verdict: Verdict) -> list[int]:
    """Return how many more digits each proposal gets right, less those it makes up."""
    every = touching.replaced(seen.candidates, seen.proposals)
    before, after = verdict.of(seen.candidates), verdict.of(every)
    first = len(every) - sum(len(proposal.pieces) for proposal in seen.proposals)
    gains = []
    for proposal in seen.proposals:
        end = first + len(proposal.pieces)
        members = [seen.candidates[index] for index in proposal.members]
        gains.append(
            _score(proposal.pieces, after[first:end], verdict.accept, seen.scene)
            - _score(members, before[proposal.members], verdict.accept, seen.scene)
        )
        first = end
    return gains


def _score(
    candidates: Sequence[Candidate],
    shares: NDArray[np.float32],
    accept: float,
    scene: Rendered,
) -> int:
    """Return how many of what is accepted is right, less what is wrong."""
    accepted = [
        (candidate.box_xywh, int(probabilities.argmax()))
        for candidate, probabilities in zip(candidates, shares, strict=True)
        if probabilities.max() >= accept
    ]
    labels, _ = matched([box for box, _ in accepted], scene)
    score = 0
    for (_, read), label in zip(accepted, labels, strict=True):
        if label is not None:
            score += 1 if label == read and label != NUM_DIGITS else -1
    return score
