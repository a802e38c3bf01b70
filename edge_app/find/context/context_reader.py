"""Look again at candidates that may be digits, each in its place."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge_app.find.candidate import Candidate
from edge_app.find.context.context_verdict import (
    CONTEXT_LABELS,
    ContextOpinions,
    ContextVerdict,
    is_sure,
    known_logits,
)
from edge_app.find.context.patches import (
    NUM_CHANNELS,
    PATCH_SIZE,
    Patches,
    patches_of,
    to_context_input,
)
from edge_app.find.page.maps import Kind
from edge_app.find.verdict import full, log_odds, near, second_scores
from edge_app.model.runtime import Model


class ContextReader:
    """The context network, and how its opinion and the other readers' become one.

    Attributes:
        verdict: How they do.
    """

    def __init__(self, model: Model, verdict: ContextVerdict) -> None:
        """Wrap a loaded network.

        Raises:
            ValueError: It takes or gives something else.
        """
        expected = (PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), len(CONTEXT_LABELS)
        if (model.input_shape, model.num_outputs) != expected:
            raise ValueError(
                f"input and number of outputs {expected} expected, got "
                f"{(model.input_shape, model.num_outputs)}; convert a network that "
                "`python -m train --arch context` made"
            )
        self._model = model
        self.verdict = verdict

    def __call__(
        self, candidates: Sequence[Candidate], shares: NDArray[np.float32]
    ) -> tuple[list[Candidate], NDArray[np.float32]]:
        """Return all candidates of a frame, and the probability of each digit.

        Args:
            candidates: Seen by the second reader.
            shares: `(N, 10)`, the probabilities without this look; they stay for what
                has hardly a chance, and for what is sure without it.

        Returns:
            The candidates, with `context_scores` of those that were looked at, and
            `(N, 10)` float32.
        """
        chosen = plausible(candidates, shares, self.verdict.least)
        # What the border cuts off is often misread, and surely.
        is_cut = np.array([candidates[index].is_cut for index in chosen], bool)
        needed = is_cut | ~is_sure(shares[chosen], self.verdict.sure)
        seen = list(candidates)
        if not needed.any():
            return seen, shares
        looked = chosen[needed]
        logits = known_logits(shares[chosen])
        logits[needed] = self.logits(patches_of([seen[index] for index in looked]))
        for index, scores in zip(looked, _softmax(logits[needed]), strict=True):
            seen[index] = replace(seen[index], context_scores=scores)
        opinions = context_opinions(candidates, shares, chosen, logits)
        after = shares.copy()
        after[looked] = self.verdict.shares(opinions)[needed]
        return seen, after

    def logits(self, patches: Patches) -> NDArray[np.float32]:
        """Return the network's outputs, `(N, 14)` float32."""
        return self._model(to_context_input(patches))


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def plausible(
    candidates: Sequence[Candidate], shares: NDArray[np.float32], least: float
) -> NDArray[np.intp]:
    """Return the indexes of what may be digits and can be looked at again."""
    can = [
        candidate.class_scores is not None
        and candidate.reject is None
        and candidate.view is not None
        for candidate in candidates
    ]
    (chosen,) = np.nonzero(np.array(can, bool) & (shares.max(axis=1) >= least))
    return chosen


def context_opinions(
    candidates: Sequence[Candidate],
    shares: NDArray[np.float32],
    chosen: NDArray[np.intp],
    logits: NDArray[np.float32],
) -> ContextOpinions:
    """Return what is known of candidates that were looked at again, or need no look.

    Args:
        candidates: All of a frame.
        shares: `(N, 10)`, their probabilities without this look.
        chosen: Indexes of these.
        logits: The context network's outputs of them, or `known_logits`.
    """
    boxes = np.array([candidate.box_xywh for candidate in candidates], np.float32)
    beside = near(boxes.reshape(-1, 4))[chosen]
    looked = [candidates[index] for index in chosen]
    return ContextOpinions(
        shares=shares[chosen],
        near_log_odds=beside @ full(log_odds(shares.max(axis=1))).astype(np.float32),
        near=beside[:, chosen],
        page=np.array([one.scores for one in looked], np.float32).reshape(
            len(looked), Kind.SYMBOL + 1
        ),
        edge=second_scores(looked),
        logits=logits,
    )
