"""A run folder: the settings of a training, how it went, and what came of it.

It holds `settings.json`, `history.json` (a row an epoch), `last.keras` (the whole
training state), `best.keras` (the best epoch's network alone) and, when the training
has ended, `model.keras` (the same, its confidence calibrated) and `metrics.json`.
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from edge_app.common import files
from edge_app.common.errors import TrainingError
from train.fit.fit_settings import Settings


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


def resumed(run: Path, given: Mapping[str, Any]) -> Settings:
    """Return the settings of a run that is to go on; they cannot change.

    Raises:
        TrainingError: The folder holds no run, or a given value differs from its own.
    """
    settings = settings_of(run)
    for name, value in given.items():
        if value != getattr(settings, name):
            raise TrainingError(
                f"{run} was started with {name} {getattr(settings, name)}, not "
                f"{value}; a resumed run keeps its settings"
            )
    return settings


def settings_of(run: Path) -> Settings:
    """Return the settings that a run was started with.

    Raises:
        TrainingError: The folder holds no run.
    """
    try:
        stored = json.loads((run / "settings.json").read_text())
        return Settings(**{**stored, "teachers": tuple(stored["teachers"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(f"{run}: holds no run to continue ({error})") from error


def history_of(run: Path) -> list[dict[str, float]]:
    """Return a row an epoch: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`.

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
    """Return the row of the highest validation accuracy, then the lowest loss."""
    return max(history, key=rank)


def rank(row: dict[str, float]) -> tuple[float, float]:
    """Return a key that is greater the better an epoch is: by accuracy, then loss."""
    return row["val_accuracy"], -row["val_loss"]


def load_model(path: Path) -> Any:
    """Load the network in a `.keras` file.

    Raises:
        TrainingError: No such file, or not one that Keras loads safely.
    """
    try:
        return keras.models.load_model(path, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(
            f"{path}: not a .keras model that can be loaded ({error})"
        ) from error
