"""Batches of crops for `model.fit`, by step and seed alone: a run can resume."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from train.page.crops import pool
from train.page.crops.page_crops import Crop, crop, of_grain

PageBatch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True)
class CropBatchConstants:
    """Shares of what a batch is drawn from.

    Attributes:
        crops_a_scene: Reading a scene takes as long as a crop of it.
        without_digits_share: Of the scenes that are drawn, those without digits,
            besides their own share of all: a photograph is mostly desk, grain and
            print.
        grain_share: Of the draws, those of grain; each other one gives
            `crops_a_scene` crops.
    """

    crops_a_scene: int = 2
    without_digits_share: float = 0.35
    grain_share: float = 0.2


_CROP_BATCH = CropBatchConstants()


class CropBatches(keras.utils.PyDataset):
    """Batches of varied crops from a folder of rendered scenes."""

    def __init__(
        self,
        folder: Path,
        *,
        num_scenes: int,
        batch_size: int,
        side: int,
        steps: int,
        seed: int,
        epoch: int = 0,
        is_varied_by_epoch: bool = True,
    ) -> None:
        """Draw crops from the first scenes of a folder.

        Args:
            folder: As `pool.render` wrote it.
            num_scenes: How many of its scenes are used.
            batch_size: Crops a step.
            side: Of a crop in pixels.
            steps: An epoch's batches.
            seed: Decides everything random.
            epoch: Which epoch these batches are of, from 0.
            is_varied_by_epoch: Whether the next epoch has other crops.
        """
        super().__init__(workers=2, max_queue_size=12)
        self.folder, self.num_scenes = folder, num_scenes
        self.batch_size, self.side, self.steps = batch_size, side, steps
        self.seed, self.epoch = seed, epoch
        self.is_varied_by_epoch = is_varied_by_epoch
        self._empty: list[int] = []  # scenes without digits
        self._num_seen = 0
        self.look_through()

    def __len__(self) -> int:
        """Return the batches of an epoch."""
        return self.steps

    def __getitem__(self, index: int) -> PageBatch:
        """Return inputs `(N, S, S, 1)` float32 in 0..1 and the targets by output."""
        rng = np.random.default_rng([self.seed, self.epoch, index])
        made: list[Crop] = []
        while len(made) < self.batch_size:
            if rng.random() < _CROP_BATCH.grain_share:
                made.append(of_grain(self.side, rng))
                continue
            number = int(rng.integers(self.num_scenes))
            if self._empty and rng.random() < _CROP_BATCH.without_digits_share:
                number = self._empty[int(rng.integers(len(self._empty)))]
            scene = pool.read(self.folder, number)
            made += [
                crop(scene, self.side, rng) for _ in range(_CROP_BATCH.crops_a_scene)
            ]
        made = made[: self.batch_size]
        inputs = np.stack([a_crop.gray for a_crop in made])[..., np.newaxis]
        return inputs.astype(np.float32) / np.float32(255), {
            name: np.stack([getattr(a_crop.targets, name) for a_crop in made])
            for name in ("kinds", "sizes", "ink")
        }

    def look_through(self) -> None:
        """Note which of the scenes that joined have no digit."""
        for number in range(self._num_seen, self.num_scenes):
            if not pool.has_digits(self.folder, number):
                self._empty.append(number)
        self._num_seen = self.num_scenes

    def on_epoch_end(self) -> None:
        """Go on to the next epoch's crops."""
        self.epoch += int(self.is_varied_by_epoch)
