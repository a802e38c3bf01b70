"""MNIST as arrays: read from IDX or NPZ files, downloaded if absent, and split.

Keras and scikit-learn are imported only where they are needed: a board that measures a
model reads the test images without them.
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import DataError
from edge_app.model.classify import NUM_DIGITS
from train.data.mnist_files import download, find_file, read_idx, read_npz

# What Keras' mnist.npz calls the two parts.
_NPZ_NAMES = {"train": ("x_train", "y_train"), "t10k": ("x_test", "y_test")}
_WRITERS = "qmnist-train-labels.tsv.gz"
_WRITER_COLUMN = 2  # of label, NIST series, writer and five more
SPLITS = ("standard", "stratified80")
_TEST_SHARE = 0.2  # of the pooled images, in `stratified80`


@dataclass(frozen=True)
class Split:
    """Images and their labels.

    Attributes:
        images: `(N, 28, 28)` uint8, ink bright on black.
        labels: `(N,)` uint8, 0 to 9, and 10 for what is no digit.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.integer] | slice) -> "Split":
        """Return the images that a mask, indexes or a slice select."""
        return Split(self.images[chosen], self.labels[chosen])


def load(path: Path | None, part: str) -> Split:
    """Load one part of MNIST.

    Args:
        path: A folder with the IDX files, gzipped or not; an NPZ file as Keras'
            `mnist.npz`; `None` for Keras' cache, filled by a download when it is empty.
        part: `"train"` (60,000 images) or `"t10k"` (the 10,000 test images).

    Raises:
        DataError: A file is missing, cut short, or not what its header says.
    """
    if path is not None and path.suffix == ".npz":
        sources = [f"{path}, {name}" for name in _NPZ_NAMES[part]]
        images, labels = read_npz(path, _NPZ_NAMES[part])
    else:
        names = [f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"]
        paths = [
            find_file(path, file_name) if path else download(file_name)
            for file_name in names
        ]
        sources = [str(file) for file in paths]
        images, labels = (read_idx(file) for file in paths)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise DataError(f"{sources[0]}: images of 28x28 expected, got {images.shape}")
    if labels.shape != images.shape[:1]:
        raise DataError(
            f"{sources[1]}: {len(images)} labels expected, got {labels.shape}"
        )
    if labels.size and labels.max() >= NUM_DIGITS:
        raise DataError(f"{sources[1]}: labels 0 to 9 expected, got {labels.max()}")
    return Split(images, labels)


def load_both(path: Path | None, split_name: str, *, seed: int) -> tuple[Split, Split]:
    """Load the images to train and validate with, and those to test with.

    Args:
        path: As for `load`.
        split_name: `"standard"` for MNIST's own 60,000 and 10,000; `"stratified80"` for
            80% and 20% of all of them pooled, every digit in its proportion.
        seed: Of the pooled split.

    Raises:
        DataError: As for `load`, or there are too few images to split.
        ValueError: Another split.
    """
    if split_name not in SPLITS:
        raise ValueError(f"split {split_name!r}: one of {', '.join(SPLITS)} expected")
    training, test = load(path, "train"), load(path, "t10k")
    if split_name == "standard":
        return training, test
    pooled = Split(
        np.concatenate([training.images, test.images]),
        np.concatenate([training.labels, test.labels]),
    )
    return split(pooled, count=round(_TEST_SHARE * len(pooled)), seed=seed)


def joined(parts: Sequence[Split]) -> Split:
    """Return the images of several splits as one, in their order."""
    return Split(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def split(data: Split, *, count: int, seed: int) -> tuple[Split, Split]:
    """Split off `count` images, with every digit in its proportion.

    Args:
        data: What is split.
        count: How many images are held out.
        seed: The same seed gives the same split.

    Raises:
        DataError: Either part would be too small to hold every digit.
    """
    if not NUM_DIGITS <= count <= len(data) - NUM_DIGITS:
        raise DataError(
            f"{count} of {len(data)} images cannot be held out, "
            f"{NUM_DIGITS} to {len(data) - NUM_DIGITS} expected"
        )
    from sklearn.model_selection import train_test_split

    kept, held = train_test_split(
        np.arange(len(data)), test_size=count, stratify=data.labels, random_state=seed
    )
    return (
        Split(data.images[kept], data.labels[kept]),
        Split(data.images[held], data.labels[held]),
    )


def writers(path: Path | None) -> NDArray[np.int64] | None:
    """Return who wrote each MNIST training image, `(N,)`; `None` if unknown.

    QMNIST's table, `qmnist-train-labels.tsv.gz`, does if it lies beside MNIST's files:
    a row an image, in MNIST's order, the writer in its third column (Yadav and Bottou,
    Cold Case: The Lost MNIST Digits, 2019, https://github.com/facebookresearch/qmnist).

    Args:
        path: As for `load`.

    Raises:
        DataError: The table is damaged.
    """
    if path is None or not (table := path / _WRITERS).is_file():
        return None
    try:
        rows = gzip.decompress(table.read_bytes()).decode().splitlines()
        return np.array([int(row.split("\t")[_WRITER_COLUMN]) for row in rows])
    except (OSError, EOFError, zlib.error, ValueError, IndexError) as error:
        raise DataError(f"{table}: cannot be read ({error}); fetch it again") from error


def split_by_writer(
    data: Split, writers: NDArray[np.int64], *, count: int, seed: int
) -> tuple[Split, Split]:
    """Split off all images of some writers, at least `count` of them.

    Args:
        data: What is split.
        writers: `(N,)`, of each image.
        count: How many images are held out at least.
        seed: The same seed holds out the same writers.

    Raises:
        DataError: There are not as many writers as images, or too few to hold out.
    """
    if len(writers) != len(data):
        raise DataError(
            f"writers of {len(data)} images expected, got {len(writers)}; {_WRITERS} "
            "belongs to MNIST's 60,000 training images"
        )
    names, sizes = np.unique(writers, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    num_held = 1 + int(np.searchsorted(sizes[order].cumsum(), count))
    is_held = np.isin(writers, names[order[:num_held]])
    parts = data.only(~is_held), data.only(is_held)
    if any(len(np.unique(part.labels)) < NUM_DIGITS for part in parts):
        raise DataError(
            f"{count} of {len(data)} images, by {len(names)} writers, cannot be held "
            "out: either part must have every digit"
        )
    return parts
