"""Fit a network: checkpoints after each epoch, resume, and what a run folder holds.

A run folder holds `settings.json`, `history.json` (a row an epoch), `last.keras` (the
whole training state), `model.keras` (the best epoch's network alone) and, when the
training has ended, `metrics.json`.
"""

import dataclasses
import json
import logging
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from edge_app import files
from edge_app.errors import TrainingError
from train import backend, data
from train.architectures import ARCHITECTURES, Scaling
from train.batches import TrainingBatches, encode
from train.data import Split, split

log = logging.getLogger(__name__)


# What differs from the defaults below, by architecture.
RECIPES: dict[str, dict[str, Any]] = {
    "report": {"epochs": 30, "ema_momentum": 0.0, "label_smoothing": 0.0},
    "report-algorithm": {"epochs": 20, "ema_momentum": 0.0, "label_smoothing": 0.0},
    "lenet5": {"epochs": 20, "ema_momentum": 0.0, "label_smoothing": 0.0},
    "edge": {"epochs": 60, "learning_rate": 2e-3},
    "teacher": {"epochs": 40},
}
SCHEDULES = ("cosine", "plateau", "constant")
SCALINGS = ("unit", "standard")


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        arch: A key of `ARCHITECTURES`.
        epochs: Passes over the images.
        batch_size: Images a step.
        learning_rate: Adam's first rate.
        schedule: `cosine`: the rate falls to 0 along a cosine; `plateau`: it is halved
            when the validation loss has not fallen for 3 epochs; `constant`.
        patience: Epochs without a lower validation loss that end the training; 0 for
            none.
        dropout: Rate before the last layer; `None` for the architecture's own.
        label_smoothing: Share of each target spread over all outputs.
        ema_momentum: Of the moving average of weights that is validated and kept; 0
            for none.
        scaling: `unit`: the input as it is, 0..1; `standard`: less the training
            images' mean, over their standard deviation, within the model.
        split: `standard`: MNIST's own 60,000 and 10,000; `stratified80`: 80% and 20% of
            all 70,000.
        validation_share: Of the training images, those that choose the epoch.
        augment: Whether training images are varied.
        teachers: Run folders of the networks to imitate.
        extra: Folder of more training images, labelled by folder; `None` for none.
        seed: Of everything random.
    """

    arch: str = "edge"
    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    patience: int = 0
    dropout: float | None = None
    label_smoothing: float = 0.02
    ema_momentum: float = 0.999
    scaling: str = "unit"
    split: str = "standard"
    validation_share: float = 0.1
    augment: bool = True
    teachers: tuple[str, ...] = ()
    extra: str | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        for name, known in (
            ("arch", tuple(ARCHITECTURES)),
            ("schedule", SCHEDULES),
            ("scaling", SCALINGS),
            ("split", data.SPLITS),
        ):
            if (value := getattr(self, name)) not in known:
                raise ValueError(
                    f"{name} {value!r}: one of {', '.join(known)} expected"
                )
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: at least 1 expected")
        for name in ("seed", "patience"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} {getattr(self, name)}: 0 or more expected")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate {self.learning_rate}: above 0 expected")
        if not 0 < self.validation_share < 1:
            raise ValueError(
                f"validation_share {self.validation_share}: between 0 and 1 expected"
            )
        for name in ("dropout", "label_smoothing", "ema_momentum"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1:
                raise ValueError(f"{name} {value}: 0 to below 1 expected")


@dataclass(frozen=True)
class Extras:
    """What a run may keep besides its results; it changes none of them.

    Attributes:
        tensorboard: Whether logs for TensorBoard are written, into `logs`.
        keep_epochs: Whether each epoch's network is kept, in `epochs`.
    """

    tensorboard: bool = False
    keep_epochs: bool = False


class Checkpoint(keras.callbacks.Callback):
    """After each epoch keep the history, the best network and the training state."""

    def __init__(self, run: Path, history: list[dict[str, float]]) -> None:
        """Write into `run`, going on from `history`."""
        super().__init__()
        self.run = run
        self.history = history

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the files, the training state last: a resume starts from it."""
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in (logs or {}).items()}}
        if not self.history or _rank(row) > max(map(_rank, self.history)):
            with files.replacing(self.run / "model.keras") as path:
                network_alone(self.model).save(path)
        self.history.append(row)
        files.write_json(self.run / "history.json", self.history)
        with files.replacing(self.run / "last.keras") as path:
            self.model.save(path)


class Reseed(keras.callbacks.Callback):
    """Start the network's random layers anew each epoch, from seed and epoch alone.

    A `.keras` file holds no random state, so a resumed run could not go on from it.
    """

    def __init__(self, seed: int) -> None:
        """All that is random follows from `seed`."""
        super().__init__()
        self.seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Give each random layer a state of its own."""
        random = [each for each in self.model.layers if hasattr(each, "seed_generator")]
        for index, layer in enumerate(random):
            state = np.random.SeedSequence([self.seed, epoch, index]).generate_state(2)
            layer.seed_generator.state.assign(state)


class Replay(keras.callbacks.Callback):
    """Callbacks that watch the loss see a resumed run's earlier epochs first."""

    def __init__(
        self, watchers: list[keras.callbacks.Callback], history: list[dict[str, float]]
    ) -> None:
        """Show `history` to `watchers`, which must stand before this one."""
        super().__init__()
        self.watchers = watchers
        self.history = list(history)

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show it; the learning rate stays what the resumed run had."""
        rate = None
        if any(
            isinstance(each, keras.callbacks.ReduceLROnPlateau)
            for each in self.watchers
        ):
            rate = float(self.model.optimizer.learning_rate)
        for row in self.history:
            for watcher in self.watchers:
                watcher.on_epoch_end(int(row["epoch"]) - 1, dict(row))
        if rate is not None:
            self.model.optimizer.learning_rate = rate


def validation_split(mnist: Split, settings: Settings) -> tuple[Split, Split]:
    """The training and the validation images of a run.

    Raises:
        DataError: The validation share is too small or too large for the data.
    """
    count = round(settings.validation_share * len(mnist))
    return split(mnist, count=count, seed=settings.seed)


def num_outputs(settings: Settings) -> int:
    """Outputs of the run's network: 11 where one is for what is no digit."""
    return int(ARCHITECTURES[settings.arch]().output_shape[-1])


def check_free(run: Path) -> None:
    """Check that a folder can hold a new run.

    Raises:
        TrainingError: It holds a run already.
    """
    if (run / "settings.json").exists():
        raise TrainingError(
            f"{run}: holds a run already; continue it with --resume, or name another "
            "folder with --run"
        )


def start(run: Path, settings: Settings) -> None:
    """Make the folder of a new run.

    Raises:
        TrainingError: It holds a run already.
    """
    check_free(run)
    files.write_json(run / "settings.json", dataclasses.asdict(settings))


def settings(given: Mapping[str, Any]) -> Settings:
    """Settings with these values, the others at their defaults.

    Raises:
        TrainingError: A value is out of its range.
    """
    own = RECIPES.get(given.get("arch", Settings.arch), {})
    try:
        return Settings(**{**own, **given})
    except ValueError as error:
        raise TrainingError(str(error)) from error


def recipe(arch: str) -> Settings:
    """The settings of an architecture when none is given."""
    return settings({"arch": arch})


def resumed(run: Path, given: Mapping[str, Any]) -> Settings:
    """The settings of a run that is to go on; they cannot change.

    Raises:
        TrainingError: The folder holds no run, or a given value differs from its own.
    """
    own = settings_of(run)
    for name, value in given.items():
        if value != getattr(own, name):
            raise TrainingError(
                f"{run} was started with {name} {getattr(own, name)}, not {value}; a "
                "resumed run keeps its settings"
            )
    return own


def settings_of(run: Path) -> Settings:
    """The settings that a run was started with.

    Raises:
        TrainingError: The folder holds no run.
    """
    try:
        stored = json.loads((run / "settings.json").read_text())
        return Settings(**{**stored, "teachers": tuple(stored["teachers"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(f"{run}: holds no run to continue ({error})") from error


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
    batches_an_epoch = -(-len(training) // settings.batch_size)
    last = run / "last.keras"
    model = (
        load_model(last)
        if last.exists()
        else _compiled(settings, training, num_steps=settings.epochs * batches_an_epoch)
    )
    first_epoch = int(model.optimizer.iterations) // batches_an_epoch
    if first_epoch:
        log.info("Resuming after epoch %d of %d.", first_epoch, settings.epochs)
    batches = TrainingBatches(
        training,
        num_outputs=num_outputs(settings),
        batch_size=settings.batch_size,
        augmented=settings.augment,
        seed=settings.seed,
        first_epoch=first_epoch,
        num_epochs=settings.epochs,
        teachers=[
            load_model(Path(teacher) / "model.keras") for teacher in settings.teachers
        ],
    )
    history = history_of(run)[:first_epoch]
    try:
        model.fit(
            batches,
            validation_data=encode(validation, num_outputs(settings)),
            validation_batch_size=1000,
            initial_epoch=first_epoch,
            epochs=settings.epochs,
            shuffle=False,  # the batches shuffle themselves, by seed and epoch
            callbacks=_callbacks(run, settings, history, extras or Extras()),
            verbose=1 if sys.stdout.isatty() else 2,
        )
    except KeyboardInterrupt:
        return False
    return True


def history_of(run: Path) -> list[dict[str, float]]:
    """A row an epoch: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`.

    Raises:
        TrainingError: The file is damaged.
    """
    path = run / "history.json"
    if not path.exists():
        return []
    try:
        rows: list[dict[str, float]] = json.loads(path.read_text())
    except ValueError as error:
        raise TrainingError(f"{path}: damaged ({error}); train again") from error
    return rows


def best_epoch(history: list[dict[str, float]]) -> dict[str, float]:
    """The row with the highest validation accuracy, then the lowest validation loss."""
    return max(history, key=_rank)


def network_alone(model: keras.Model) -> keras.Model:
    """A copy without optimizer state, with averaged weights if they are averaged."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    if model.optimizer.use_ema:
        model.optimizer.finalize_variable_values(copy.trainable_variables)
    return copy


def load_model(path: Path) -> Any:
    """The network in a `.keras` file.

    Raises:
        TrainingError: No such file, or not one that Keras loads safely.
    """
    try:
        return keras.models.load_model(path, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(
            f"{path}: not a .keras model that can be loaded ({error})"
        ) from error


def _compiled(settings: Settings, training: Split, *, num_steps: int) -> keras.Model:
    options: dict[str, Any] = {}
    if settings.dropout is not None:
        options["dropout"] = settings.dropout
    if settings.scaling == "standard":
        ink = training.images / np.float32(255.0)
        options["scaling"] = Scaling(float(ink.mean()), float(ink.std()))
    model = ARCHITECTURES[settings.arch](**options)
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


def _callbacks(
    run: Path, settings: Settings, history: list[dict[str, float]], extras: Extras
) -> list[keras.callbacks.Callback]:
    callbacks: list[keras.callbacks.Callback] = [Reseed(settings.seed)]
    if settings.ema_momentum:
        callbacks.append(keras.callbacks.SwapEMAWeights())  # for the validation only
    watchers = []
    if settings.schedule == "plateau":
        watchers.append(keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=3))
    if settings.patience:
        watchers.append(keras.callbacks.EarlyStopping(patience=settings.patience))
    callbacks += [*watchers, Replay(watchers, history)]
    if extras.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(run / "logs"))
    if extras.keep_epochs:
        name = "{epoch:03d}.keras"
        callbacks.append(keras.callbacks.ModelCheckpoint(run / "epochs" / name))
    return [*callbacks, Checkpoint(run, history)]


def _rank(row: dict[str, float]) -> tuple[float, float]:
    return row["val_accuracy"], -row["val_loss"]
