"""The images that tell a quantizer the range of each tensor."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import DataError

# Of 200 to 5,000 images, with so many `edge-int8` differs least (root mean square) from
# Keras on validation images: rare extremes stretch every range.
DEFAULT_SAMPLES = 200


def representative(
    labels: NDArray[Any], *, num_samples: int | None, seed: int
) -> NDArray[np.int64]:
    """Choose images for calibration by index, every class in its share.

    Args:
        labels: `(N,)` of the training images; test images would make the verification
            worthless.
        num_samples: How many are taken; `None` for `DEFAULT_SAMPLES`, or all if there
            are fewer.
        seed: The same seed takes the same images.

    Raises:
        DataError: There are not that many images, or too few to hold every class.
    """
    positions = np.arange(len(labels))
    if num_samples is None:
        num_samples = min(DEFAULT_SAMPLES, len(labels))
    num_classes = len(np.unique(labels))
    if not num_classes <= num_samples <= len(labels):
        raise DataError(
            f"{num_samples} calibration images asked for, {num_classes} (one a class) "
            f"to {len(labels)} (all) expected"
        )
    if num_samples > len(labels) - num_classes:  # too few left over to split
        return np.random.default_rng(seed).permutation(positions)[:num_samples]
    # Here, since it takes seconds to import.
    from sklearn.model_selection import train_test_split

    try:
        taken: NDArray[np.int64] = train_test_split(
            positions, train_size=num_samples, stratify=labels, random_state=seed
        )[0]
    except ValueError as error:
        raise DataError(f"the calibration images cannot be chosen: {error}") from error
    return taken


def check_disjoint(calibration: NDArray[np.float32], test: NDArray[np.float32]) -> None:
    """Check that no calibration image is a test image.

    Raises:
        DataError: Some are; the verification would say nothing.
    """
    known = {_digest(image) for image in test}
    count = sum(_digest(image) in known for image in calibration)
    if count:
        raise DataError(
            f"{count} of {len(calibration)} calibration images are test images too; "
            "calibrate with training images"
        )


def _digest(image: NDArray[np.float32]) -> bytes:
    return hashlib.sha256(image.tobytes()).digest()
