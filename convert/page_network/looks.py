"""Rendered validation scenes -> what calibrates a page network, and what verifies it.

No scene does both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.errors import DataError
from edge_app.find.page.finder import MULTIPLE
from train.page.crops import pool
from train.page.page_batches import CropBatches
from train.page.page_settings import PageSettings

SIDE = PageSettings.side


@dataclass(frozen=True)
class LookSamples:
    """The numbers of scenes and crops, and the scales of looks.

    Attributes:
        num_crops: For calibration, if no number is given: 30, 100 and 300 crops gave
            int8 files that differ from Keras in as many centers.
        most_scenes: Of a folder: the same files come out, whatever else is rendered.
        num_verified: Scenes: of 24, one with tiny writing had half of all that
            differed.
        scales: Reading looks at a picture as it is and at ever halved copies.
    """

    num_crops: int = 100
    most_scenes: int = 240
    num_verified: int = 48
    scales: tuple[float, ...] = (1.0, 0.5)


SAMPLES = LookSamples()


def read(
    folder: Path, *, num_samples: int | None, side: int, seed: int
) -> tuple[NDArray[np.float32], tuple[NDArray[np.uint8], ...]]:
    """Return crops for calibration, and looks at other scenes for verification.

    Args:
        folder: Validation scenes, as `train.page.crops.pool.render` wrote them.
        num_samples: How many crops; `None` for `SAMPLES.num_crops`.
        side: Of a crop in pixels.
        seed: The same seed takes the same crops.

    Returns:
        `(N, side, side, 1)` float32 in 0..1, and pictures `(H, W)` uint8 whose sides
        are multiples of 16.

    Raises:
        DataError: There are too few scenes.
    """
    paths = (pool.path(folder, number) for number in range(SAMPLES.most_scenes))
    num_scenes = sum(1 for _ in takewhile(Path.exists, paths))
    if num_scenes <= SAMPLES.num_verified:
        raise DataError(
            f"{folder}: more than {SAMPLES.num_verified} rendered scenes expected, got "
            f"{num_scenes}; python -m train renders them into its run folder, "
            "or name the folder that it was given with --scenes"
        )
    num_calibrating = num_scenes - SAMPLES.num_verified
    crops = CropBatches(
        folder,
        num_scenes=num_calibrating,
        batch_size=num_samples or SAMPLES.num_crops,
        side=side,
        steps=1,
        seed=seed,
    )[0][0]
    verified = range(num_calibrating, num_scenes)
    return _over_all_grays(crops), tuple(
        look for number in verified for look in _looks(pool.read(folder, number).gray)
    )


def _over_all_grays(crops: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return crops of which at least one reaches from black to white.

    The input's int8 step is then 1/255: a picture's bytes go in as they are.
    """
    stretched = crops.copy()
    spans = np.ptp(crops, axis=(1, 2, 3))
    widest = int(spans.argmax())
    span = max(float(spans[widest]), 1 / 255)
    stretched[widest] = (crops[widest] - crops[widest].min()) / span
    return stretched


def _looks(gray: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield a picture at each scale, its sides filled up as reading does it."""
    for scale in SAMPLES.scales:
        scaled = gray if scale == 1 else geometry.scaled(gray, scale)
        rows, columns = scaled.shape
        padded = cv2.copyMakeBorder(
            scaled,
            0,
            -rows % MULTIPLE,
            0,
            -columns % MULTIPLE,
            cv2.BORDER_REPLICATE,
        )
        yield np.ascontiguousarray(padded, np.uint8)
