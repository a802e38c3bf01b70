"""Fit a finished network to a few corrected digits, and keep what it can.

A tenth of the images are the corrections, varied; the others are digits and what is
none, for which it is to say what it said before: Li and Hoiem, Learning without
forgetting, 2016.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import TrainingError
from edge_app.model.classify import NUM_DIGITS
from train.data import negatives, omniglot
from train.data.mnist import Split, joined
from train.fit import augment, backend, runs
from train.fit.batches import encode
from train.fit.fit_settings import AdaptSettings
from train.networks import shipped
from train.report import evaluate

Epoch = tuple[NDArray[np.float32], NDArray[np.float32]]  # inputs and their targets


@dataclass(frozen=True)
class AnchorConstants:
    """The images for which an adapted network is to say what it said before.

    Attributes:
        num_anchors: Of them, in an epoch.
        reject_share: Of those, what is no digit.
        num_made: Images made of digits that are none: parts, several in one.
        images_a_batch: Anchors and corrections together.
    """

    num_anchors: int = 4096
    reject_share: float = 0.25
    num_made: int = 4000
    images_a_batch: int = 256


_ANCHOR = AnchorConstants()


def start(run: Path | None, arch: str = "edge") -> keras.Model:
    """Return the network that is adapted: a finished run's, or the shipped one.

    Raises:
        TrainingError: There is none.
    """
    if run is None:
        return shipped.network(arch)
    return runs.load_model(run / "model.keras")


def anchors(mnist: Split, unknowns: Path | None, *, seed: int) -> Split:
    """Return images for which an adapted network is to say what it said.

    Args:
        mnist: Training digits.
        unknowns: Folder with Omniglot's archives; `None` to download them once.
        seed: Decides everything random.
    """
    letters = omniglot.characters(unknowns, omniglot.TRAINING_ALPHABETS)
    made = negatives.made(mnist, count=_ANCHOR.num_made, seed=seed)
    others = np.concatenate([letters, made])
    labels = np.full(len(others), NUM_DIGITS, np.uint8)
    return joined([mnist, Split(others, labels)])


def rehearsal(model: keras.Model, kept: Split, settings: AdaptSettings) -> list[Epoch]:
    """Return each epoch's images for which a network is to say what it says now.

    They depend on no correction: whoever adapts one network to several hands needs them
    once.

    Args:
        model: The network as it is before.
        kept: From `anchors`.
        settings: How many epochs, and how strongly images are varied.
    """
    is_digit = kept.labels < NUM_DIGITS
    digits, others = kept.only(is_digit), kept.only(~is_digit)
    num_others = round(_ANCHOR.reject_share * _ANCHOR.num_anchors)
    vary = _Varied(int(model.output_shape[-1]), settings)
    epochs = []
    for number in range(settings.epochs):
        rng = np.random.default_rng([settings.seed, number])
        chosen = [
            digits.only(rng.choice(len(digits), _ANCHOR.num_anchors - num_others)),
            others.only(rng.choice(len(others), num_others)),
        ]
        inputs, _ = vary(joined(chosen), rng)
        epochs.append((inputs, model.predict(inputs, batch_size=1024, verbose=0)))
    return epochs


def _student(model: keras.Model) -> keras.Model:
    """Return a copy that learns, but for the statistics of its normalization."""
    student = keras.models.clone_model(model)
    student.set_weights(model.get_weights())
    for layer in student.layers:
        # They are of all images; a few of one hand would spoil them.
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return student


def _compile(
    student: keras.Model, settings: AdaptSettings, images_an_epoch: int
) -> None:
    steps = settings.epochs * -(-images_an_epoch // _ANCHOR.images_a_batch)
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    student.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="categorical_crossentropy",
        jit_compile=backend.jit(),
    )


def adapted(
    model: keras.Model,
    corrections: Split,
    rehearsed: Sequence[Epoch],
    settings: AdaptSettings,
) -> keras.Model:
    """Return a copy of a network that reads the corrections, and the rest as before.

    Args:
        model: Stays as it is.
        corrections: What it shall read otherwise, or as it does; label 10 is no digit.
        rehearsed: From `rehearsal`, with the same network and settings.
        settings: How far.

    Raises:
        TrainingError: There is no correction.
    """
    if not len(corrections):
        raise TrainingError("no correction to adapt to")
    keras.utils.set_random_seed(settings.seed)  # dropout's seeds are drawn at once
    student = _student(model)
    num_corrections = round(_ANCHOR.num_anchors * settings.share / (1 - settings.share))
    _compile(student, settings, _ANCHOR.num_anchors + num_corrections)
    repeated = corrections.only(_spread(len(corrections), num_corrections))
    vary = _Varied(int(model.output_shape[-1]), settings)
    for number, (kept_inputs, kept_targets) in enumerate(rehearsed):
        rng = np.random.default_rng([settings.seed, settings.epochs, number])
        inputs, targets = vary(repeated, rng)
        order = rng.permutation(len(kept_inputs) + len(inputs))
        student.fit(
            np.concatenate([kept_inputs, inputs])[order],
            np.concatenate([kept_targets, targets])[order],
            batch_size=_ANCHOR.images_a_batch,
            verbose=0,
        )
    copy = keras.models.clone_model(model)  # without the optimizer's state
    copy.set_weights(student.get_weights())
    return copy


def accuracy(model: keras.Model, split: Split) -> float:
    """Return the share of images that get their label, 0..1.

    A digit's is the likeliest of ten, as always; what is no digit, labeled 10, is
    right where that is the likeliest of all.
    """
    scores = evaluate.scores_of(model, split)
    is_digit = split.labels < NUM_DIGITS
    found = np.where(
        is_digit, scores[:, :NUM_DIGITS].argmax(axis=1), scores.argmax(axis=1)
    )
    return float((found == split.labels).mean())


class _Varied:
    """Varies images as training does, each time by what a generator draws."""

    def __init__(self, num_outputs: int, settings: AdaptSettings) -> None:
        self._num_outputs, self._strength = num_outputs, settings.strength
        self._augmenter = augment.augmenter(0)
        self._augmenter(np.zeros((2, 28, 28, 1), np.float32), training=True)

    def __call__(self, split: Split, rng: np.random.Generator) -> Epoch:
        """Return inputs `(N, 28, 28, 1)` and targets `(N, C)`, one-hot."""
        known = dataclasses.replace(
            split, labels=np.minimum(split.labels, self._num_outputs - 1)
        )
        inputs, targets = encode(known, self._num_outputs)
        augment.restart(
            self._augmenter, seed=int(rng.integers(2**31)), strength=self._strength
        )
        varied = self._augmenter(inputs, training=True)
        return keras.ops.convert_to_numpy(varied), targets


def _spread(count: int, wanted: int) -> NDArray[np.int64]:
    """Return `(wanted,)` indexes below `count`, all about equally often."""
    return np.arange(wanted) % count
