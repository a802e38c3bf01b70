"""Batches of patches for `model.fit`, by epoch and step alone: a run can resume."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.find.context.patches import PATCH_SIZE, Patches, stretched

PatchBatch = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True)
class PatchConstants:
    """Spans within which patches are varied, and limits of their weights.

    A finder's boxes are never quite where they were, light paper is seen on dark as
    often as is likely, and cameras bend the gray levels.

    Attributes:
        most_turn_rad: The most that a patch is turned.
        most_shift_px: The most that it is moved.
        most_zoom_share: The most that it is made larger or smaller.
        dark_share: Of the patches, those whose paper is dark.
        gamma: Of the curve of gray levels, from least to most.
        most_weight: A scene's patches weigh as the root of their number, at most this.
    """

    most_turn_rad: float = 0.12
    most_shift_px: float = 2.0
    most_zoom_share: float = 0.14
    dark_share: float = 0.25
    gamma: tuple[float, float] = (0.7, 1.4)
    most_weight: float = 3.0


PATCHES = PatchConstants()


@dataclass(frozen=True)
class PatchSet:
    """Patches of many scenes, those alone that are right or wrong.

    Attributes:
        patches: `(N, 48, 48, channels)` uint8.
        labels: `(N,)` what they are.
        weights: `(N,)` float32, 1 in the mean.
        gray: The channels that show the picture.
    """

    patches: Patches
    labels: NDArray[np.int64]
    weights: NDArray[np.float32]
    gray: Sequence[int]


def joined_sets(
    scenes: Iterable[tuple[Patches, NDArray[np.int64]]], gray: Sequence[int]
) -> PatchSet:
    """Return the patches of many scenes.

    Args:
        scenes: Of each its patches and their labels.
        gray: The channels that show the picture.
    """
    patches, labels, weights = [], [], []
    for of_scene, labels_there in scenes:
        count = len(labels_there)
        patches.append(of_scene)
        labels.append(labels_there)
        weights.append(np.full(count, max(1, count) ** -0.5, np.float32))
    every = np.concatenate(weights)
    every = np.minimum(every / max(float(every.mean()), 1e-9), PATCHES.most_weight)
    return PatchSet(np.concatenate(patches), np.concatenate(labels), every, gray)


class PatchBatches(keras.utils.PyDataset):
    """Batches of patches, varied anew each epoch or as they are."""

    def __init__(
        self,
        patch_set: PatchSet,
        *,
        batch_size: int,
        seed: int | None,
        epoch: int = 0,
    ) -> None:
        """Draw batches from patches.

        Args:
            patch_set: The patches.
            batch_size: Patches a step; of what is left at an epoch's end less.
            seed: Decides their order and variation; `None` for neither.
            epoch: Which epoch the first batches are of, from 0.
        """
        super().__init__(workers=1, max_queue_size=12)
        self._set, self._batch_size = patch_set, batch_size
        self._seed, self._epoch = seed, epoch
        self._order = self._ordered()

    def __len__(self) -> int:
        """Return the batches of an epoch."""
        return -(-len(self._set.labels) // self._batch_size)

    def __getitem__(self, index: int) -> PatchBatch:
        """Return inputs `(N, 48, 48, channels)` float32, labels and weights."""
        chosen = self._order[index * self._batch_size :][: self._batch_size]
        patches = self._set.patches[chosen]
        if self._seed is None:
            inputs = stretched(patches, self._set.gray)
        else:
            rng = np.random.default_rng([self._seed, self._epoch, index])
            inputs = varied(patches, self._set.gray, rng)
        return inputs, self._set.labels[chosen], self._set.weights[chosen]

    def on_epoch_end(self) -> None:
        """Go on to the next epoch."""
        self._epoch += 1
        self._order = self._ordered()

    def _ordered(self) -> NDArray[np.int64]:
        if self._seed is None:
            return np.arange(len(self._set.labels))
        rng = np.random.default_rng([self._seed, self._epoch])
        return rng.permutation(len(self._set.labels))


def varied(
    patches: Patches, gray: Sequence[int], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return patches as inputs: turned, shifted, enlarged, inverted, of another gamma.

    Args:
        patches: `(N, 48, 48, channels)` uint8.
        gray: The channels that show the picture.
        rng: Decides how.
    """
    moved = np.empty_like(patches)
    middle = (PATCH_SIZE - 1) / 2
    for patch, source in zip(moved, patches, strict=True):
        angle = rng.uniform(-PATCHES.most_turn_rad, PATCHES.most_turn_rad)
        scale = 1 + rng.uniform(-PATCHES.most_zoom_share, PATCHES.most_zoom_share)
        shift = rng.uniform(-PATCHES.most_shift_px, PATCHES.most_shift_px, 2)
        matrix = cv2.getRotationMatrix2D((middle, middle), np.degrees(angle), scale)
        matrix[:, 2] = matrix[:, 2] + shift
        patch[:] = cv2.warpAffine(
            source, matrix, source.shape[:2], borderMode=cv2.BORDER_REPLICATE
        )
    is_dark = rng.random(len(moved)) < PATCHES.dark_share
    for channel in gray:
        moved[is_dark, ..., channel] = 255 - moved[is_dark, ..., channel]
    inputs = stretched(moved, gray)
    gamma = rng.uniform(*PATCHES.gamma, (len(inputs), 1, 1, 1)).astype(np.float32)
    inputs[..., list(gray)] **= gamma
    return inputs
