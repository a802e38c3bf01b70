"""Which images tell a quantizer the range of each tensor."""

import numpy as np
from numpy.typing import NDArray

from edge_app import normalise
from train.data import Split, split


def representative_inputs(
    training: Split, *, num_samples: int, seed: int
) -> NDArray[np.float32]:
    """Model inputs for calibration, every digit in its share.

    Args:
        training: Training images; test images would make the verification worthless.
        num_samples: How many are taken, less than there are.
        seed: The same seed takes the same images.

    Raises:
        DataError: There are not that many images, or too few to hold every digit.

    Returns:
        `(num_samples, 28, 28, 1)` float32 in 0..1.
    """
    _, taken = split(training, count=num_samples, seed=seed)
    return normalise.to_model_input(taken.images)
