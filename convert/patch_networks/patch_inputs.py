"""The properties of each network of patches that conversion must know."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.context.patches import Patches, to_context_input
from edge_app.find.separators.separator_patches import to_gap_input
from edge_app.find.separators.separator_reader import CHARACTERS, SEPARATOR_LABELS
from edge_app.model.classify import NUM_DIGITS
from edge_app.model.manifest import CONTEXT, SEPARATOR
from train.context import patch_pool
from train.separators import gap_pool


@dataclass(frozen=True)
class PatchInputs:
    """A network's labels, and the patches in its run folder.

    Attributes:
        labels: Of its outputs.
        num_distinct: How many of them reading tells apart; the others are as good as
            one.
        folder: Where a run keeps those of validation scenes.
        read: Returns the patches in a file.
        to_input: Returns them as the network takes them.
        description: Of the input, for ONNX files.
    """

    labels: tuple[str, ...]
    num_distinct: int
    folder: Callable[[Path], Path]
    read: Callable[[Path], Patches]
    to_input: Callable[[Patches], NDArray[np.float32]]
    description: str


PATCH_INPUTS = {
    CONTEXT: PatchInputs(
        CONTEXT_LABELS,
        NUM_DIGITS,
        lambda run: patch_pool.folders(run, "validation")[0],
        lambda file: patch_pool.read(file).patches,
        to_context_input,
        "(N, 48, 48, 3) in 0..1: gray and ink of a candidate 20 pixels high or wide, "
        "and gray where it is 8",
    ),
    SEPARATOR: PatchInputs(
        SEPARATOR_LABELS,
        len(CHARACTERS),
        lambda run: gap_pool.gaps_folder(run, "validation"),
        lambda file: gap_pool.read(file).patches,
        to_gap_input,
        "(N, 48, 48, 2) in 0..1: gray of the middle between two digits 28 pixels high, "
        "and the ink of these",
    ),
}
