"""Tell which separator stands between two digits, if any."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.find.context.patches import PATCH_SIZE
from edge_app.find.separators.separator_patches import (
    NUM_GAP_CHANNELS,
    gap_patches,
    shows_ink,
    to_gap_input,
)
from edge_app.layout.grouping import Separators, neighbors
from edge_app.model.runtime import Model
from edge_app.reading import Digit

# What the network tells apart, and the characters of all but the last.
SEPARATOR_LABELS = ("point", "comma", "minus", "slash", "colon", "none")
CHARACTERS = ".,-/:"


@dataclass(frozen=True)
class SeparatorVerdict:
    """From when on a separator is told.

    Attributes:
        accept: Probability from which it is, chosen on validation scenes by
            `python -m train --arch separator`; above 1 for never.
    """

    accept: float = 1.01


class SeparatorReader:
    """The separator network, and from when on it is believed.

    Attributes:
        verdict: From when on.
    """

    def __init__(self, model: Model, verdict: SeparatorVerdict) -> None:
        """Wrap a loaded network.

        Raises:
            ValueError: It takes or gives something else.
        """
        expected = (PATCH_SIZE, PATCH_SIZE, NUM_GAP_CHANNELS), len(SEPARATOR_LABELS)
        if (model.input_shape, model.num_outputs) != expected:
            raise ValueError(
                f"input and number of outputs {expected} expected, got "
                f"{(model.input_shape, model.num_outputs)}; convert a network that "
                "`python -m train --arch separator` made"
            )
        self._model = model
        self.verdict = verdict

    def __call__(self, gray: NDArray[np.uint8], digits: Sequence[Digit]) -> Separators:
        """Return the separators between digits that stand side by side.

        Args:
            gray: The picture, `(H, W)`.
            digits: Those that were read in it.
        """
        boxes: list[Box] = [digit.box_xywh for digit in digits]
        pairs = neighbors(boxes)
        if not pairs or self.verdict.accept > 1:
            return {}
        patches = gap_patches(gray, digits, pairs)
        is_inked = shows_ink(patches, digits, pairs)
        if not is_inked.any():
            return {}
        shares = probabilities(self._model(to_gap_input(patches[is_inked])))
        looked = [pair for pair, shows in zip(pairs, is_inked, strict=True) if shows]
        return accepted_separators(looked, shares, self.verdict.accept)


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the softmax of each row of logits."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def accepted_separators(
    pairs: Sequence[tuple[int, int]], shares: NDArray[np.float32], accept: float
) -> Separators:
    """Return the separators that are sure enough.

    Args:
        pairs: Of digits that stand side by side.
        shares: `(N, 6)` probability of each of `SEPARATOR_LABELS` between them.
        accept: Probability from which one is told.
    """
    best = shares[:, : len(CHARACTERS)].argmax(axis=1)
    return {
        pair: CHARACTERS[index]
        for pair, index, of_pair in zip(pairs, best, shares, strict=True)
        if of_pair[index] >= accept
    }
