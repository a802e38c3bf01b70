"""Fit a network of patches: from where its run stands to the last epoch."""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import keras

from train.fit import backend
from train.fit.callbacks import Checkpoint, Reseed
from train.patches.patch_batches import PatchBatches, PatchSet

log = logging.getLogger(__name__)
_EMA_MOMENTUM = 0.998
_WARMUP_STEPS = 200


class FitSettings(Protocol):
    """Settings of fitting a network of patches."""

    @property
    def epochs(self) -> int:
        """Return how many passes through all patches there are."""

    @property
    def batch_size(self) -> int:
        """Return the patches of a step."""

    @property
    def learning_rate(self) -> float:
        """Return AdamW's first rate; it falls to 0 along a cosine."""

    @property
    def weight_decay(self) -> float:
        """Return AdamW's."""

    @property
    def seed(self) -> int:
        """Return what decides everything random."""


def fit(
    run: Path,
    settings: FitSettings,
    build: Callable[[], keras.Model],
    *,
    training: PatchSet,
    held: PatchSet,
) -> None:
    """Train until the last epoch, from where the run stands.

    Args:
        run: The run folder.
        settings: The run's settings.
        build: Returns a fresh network.
        training: What is learned from.
        held: What the best epoch is chosen on.
    """
    steps = -(-len(training.labels) // settings.batch_size)
    model = _saved(run)
    if model is None:
        model = compiled(build(), settings, steps)
    first_epoch = int(model.optimizer.iterations) // steps
    if first_epoch:
        log.info("Resuming after epoch %d of %d.", first_epoch, settings.epochs)
    history = json.loads((run / "history.json").read_text()) if first_epoch else []
    size = settings.batch_size
    model.fit(
        PatchBatches(training, batch_size=size, seed=settings.seed, epoch=first_epoch),
        validation_data=PatchBatches(held, batch_size=size, seed=None),
        initial_epoch=first_epoch,
        epochs=settings.epochs,
        shuffle=False,
        callbacks=[
            Reseed(settings.seed),
            keras.callbacks.SwapEMAWeights(),  # for the validation only
            Checkpoint(run, history[:first_epoch], rank=_rank),
        ],
        verbose=1 if sys.stdout.isatty() else 2,
    )


def _saved(run: Path) -> keras.Model | None:
    """Return the network as an earlier process left it, if one did."""
    last = run / "last.keras"
    return keras.saving.load_model(last) if last.exists() else None


def compiled(model: keras.Model, settings: FitSettings, steps: int) -> keras.Model:
    """Return a fresh network, ready to be fitted.

    Args:
        model: The network.
        settings: Of the run.
        steps: Batches of an epoch.
    """
    warmup = min(_WARMUP_STEPS, steps // 2)
    rate: Any = keras.optimizers.schedules.CosineDecay(
        0.0,
        settings.epochs * steps - warmup,
        warmup_target=settings.learning_rate,
        warmup_steps=warmup,
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate,
            weight_decay=settings.weight_decay,
            use_ema=True,
            ema_momentum=_EMA_MOMENTUM,
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=backend.jit(),
    )
    return model


def _rank(row: dict[str, float]) -> float:
    return -row["val_loss"]
