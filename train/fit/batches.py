"""The batches that a network is fitted to: shuffled, varied, with their targets."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.model import normalize
from train.data.mnist import Split
from train.fit import augment, backend

Teacher = Callable[[Any], Any]


@dataclass(frozen=True)
class BatchConstants:
    """Batches that are made together, and how strongly their images are varied.

    Attributes:
        batches_a_chunk: That are varied at once: a quarter of the time.
        full_until_share: Of the training, after which images are varied ever less.
        last_strength_share: Of the full strength, at the training's end.
    """

    batches_a_chunk: int = 8
    full_until_share: float = 0.5
    last_strength_share: float = 0.5


_BATCH = BatchConstants()


class TrainingBatches(keras.utils.PyDataset):
    """Shuffled, augmented batches of model inputs and target probabilities.

    Everything random follows from the seed and the epoch alone, so a resumed run sees
    the batches that the uninterrupted one would have seen.
    """

    def __init__(
        self,
        data: Split,
        *,
        num_outputs: int,
        batch_size: int,
        augmented: bool,
        seed: int,
        first_epoch: int = 0,
        num_epochs: int = 1,
        strength: float = 1.0,
        repeats: int = 1,
        teachers: Sequence[keras.Model] = (),
        teachers_share: float = 0.5,
    ) -> None:
        """Prepare batches of `data`, starting with those of an epoch.

        Args:
            data: Images and labels; label 10 is no digit.
            num_outputs: Of the network, 10 or 11.
            batch_size: Images a step.
            augmented: Whether the images are varied.
            seed: Decides everything random.
            first_epoch: Counted from 0.
            num_epochs: How many there will be: images are varied less toward the end.
            strength: How strongly the images of the first epochs are varied, 0..1.
            repeats: How often varied images are used before others are made, each time
                in another order (Choi et al., Faster neural network training with data
                echoing, 2019): teachers take longer than a small network's step.
            teachers: Networks whose mean probabilities are a share of the targets.
            teachers_share: That share; the rest is the label, which no sure mistake
                of theirs outweighs.
        """
        super().__init__()
        self.data = data
        self.num_outputs = num_outputs
        self.batch_size = batch_size
        self.seed = seed
        self.num_epochs = num_epochs
        self.strength = strength
        self.repeats = repeats
        self._current = -1  # the chunk that was made last
        self._augmenter = augment.augmenter(0) if augmented else None
        if self._augmenter is not None:
            self._augmenter(np.zeros((2, 28, 28, 1), np.float32), training=True)
        self._teachers_share = teachers_share
        changing = self._augmenter.variables if self._augmenter is not None else []
        self._chunk_of = backend.compiled(self._varied_and_judged, changing)
        self._teachers = [_judge(teacher, num_outputs) for teacher in teachers]
        self._start(first_epoch)

    def __len__(self) -> int:
        """Return the batches in an epoch; the last one may be smaller."""
        return self._num_batches * self.repeats

    @property
    def _num_batches(self) -> int:
        return math.ceil(len(self.data) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], ...]:
        """Return batch `index`: inputs `(N, 28, 28, 1)`, targets `(N, C)`, float32."""
        most = _BATCH.batches_a_chunk
        chunk, place = divmod(index, most * self.repeats)
        if chunk != self._current:
            self._inputs, self._targets = self._made(chunk)
            self._current = chunk
        # The last chunk has fewer batches.
        length = min(most, self._num_batches - chunk * most)
        repeat, place = divmod(place, length)
        chosen: Any = slice(place * self.batch_size, (place + 1) * self.batch_size)
        if repeat:
            rng = np.random.default_rng([self.seed, self.epoch, chunk, repeat])
            chosen = rng.permutation(len(self._inputs))[chosen]
        return self._inputs[chosen], self._targets[chosen]

    def on_epoch_end(self) -> None:
        """Prepare the next epoch's order and variations."""
        self._start(self.epoch + 1)

    def _start(self, epoch: int) -> None:
        self.epoch = epoch
        epoch_seed = np.random.SeedSequence([self.seed, epoch]).generate_state(1)[0]
        self._order = np.random.default_rng(epoch_seed).permutation(len(self.data))
        self._current = -1
        if self._augmenter is not None:
            augment.restart(
                self._augmenter,
                seed=int(epoch_seed) % 2**31,
                strength=self.strength * _left(epoch / self.num_epochs),
            )

    def _made(self, chunk: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        size = _BATCH.batches_a_chunk * self.batch_size
        chosen = self._order[chunk * size : (chunk + 1) * size]
        inputs, targets = encode(
            Split(self.data.images[chosen], self.data.labels[chosen]), self.num_outputs
        )
        inputs, targets = self._chunk_of(inputs, targets)
        to_numpy = keras.ops.convert_to_numpy
        return to_numpy(inputs), to_numpy(targets)

    def _varied_and_judged(
        self, inputs: keras.KerasTensor, targets: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        if self._augmenter is not None:
            inputs = self._augmenter(inputs, training=True)
        if self._teachers:
            judged = sum(teacher(inputs) for teacher in self._teachers)
            share = self._teachers_share / len(self._teachers)
            targets = (1 - self._teachers_share) * targets + share * judged
        return inputs, targets


def encode(
    data: Split, num_outputs: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return model inputs `(N, 28, 28, 1)` in 0..1 and one-hot labels `(N, C)`."""
    inputs = normalize.to_model_input(data.images)
    return inputs, np.eye(num_outputs, dtype=np.float32)[data.labels]


def _left(passed: float) -> float:
    """Return what is left of the variations after a share of the training, 0..1.

    Full at first; toward the end the images look more like those that will be read.
    """
    shares = _BATCH.full_until_share, 1.0
    return float(np.interp(passed, shares, (1.0, _BATCH.last_strength_share)))


def _judge(teacher: keras.Model, num_outputs: int) -> Teacher:
    """Return a teacher's probabilities for the first `num_outputs` outputs."""

    def judge(inputs: keras.KerasTensor) -> keras.KerasTensor:
        return teacher(inputs, training=False)[:, :num_outputs]

    return judge
