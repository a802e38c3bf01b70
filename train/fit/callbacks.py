"""The callbacks of training, before the first epoch and after each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from edge_app.common import files
from train.fit import runs
from train.fit.fit_settings import Extras, Settings


class Checkpoint(keras.callbacks.Callback):
    """After each epoch keep the history, the best network and the training state."""

    def __init__(
        self,
        run: Path,
        history: list[dict[str, float]],
        *,
        rank: Callable[[dict[str, float]], Any] = runs.rank,
    ) -> None:
        """Write into `run`, going on from `history`; the best epoch has most `rank`."""
        super().__init__()
        self.run, self.history = run, history
        self._rank = rank

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the files, the training state last: a resume starts from it."""
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in (logs or {}).items()}}
        if not self.history or self._rank(row) > max(map(self._rank, self.history)):
            with files.replacing(self.run / "best.keras") as path:
                _network_alone(self.model).save(path)
        self.history.append(row)
        files.write_json(self.run / "history.json", self.history)
        with files.replacing(self.run / "last.keras") as path:
            self.model.save(path)


class Reseed(keras.callbacks.Callback):
    """Start the network's random layers anew each epoch, from seed and epoch alone.

    A `.keras` file holds no random state, so a resumed run could not go on from it.
    """

    def __init__(self, seed: int) -> None:
        """Seed all that is random."""
        super().__init__()
        self.seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Give each random layer a state of its own."""
        random = [
            layer for layer in self.model.layers if hasattr(layer, "seed_generator")
        ]
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
            isinstance(watcher, keras.callbacks.ReduceLROnPlateau)
            for watcher in self.watchers
        ):
            rate = float(self.model.optimizer.learning_rate)
        for row in self.history:
            for watcher in self.watchers:
                watcher.on_epoch_end(int(row["epoch"]) - 1, dict(row))
        if rate is not None:
            self.model.optimizer.learning_rate = rate


def of_run(
    run: Path, settings: Settings, history: list[dict[str, float]], extras: Extras
) -> list[keras.callbacks.Callback]:
    """Return all callbacks of a run, in their order."""
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


def _network_alone(model: keras.Model) -> keras.Model:
    """Copy a model without optimizer state, with averaged weights if there are any."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    if model.optimizer.use_ema:
        model.optimizer.finalize_variable_values(copy.trainable_variables)
    return copy
