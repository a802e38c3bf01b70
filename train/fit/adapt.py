"""Fit a finished network to a few corrected digits, and keep what it can.

A tenth of the images are the corrections, varied; the others are digits and what is
none, for which it is to say what it said before: Li and Hoiem, Learning without
forgetting, 2016.
"""

import dataclasses
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import TrainingError
from edge_app.model.classify import NUM_DIGITS
from train.data import negatives
from train.data.mnist import Split, joined
from train.fit import augment, backend, runs
from train.fit.batches import encode
from train.fit.settings import AdaptSettings
from train.networks import shipped
from train.report import evaluate

_ANCHORS = 4096  # images an epoch for which nothing is to change
_REJECT_SHARE = 0.25  # of those, what is no digit
_MADE = 4000  # of that, what is made of digits: parts, several in one
_BATCH = 256


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
    letters = negatives.omniglot(unknowns, negatives.TRAINING_ALPHABETS)
    made = negatives.made(mnist, count=_MADE, seed=seed)
    others = np.concatenate([letters, made])
    labels = np.full(len(others), NUM_DIGITS, np.uint8)
    return joined([mnist, Split(others, labels)])


def adapted(
    model: keras.Model, corrections: Split, kept: Split, settings: AdaptSettings
) -> keras.Model:
    """Return a copy of a network that reads the corrections, and the rest as before.

    Args:
        model: Stays as it is.
        corrections: What it shall read otherwise, or as it does; label 10 is no digit.
        kept: From `anchors`.
        settings: How far.

    Raises:
        TrainingError: There is no correction.
    """
    if not len(corrections):
        raise TrainingError("no correction to adapt to")
    keras.utils.set_random_seed(settings.seed)  # dropout's seeds are drawn at once
    student = keras.models.clone_model(model)
    student.set_weights(model.get_weights())
    for layer in student.layers:
        # Its statistics are of all images; a few of one hand would spoil them.
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    batches = _Batches(model, corrections, kept, settings)
    steps = settings.epochs * -(-batches.size // _BATCH)
    student.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
        ),
        loss="categorical_crossentropy",
        jit_compile=backend.jit(),
    )
    for epoch in range(settings.epochs):
        inputs, targets = batches.epoch(epoch)
        student.fit(inputs, targets, batch_size=_BATCH, verbose=0)
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


class _Batches:
    """Each epoch's images and targets, by the seed and its number alone."""

    def __init__(
        self,
        model: keras.Model,
        corrections: Split,
        kept: Split,
        settings: AdaptSettings,
    ) -> None:
        self._model = model
        self._corrections = corrections
        self._settings = settings
        is_digit = kept.labels < NUM_DIGITS
        self._digits, self._others = kept.only(is_digit), kept.only(~is_digit)
        self._num_outputs = int(model.output_shape[-1])
        self._augmenter = augment.augmenter(0)
        self._augmenter(np.zeros((2, 28, 28, 1), np.float32), training=True)
        share = settings.share
        self._num_corrections = round(_ANCHORS * share / (1 - share))
        self.size = _ANCHORS + self._num_corrections

    def epoch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return inputs `(N, 28, 28, 1)` and targets `(N, C)`, the corrections last."""
        rng = np.random.default_rng([self._settings.seed, number])
        num_others = round(_REJECT_SHARE * _ANCHORS)
        chosen = [
            self._digits.only(rng.choice(len(self._digits), _ANCHORS - num_others)),
            self._others.only(rng.choice(len(self._others), num_others)),
            self._corrections.only(
                _spread(len(self._corrections), self._num_corrections)
            ),
        ]
        known = joined(chosen)
        inputs, targets = encode(
            dataclasses.replace(
                known, labels=np.minimum(known.labels, self._num_outputs - 1)
            ),
            self._num_outputs,
        )
        augment.restart(
            self._augmenter,
            seed=int(rng.integers(2**31)),
            strength=self._settings.strength,
        )
        varied = keras.ops.convert_to_numpy(self._augmenter(inputs, training=True))
        as_before = self._model.predict(varied[:_ANCHORS], batch_size=1024, verbose=0)
        targets[:_ANCHORS] = as_before
        order = rng.permutation(len(varied))
        return varied[order], targets[order]


def _spread(count: int, wanted: int) -> NDArray[np.int64]:
    """Return `(wanted,)` indexes below `count`, all about equally often."""
    return np.arange(wanted) % count
