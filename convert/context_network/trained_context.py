"""A context network's run folder, with the patches that calibrate and verify it."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert.conversion_options import SampleOptions
from convert.formats import prepare
from convert.inspect import load
from convert.source.model_source import TOOLS
from edge_app import __version__
from edge_app.common.errors import ConversionError, DataError
from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.context.patches import to_context_input
from edge_app.model.manifest import CONTEXT
from train.context import patch_pool
from train.page.crops import pool

_DEFAULT_PATCHES = 500
_MOST_SCENES = 400  # of a folder: the same files come out, whatever else is cut
_VERIFIED_SHARE = 0.5  # of the scenes; the others calibrate


@dataclass(frozen=True)
class TrainedContext:
    """A context network to be converted.

    Attributes:
        model: The network.
        calibration: `(N, 48, 48, 3)` float32, patches of validation scenes.
        verification: `(N, 48, 48, 3)` float32, of other validation scenes.
        thresholds: For the manifest, what `ContextVerdict` takes.
        accuracy: F1 of digits on validation scenes.
        made_by: How it came to be, for the manifest.
    """

    model: keras.Model
    calibration: NDArray[np.float32]
    verification: NDArray[np.float32]
    thresholds: dict[str, Any]
    accuracy: float
    made_by: dict[str, Any]

    def metadata(self) -> dict[str, str]:
        """Return what an ONNX file says of itself."""
        return {
            "labels": json.dumps(CONTEXT_LABELS),
            "input": "(N, 48, 48, 3) in 0..1: gray and ink of a candidate 20 pixels "
            "high or wide, and gray where it is 8",
            "thresholds": json.dumps(self.thresholds),
            "version": __version__,
        }


def is_run(path: Path) -> bool:
    """Return whether a folder is a context network's run."""
    try:
        settings = json.loads((path / "settings.json").read_text())
    except (OSError, ValueError):
        return False
    return isinstance(settings, dict) and settings.get("arch") == CONTEXT


def read(run: Path, options: SampleOptions) -> TrainedContext:
    """Return the network of a run folder, and patches for it.

    Raises:
        ConversionError: The folder holds no judged network yet, or a refused one.
        DataError: Patches are missing.
    """
    try:
        metrics = json.loads((run / "metrics.json").read_text())
        seed = json.loads((run / "settings.json").read_text())["seed"]
    except (OSError, ValueError, KeyError) as error:
        raise ConversionError(
            f"{run}: a finished run expected, with settings.json and metrics.json; go "
            f"on with python -m train --arch context --run {run} --resume ({error})"
        ) from error
    model = load.read(run / "best.keras", check=prepare.check, sha256=options.sha256)
    seed = seed if options.seed is None else options.seed
    count = options.num_samples or _DEFAULT_PATCHES
    calibration, verification = _patches(run / "patches" / "validation", count, seed)
    return TrainedContext(
        model=model,
        calibration=calibration,
        verification=verification,
        thresholds=metrics["thresholds"],
        accuracy=float(metrics["f1"]),
        made_by={
            "train": metrics["made_by"],
            "convert": {
                "command": f"python -m convert RUN --calibration-samples {count} "
                f"--seed {seed}",
                "versions": {name: version(name) for name in TOOLS},
            },
        },
    )


def _patches(
    folder: Path, count: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return patches for calibration, and those of other scenes for verification."""
    numbers = [n for n in range(_MOST_SCENES) if pool.path(folder, n).exists()]
    patches = [patch_pool.read(pool.path(folder, number)).patches for number in numbers]
    first = round(len(patches) * (1 - _VERIFIED_SHARE))
    parts = [patches[:first], patches[first:]]
    if not all(sum(map(len, part)) for part in parts):
        raise DataError(
            f"{folder}: patches of validation scenes expected, got none; python -m "
            "train --arch context cuts them into its run folder"
        )
    calibration, verification = map(np.concatenate, parts)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(calibration))[:count]
    return to_context_input(calibration[chosen]), to_context_input(verification)
