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

from edge_app import files
from edge_app.errors import TrainingError
from train.architectures import ARCHITECTURES
from train.augment import TrainingBatches, encode
from train.data import Split, split

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a training gives, apart from the data."""

    arch: str = "report"
    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 1e-3
    validation_share: float = 0.1
    augment: bool = True
    seed: int = 1

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        if self.arch not in ARCHITECTURES:
            raise ValueError(
                f"arch {self.arch!r}: one of {', '.join(ARCHITECTURES)} expected"
            )
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: at least 1 expected")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate {self.learning_rate}: above 0 expected")
        if not 0 < self.validation_share < 1:
            raise ValueError(
                f"validation_share {self.validation_share}: between 0 and 1 expected"
            )
        if self.seed < 0:
            raise ValueError(f"seed {self.seed}: 0 or more expected")


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


def validation_split(mnist: Split, settings: Settings) -> tuple[Split, Split]:
    """The training and the validation images of a run.

    Raises:
        DataError: The validation share is too small or too large for the data.
    """
    count = round(settings.validation_share * len(mnist))
    return split(mnist, count=count, seed=settings.seed)


def start(run: Path, settings: Settings) -> None:
    """Make the folder of a new run.

    Raises:
        TrainingError: It holds a run already.
    """
    if (run / "settings.json").exists():
        raise TrainingError(
            f"{run}: holds a run already; continue it with --resume, or name another "
            "folder with --run"
        )
    files.write_json(run / "settings.json", dataclasses.asdict(settings))


def settings(given: Mapping[str, Any]) -> Settings:
    """Settings with these values, the others at their defaults.

    Raises:
        TrainingError: A value is out of its range.
    """
    try:
        return Settings(**given)
    except ValueError as error:
        raise TrainingError(str(error)) from error


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
        return Settings(**json.loads((run / "settings.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(f"{run}: holds no run to continue ({error})") from error


def fit(run: Path, settings: Settings, training: Split, validation: Split) -> bool:
    """Train until the last epoch, from where the run stands.

    Args:
        run: The run folder, made by `start`.
        settings: The run's settings.
        training: Images that are fitted.
        validation: Images that choose the best epoch.

    Returns:
        Whether the training went to its end; `False` after Ctrl-C.
    """
    keras.utils.set_random_seed(settings.seed)
    batches_an_epoch = -(-len(training) // settings.batch_size)
    last = run / "last.keras"
    model = (
        load_model(last)
        if last.exists()
        else _compiled(settings, num_steps=settings.epochs * batches_an_epoch)
    )
    first_epoch = int(model.optimizer.iterations) // batches_an_epoch
    if first_epoch:
        log.info("Resuming after epoch %d of %d.", first_epoch, settings.epochs)
    batches = TrainingBatches(
        training,
        batch_size=settings.batch_size,
        augment=settings.augment,
        seed=settings.seed,
        first_epoch=first_epoch,
    )
    try:
        model.fit(
            batches,
            validation_data=encode(validation),
            validation_batch_size=1000,
            initial_epoch=first_epoch,
            epochs=settings.epochs,
            shuffle=False,  # the batches shuffle themselves, by seed and epoch
            callbacks=[Checkpoint(run, history_of(run)[:first_epoch])],
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
    """A copy without optimizer state, a third of the size."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
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


def _compiled(settings: Settings, *, num_steps: int) -> keras.Model:
    model = ARCHITECTURES[settings.arch]()
    decay = keras.optimizers.schedules.CosineDecay(settings.learning_rate, num_steps)
    model.compile(
        optimizer=keras.optimizers.Adam(decay),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def _rank(row: dict[str, float]) -> tuple[float, float]:
    return row["val_accuracy"], -row["val_loss"]
