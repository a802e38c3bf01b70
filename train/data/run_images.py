"""The images that fit and judge a network with a reject output, in one NPZ file.

Drawing, rendering and cutting take minutes on several cores: a committee and the seeds
of one recipe share the file, and a machine that trains needs nothing else.
"""

import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from edge_app.common import files
from edge_app.common.errors import DataError
from train.data.mnist import Split

_DESCRIPTION = "description"


@dataclass(frozen=True)
class RunImages:
    """The images of a run, or of several.

    Attributes:
        training: Those that are fitted.
        validation: Those that choose the best epoch.
        held_mnist: MNIST's own of these.
        test: MNIST's test images.
        description: What they were made of, in words.
    """

    training: Split
    validation: Split
    held_mnist: Split
    test: Split
    description: str


_SPLIT_NAMES = tuple(field.name for field in fields(RunImages) if field.type is Split)


def write(path: Path, images: RunImages) -> None:
    """Write all images into one compressed NPZ file, whole or not at all."""
    arrays = {_DESCRIPTION: np.array(images.description)}
    for part in _SPLIT_NAMES:
        split: Split = getattr(images, part)
        arrays |= {f"{part}_images": split.images, f"{part}_labels": split.labels}
    # An open file, for to a name without .npz NumPy adds it.
    with files.replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def read(path: Path) -> RunImages:
    """Read what `write` wrote.

    Raises:
        DataError: There is no such file, or it holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            parts = {
                part: Split(arrays[f"{part}_images"], arrays[f"{part}_labels"])
                for part in _SPLIT_NAMES
            }
            description = str(arrays[_DESCRIPTION])
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path}: images of `python -m train images FILE` expected ({error})"
        ) from error
    return RunImages(**parts, description=description)
