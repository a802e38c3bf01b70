"""Digits of one's own, labeled by folder, as `edge-digits run` kept them."""

from pathlib import Path

import cv2
import numpy as np

from edge_app.common.errors import DataError
from edge_app.common.labels import NUM_DIGITS, REJECT
from edge_app.model.normalize import INPUT_SIZE
from train.data.mnist import Split

_LABELS_BY_FOLDER = {
    **{str(digit): digit for digit in range(NUM_DIGITS)},
    REJECT: NUM_DIGITS,
}
_PATTERN = "*.28x28.png"  # what the model saw; the picture beside it is for people


def read(folder: Path, *, num_outputs: int) -> Split:
    """Read the images in the folders `0` to `9` and `reject`, as the model saw them.

    Args:
        folder: Holds those folders, or some of them.
        num_outputs: Of the network, 10 or 11; only with 11 it can learn rejects.

    Raises:
        DataError: There is no image, one cannot be read, or a reject is of no use.
    """
    images, labels = [], []
    for name, label in _LABELS_BY_FOLDER.items():
        for path in sorted((folder / name).glob(_PATTERN)):
            if label >= num_outputs:
                raise DataError(
                    f"{path}: this network has no output for what is no digit; train "
                    "edge, or take the folder reject away"
                )
            image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if image is None or image.shape != (INPUT_SIZE, INPUT_SIZE):
                raise DataError(
                    f"{path}: an image of {INPUT_SIZE}x{INPUT_SIZE} pixels expected"
                )
            images.append(image)
            labels.append(label)
    if not images:
        raise DataError(
            f"{folder}: no {_PATTERN} in folders 0 to 9 or reject there; sort what "
            "edge-digits run --save-unsure kept into such folders first"
        )
    return Split(np.array(images, np.uint8), np.array(labels, np.uint8))
