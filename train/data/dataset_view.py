"""A look at a data set: what it holds, and some of its images."""

from pathlib import Path
from typing import Any

import numpy as np

from edge_app.common import files
from edge_app.model.classify import NUM_DIGITS
from train.data.mnist import Split
from train.report import plots


def facts(part: str, data: Split) -> dict[str, Any]:
    """Return the images' number, shape and dtype, and their pixels' range and mean."""
    images = data.images
    return {
        "part": part,
        "images": len(data),
        "shape": "x".join(map(str, images.shape[1:])),
        "dtype": str(images.dtype),
        "label_dtype": str(data.labels.dtype),
        "pixels": f"{images.min()} to {images.max()}",
        "pixel_mean": round(float(images.mean()), 2),
        "pixel_std": round(float(images.std()), 2),
    }


def distribution(parts: dict[str, Split]) -> list[dict[str, Any]]:
    """Return a row for each digit: its images in each part, and their share."""
    counts = {
        name: np.bincount(data.labels, minlength=NUM_DIGITS)
        for name, data in parts.items()
    }
    return [
        {"digit": digit}
        | {
            key: value
            for name, data in parts.items()
            for key, value in (
                (name, int(counts[name][digit])),
                (f"{name}_share", f"{counts[name][digit] / len(data):.2%}"),
            )
        }
        for digit in range(NUM_DIGITS)
    ]


def write_sheet(path: Path, data: Split, *, columns: int, seed: int) -> None:
    """Write a picture with a row of images of each digit.

    Args:
        path: The picture, its format by its suffix: `.png`, `.svg`, `.pdf`.
        data: Where the images are taken from.
        columns: How many of each digit, fewer where there are fewer.
        seed: The same seed takes the same images.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for digit in range(NUM_DIGITS):
        of_digit = rng.permutation(np.flatnonzero(data.labels == digit))[:columns]
        if of_digit.size:
            rows.append((str(digit), data.images[of_digit]))
    figure = plots.sheet(rows, title=f"Some of {len(data):,} images")
    with files.replacing(path) as temporary:
        figure.savefig(temporary)
