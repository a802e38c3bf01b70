"""A page network's run folder, with the pictures that calibrate and verify it."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert.conversion_options import SceneOptions
from convert.formats import prepare
from convert.inspect import load
from convert.page_network import looks
from convert.source.model_source import TOOLS
from edge_app import __version__
from edge_app.common.errors import ConversionError
from edge_app.find.page.page_file import DEFAULT_THRESHOLDS, labels
from train.page.page_settings import SIZES


@dataclass(frozen=True)
class Trained:
    """A page network to be converted.

    Attributes:
        name: What its files' names begin with.
        model: The network.
        calibration: `(N, S, S, 1)` float32, crops of validation scenes.
        pictures: `(H, W)` uint8 each, of other validation scenes, on which its files
            are compared with it.
        thresholds: For the manifest; see `edge_app.model.manifest.Manifest`.
        accuracy: F1 of its digits on validation scenes; 0 if it was not measured.
        made_by: How it came to be, for the manifest.
    """

    name: str
    model: keras.Model
    calibration: NDArray[np.float32]
    pictures: tuple[NDArray[np.uint8], ...]
    thresholds: dict[str, Any]
    accuracy: float
    made_by: dict[str, Any]

    def metadata(self) -> dict[str, str]:
        """Return what an ONNX file says of itself."""
        return {
            "labels": json.dumps(labels()),
            "input": "(1, height, width, 1), gray 0..1, sides multiples of 16",
            "thresholds": json.dumps(self.thresholds),
            "version": __version__,
        }


def arch_of(path: Path) -> str | None:
    """Return the page network that a run folder is of; `None` for anything else."""
    try:
        settings = json.loads((path / "settings.json").read_text())
    except (OSError, ValueError):
        return None
    arch = settings.get("arch") if isinstance(settings, dict) else None
    return arch if isinstance(arch, str) and arch in SIZES else None


def model_file(run: Path) -> Path:
    """Return a run's finished network, or the best so far."""
    finished = run / "model.keras"
    return finished if finished.exists() else run / "best.keras"


def read(run: Path, options: SceneOptions) -> Trained:
    """Return the network of a run folder, and pictures for it.

    Raises:
        ConversionError: The folder holds no network yet, or a refused one.
        DataError: Scenes are missing.
    """
    settings, metrics = _json(run / "settings.json"), _json(run / "metrics.json")
    arch, file = str(settings["arch"]), model_file(run)
    if not file.exists():
        raise ConversionError(
            f"{run}: holds no network yet (no best.keras); train it with python -m "
            f"train --arch {arch}"
        )
    model = load.read(file, check=prepare.check_pictures, sha256=options.sha256)
    scenes = options.scenes or run / "scenes"
    seed = settings.get("seed", 1) if options.seed is None else options.seed
    calibration, pictures = looks.read(
        scenes / "validation",
        num_samples=options.num_samples,
        side=settings.get("side", looks.SIDE),
        seed=seed,
    )
    return Trained(
        name=arch,
        model=model,
        calibration=calibration,
        pictures=pictures,
        thresholds=DEFAULT_THRESHOLDS | metrics.get("thresholds", {}),
        accuracy=float(metrics.get("f1", 0)),
        made_by={
            "train": metrics.get("made_by") or _trained_by(arch, settings),
            "convert": _converted_by(len(calibration), seed),
        },
    )


def _trained_by(arch: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "command": f"python -m train --arch {arch}",
        "seed": settings.get("seed", 1),
    }


def _converted_by(num_samples: int, seed: int) -> dict[str, Any]:
    return {
        "command": f"python -m convert RUN --calibration-samples {num_samples} "
        f"--seed {seed}",
        "versions": {name: version(name) for name in TOOLS},
    }


def _json(path: Path) -> dict[str, Any]:
    """Return what a file of a run holds; nothing, if the run has not come so far."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ConversionError(f"{path}: not JSON ({error})") from error
    if not isinstance(content, dict):
        raise ConversionError(f"{path}: not what python -m train writes; train again")
    return content
