"""Training images varied as pens, hands and cameras vary them."""

import math

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from edge_app import normalise
from edge_app.classify import NUM_DIGITS
from train.data import Split


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


class RandomAffine(layers.Layer):
    """Rotation, shear, zoom and translation in one resampling.

    Keras has a layer for each, but four resamplings in a row blur a stroke of two
    pixels until it no longer looks like one. Images `(N, 28, 28, 1)` in and out.
    """

    def __init__(self, *, seed: int) -> None:
        """Vary as hands and cameras do; all of it follows from `seed`."""
        super().__init__()
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """The images, each moved in its own way, 0 where nothing was."""
        count = ops.shape(images)[0]

        def between(low: float, high: float) -> keras.KerasTensor:
            return keras.random.uniform((count,), low, high, seed=self.generator)

        angle = between(-math.pi / 15, math.pi / 15)
        shear = between(-0.2, 0.2)
        # Above 1 is smaller. Pens often write narrower digits than MNIST's.
        width, height = between(0.9, 1.3), between(0.9, 1.12)
        centre = (normalise.INPUT_SIZE - 1) / 2
        shift_x = centre + between(-1.5, 1.5)
        shift_y = centre + between(-1.5, 1.5)
        # Output pixel (x, y) is taken from input pixel (a0 x + a1 y + a2, ...).
        a0 = width * ops.cos(angle)
        a1 = width * (shear - ops.sin(angle))
        b0 = height * ops.sin(angle)
        b1 = height * ops.cos(angle)
        a2 = centre - a0 * shift_x - a1 * shift_y
        b2 = centre - b0 * shift_x - b1 * shift_y
        zero = ops.zeros_like(a0)
        transform = ops.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)
        return ops.image.affine_transform(images, transform, fill_mode="constant")


def augmenter(seed: int) -> keras.Sequential:
    """Layers that vary a batch `(N, 28, 28, 1)` of float32 in 0..1."""
    return keras.Sequential(
        [RandomAffine(seed=seed), RandomStrokeWidth(0.5, seed=seed + 1)]
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
    return inputs, np.eye(NUM_DIGITS, dtype=np.float32)[data.labels]
