"""Calibration and test images of one's own: a folder or an NPZ file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import DataError
from edge_app.sources.pictures.images import read_image

IMAGE_SUFFIXES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".bmp",
    ".webp",
    ".tif",
    ".tiff",
    ".pgm",
    ".ppm",
)


@dataclass(frozen=True)
class LabeledImages:
    """Model inputs and what they show.

    Attributes:
        inputs: `(N, height, width, channels)` float32.
        labels: `(N,)` int64, the output that should be the highest.
        names: What the outputs stand for; empty where only numbers are known.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)


def load(
    path: Path,
    *,
    shape: tuple[int, int, int],
    num_outputs: int,
    value_range: tuple[float, float] = (0.0, 1.0),
) -> LabeledImages:
    """Load the labeled images in a folder or an NPZ file.

    Args:
        path: A folder with a sub-folder of images for each output, in the order of
            their names; or an NPZ file with `images` `(N, height, width[, channels])`
            and `labels` `(N,)`.
        shape: `(height, width, channels)` of the model's input; images of a folder are
            resized to it, and turned to gray or RGB.
        num_outputs: Of the model.
        value_range: What the pixel values 0 and 255 become. Floats in an NPZ file are
            inputs already.

    Raises:
        DataError: There are none, or they do not fit the model.
    """
    if path.is_dir():
        images, labels, names = _folder(path, shape)
        if len(names) != num_outputs:
            raise DataError(
                f"{path}: {num_outputs} sub-folders expected, one for each output of "
                f"the model, got {len(names)}"
            )
    elif path.suffix.lower() == ".npz" and path.is_file():
        images, labels = _npz(path, shape)
        names = ()
    else:
        raise DataError(f"{path}: a folder of images or an .npz file expected")
    if not len(images):
        raise DataError(f"{path}: no image in it")
    _check_labels(path, labels, num_outputs)
    return LabeledImages(_scaled(images, value_range), labels.astype(np.int64), names)


def _check_labels(path: Path, labels: NDArray[np.int64], num_outputs: int) -> None:
    if labels.min() < 0 or labels.max() >= num_outputs:
        raise DataError(
            f"{path}: labels 0 to {num_outputs - 1} expected, got {labels.min()} to "
            f"{labels.max()}"
        )


def _folder(
    path: Path, shape: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[Any], tuple[str, ...]]:
    classes = sorted(entry for entry in path.iterdir() if entry.is_dir())
    images, labels = [], []
    for label, folder in enumerate(classes):
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() in IMAGE_SUFFIXES:
                images.append(_fitted(read_image(file), shape))
                labels.append(label)
    if not images:
        raise DataError(
            f"{path}: no image in it; a sub-folder for each class expected, with "
            f"{', '.join(IMAGE_SUFFIXES)} files"
        )
    return np.stack(images), np.array(labels), tuple(folder.name for folder in classes)


def _fitted(image: Any, shape: tuple[int, int, int]) -> Any:
    """Return a BGR image in the model's size and channels."""
    height, width, channels = shape
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    if channels == 1:
        return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None]
    if channels != 3:
        raise DataError(
            f"a model of 1 or 3 channels expected for image files, it has {channels}; "
            "use an .npz file"
        )
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _npz(path: Path, shape: tuple[int, int, int]) -> tuple[Any, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except Exception as error:  # zip, NumPy and the file system have their own
        raise DataError(
            f"{path}: not an .npz file with the arrays images and labels ({error})"
        ) from error
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[1:] != shape:
        raise DataError(f"{path}: images (N, {shape}) expected, got {images.shape}")
    if labels.shape != images.shape[:1] or labels.dtype.kind not in "iu":
        raise DataError(
            f"{path}: {len(images)} whole-number labels expected, got "
            f"{labels.dtype} {labels.shape}"
        )
    if images.dtype != np.uint8 and images.dtype.kind != "f":
        raise DataError(f"{path}: uint8 or float images expected, got {images.dtype}")
    return images, labels


def _scaled(images: Any, value_range: tuple[float, float]) -> NDArray[np.float32]:
    if images.dtype != np.uint8:
        return np.asarray(images, np.float32)
    low, high = value_range
    return np.asarray(images.astype(np.float32) * ((high - low) / 255) + low)
