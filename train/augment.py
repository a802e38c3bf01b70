"""Training images varied as pens, hands and cameras vary them."""

import math

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from edge_app import normalise
from train.data import NUM_CLASSES, Split


class RandomStrokeWidth(layers.Layer):
    """Thicker or thinner strokes: a share of a 3x3 dilation or erosion is mixed in.

    Keras has no layer for it. Images `(N, 28, 28, 1)` float32 in 0..1 in and out.
    """

    def __init__(self, factor: float, *, seed: int) -> None:
        """Mix in at most `factor` (0..1) of the dilated or eroded image."""
        super().__init__()
        self.factor = factor
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """The images with new stroke widths."""
        amount = keras.random.uniform(
            (ops.shape(images)[0], 1, 1, 1),
            -self.factor,
            self.factor,
            seed=self.generator,
        )
        dilated = ops.max_pool(images, 3, 1, padding="same")
        eroded = -ops.max_pool(-images, 3, 1, padding="same")
        other = ops.where(amount > 0, dilated, eroded)
        return images + ops.abs(amount) * (other - images)


def augmenter(seed: int) -> keras.Sequential:
    """Layers that vary a batch `(N, 28, 28, 1)` of float32 in 0..1."""
    geometry = {"fill_mode": "constant", "fill_value": 0.0}
    return keras.Sequential(
        [
            layers.RandomRotation(12 / 360, seed=seed, **geometry),
            layers.RandomShear(0.2, 0.0, seed=seed + 1, **geometry),
            # Height, then width; above 0 is smaller: pens write narrower than MNIST.
            layers.RandomZoom((-0.1, 0.15), (-0.1, 0.35), seed=seed + 2, **geometry),
            layers.RandomTranslation(0.05, 0.05, seed=seed + 3, **geometry),
            RandomStrokeWidth(0.6, seed=seed + 4),
        ]
    )


class TrainingBatches(keras.utils.PyDataset):
    """Shuffled, augmented batches of model inputs and one-hot labels.

    Everything random follows from the seed and the epoch alone, so a resumed run sees
    the batches that the uninterrupted one would have seen.
    """

    def __init__(
        self,
        data: Split,
        *,
        batch_size: int,
        augment: bool,
        seed: int,
        first_epoch: int = 0,
    ) -> None:
        """Batches of `batch_size` from `data`, starting with those of `first_epoch`."""
        super().__init__()
        self.data = data
        self.batch_size = batch_size
        self.augment = augment
        self.seed = seed
        self._start(first_epoch)

    def __len__(self) -> int:
        """Batches an epoch; the last one may be smaller."""
        return math.ceil(len(self.data) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[keras.KerasTensor, NDArray[np.float32]]:
        """Batch `index`: inputs `(N, 28, 28, 1)` and labels `(N, 10)`, float32."""
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        inputs, labels = encode(
            Split(self.data.images[chosen], self.data.labels[chosen])
        )
        return (self.vary(inputs, training=True) if self.augment else inputs), labels

    def on_epoch_end(self) -> None:
        """Prepare the next epoch's order and variations."""
        self._start(self.epoch + 1)

    def _start(self, epoch: int) -> None:
        self.epoch = epoch
        epoch_seed = np.random.SeedSequence([self.seed, epoch]).generate_state(1)[0]
        self.order = np.random.default_rng(epoch_seed).permutation(len(self.data))
        if self.augment:
            self.vary = augmenter(int(epoch_seed) % 2**31)


def encode(data: Split) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Model inputs `(N, 28, 28, 1)` in 0..1 and one-hot labels `(N, 10)`, float32."""
    inputs = normalise.to_model_input(data.images)
    return inputs, np.eye(NUM_CLASSES, dtype=np.float32)[data.labels]
