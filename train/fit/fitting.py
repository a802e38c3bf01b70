"""Fit a network: from where its run stands to the last epoch."""

import logging
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import TrainingError
from train.data.mnist import Split, split, split_by_writer
from train.fit import backend, callbacks, runs
from train.fit.batches import TrainingBatches, encode
from train.fit.fit_settings import Extras, Settings
from train.networks.architectures import ARCHITECTURES
from train.networks.blocks import Scaling

log = logging.getLogger(__name__)


def validation_split(
    mnist: Split,
    settings: Settings,
    writers: NDArray[np.int64] | None = None,
) -> tuple[Split, Split]:
    """Split a run's training from its validation images.

    Args:
        mnist: What is split.
        settings: The run's.
        writers: Of each image, so that none is in both parts; `None` where nobody knows
            them.

    Raises:
        DataError: The validation share is too small or too large for the data.
    """
    count = round(settings.validation_share * len(mnist))
    if writers is not None:
        return split_by_writer(mnist, writers, count=count, seed=settings.seed)
    return split(mnist, count=count, seed=settings.seed)


def num_outputs(settings: Settings) -> int:
    """Return the outputs of the run's network: 11 where one is for what is no digit."""
    return int(ARCHITECTURES[settings.arch]().output_shape[-1])


def fit(
    run: Path,
    settings: Settings,
    training: Split,
    validation: Split,
    extras: Extras | None = None,
) -> bool:
    """Train until the last epoch, from where the run stands.

    Args:
        run: The run folder, made by `start`.
        settings: The run's settings.
        training: Images that are fitted.
        validation: Images that choose the best epoch.
        extras: What is kept besides; `None` for nothing.

    Returns:
        Whether the training went to its end; `False` after Ctrl-C.
    """
    keras.utils.set_random_seed(settings.seed)
    batches_an_epoch = -(-len(training) // settings.batch_size) * settings.repeats
    model = _begun(run, settings, training, settings.epochs * batches_an_epoch)
    first_epoch = int(model.optimizer.iterations) // batches_an_epoch
    if first_epoch:
        log.info("Resuming after epoch %d of %d.", first_epoch, settings.epochs)
    history = runs.history_of(run)[:first_epoch]
    try:
        model.fit(
            _batches(settings, training, first_epoch),
            validation_data=encode(validation, num_outputs(settings)),
            validation_batch_size=1000,
            initial_epoch=first_epoch,
            epochs=settings.epochs,
            shuffle=False,  # the batches shuffle themselves, by seed and epoch
            callbacks=callbacks.of_run(run, settings, history, extras or Extras()),
            verbose=1 if sys.stdout.isatty() else 2,
        )
    except KeyboardInterrupt:
        return False
    return True


def _begun(
    run: Path, settings: Settings, training: Split, num_steps: int
) -> keras.Model:
    """Return the network as an earlier process left it, or a fresh one."""
    last = run / "last.keras"
    if last.exists():
        return runs.load_model(last)
    return _compiled(settings, training, num_steps=num_steps)


def _batches(settings: Settings, training: Split, first_epoch: int) -> TrainingBatches:
    teachers = [Path(teacher) / "model.keras" for teacher in settings.teachers]
    return TrainingBatches(
        training,
        num_outputs=num_outputs(settings),
        batch_size=settings.batch_size,
        augmented=settings.augment,
        seed=settings.seed,
        first_epoch=first_epoch,
        num_epochs=settings.epochs,
        strength=settings.strength,
        repeats=settings.repeats,
        teachers=[runs.load_model(teacher) for teacher in teachers],
        teachers_share=settings.teachers_share,
    )


def _compiled(settings: Settings, training: Split, *, num_steps: int) -> keras.Model:
    options: dict[str, Any] = {}
    if settings.dropout is not None:
        options["dropout"] = settings.dropout
    if settings.scaling == "standard":
        ink = training.images / np.float32(255.0)
        options["scaling"] = Scaling(float(ink.mean()), float(ink.std()))
    model = ARCHITECTURES[settings.arch](**options)
    if settings.start_from is not None:
        _take_weights(model, Path(settings.start_from))
    rate: Any = settings.learning_rate
    if settings.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, num_steps)
    averaging = {}
    if settings.ema_momentum:
        averaging = {"use_ema": True, "ema_momentum": settings.ema_momentum}
    model.compile(
        optimizer=keras.optimizers.Adam(rate, **averaging),
        loss=keras.losses.CategoricalCrossentropy(
            label_smoothing=settings.label_smoothing
        ),
        metrics=["accuracy"],
        jit_compile=backend.jit(),
    )
    return model


def _take_weights(model: keras.Model, run: Path) -> None:
    """Start from a finished run's weights.

    Raises:
        TrainingError: There is no such network, or it is another one.
    """
    other = runs.load_model(run / "model.keras")
    try:
        model.set_weights(other.get_weights())
    except ValueError as error:
        raise TrainingError(
            f"{run}: holds the network {other.name}; {model.name} can only start from "
            "its like"
        ) from error
