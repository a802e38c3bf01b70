"""A run folder of a network of patches, with those that calibrate and verify it."""

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
from convert.patch_networks.patch_inputs import PATCH_INPUTS, PatchInputs
from convert.source.model_source import TOOLS
from edge_app import __version__
from edge_app.common.errors import ConversionError, DataError
from train.page.crops import pool


@dataclass(frozen=True)
class PatchSampleConstants:
    """Choice of the patches that calibrate and verify.

    Attributes:
        num_calibrating: Patches that calibrate, where nothing else is asked for.
        most_scenes: Of a folder: the same files come out, whatever else is cut.
        verified_share: Of the scenes, those that verify; the others calibrate.
    """

    num_calibrating: int = 500
    most_scenes: int = 400
    verified_share: float = 0.5


_PATCH_SAMPLE = PatchSampleConstants()


@dataclass(frozen=True)
class TrainedPatches:
    """A network of patches to be converted.

    Attributes:
        arch: Its name.
        model: The network.
        calibration: `(N, 48, 48, channels)` float32, patches of validation scenes.
        verification: The same of other validation scenes.
        thresholds: For the manifest, what its verdict takes.
        accuracy: F1 on validation scenes.
        made_by: How it came to be, for the manifest.
    """

    arch: str
    model: keras.Model
    calibration: NDArray[np.float32]
    verification: NDArray[np.float32]
    thresholds: dict[str, Any]
    accuracy: float
    made_by: dict[str, Any]

    @property
    def inputs(self) -> PatchInputs:
        """Return what is known of its patches."""
        return PATCH_INPUTS[self.arch]

    def metadata(self) -> dict[str, str]:
        """Return what an ONNX file says of itself."""
        return {
            "labels": json.dumps(self.inputs.labels),
            "input": self.inputs.description,
            "thresholds": json.dumps(self.thresholds),
            "version": __version__,
        }


def arch_of_run(path: Path) -> str | None:
    """Return which network of patches a folder is a run of; `None` for none."""
    try:
        settings = json.loads((path / "settings.json").read_text())
    except (OSError, ValueError):
        return None
    arch = settings.get("arch") if isinstance(settings, dict) else None
    return arch if arch in PATCH_INPUTS else None


def read(run: Path, arch: str, options: SampleOptions) -> TrainedPatches:
    """Return the network of a run folder, and patches for it.

    Args:
        run: The folder.
        arch: From `arch_of_run`.
        options: How many patches calibrate it, and which.

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
            f"on with python -m train --arch {arch} --run {run} --resume ({error})"
        ) from error
    model = load.read(run / "best.keras", check=prepare.check, sha256=options.sha256)
    seed = seed if options.seed is None else options.seed
    count = options.num_samples or _PATCH_SAMPLE.num_calibrating
    calibration, verification = _patches(run, arch, count, seed)
    return TrainedPatches(
        arch=arch,
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
    run: Path, arch: str, count: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return patches for calibration, and those of other scenes for verification."""
    inputs = PATCH_INPUTS[arch]
    folder = inputs.folder(run)
    numbers = [
        n for n in range(_PATCH_SAMPLE.most_scenes) if pool.path(folder, n).exists()
    ]
    patches = [inputs.read(pool.path(folder, number)) for number in numbers]
    first = round(len(patches) * (1 - _PATCH_SAMPLE.verified_share))
    parts = [patches[:first], patches[first:]]
    if not all(sum(map(len, part)) for part in parts):
        raise DataError(
            f"{folder}: patches of validation scenes expected, got none; python -m "
            f"train --arch {arch} cuts them into its run folder"
        )
    calibration, verification = map(np.concatenate, parts)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(calibration))[:count]
    return inputs.to_input(calibration[chosen]), inputs.to_input(verification)
