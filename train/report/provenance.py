"""The provenance of a model, in a form that anyone can repeat."""

import dataclasses
import platform
from importlib.metadata import version
from typing import Any

import keras

from train.fit.fit_settings import Settings, recipe


def data_of(settings: Settings) -> str:
    """Say in words what a run's images are made of."""
    others = ", drawings of UNIPEN's train_r01_v07" if settings.hands else ""
    return f"MNIST training images{others}"


def describe(
    settings: Settings, *, data: str, num_training: int, num_validation: int
) -> dict[str, Any]:
    """Return what repeats a training: its command, seed, data and versions.

    Args:
        settings: The run's.
        data: What its images are made of, in words.
        num_training: Images that were fitted.
        num_validation: Images that chose the epoch.
    """
    defaults = dataclasses.asdict(recipe(settings.arch))
    options = [f"--arch {settings.arch}"]
    for name, value in dataclasses.asdict(settings).items():
        if value == defaults[name]:
            continue
        option = name.replace("_", "-")
        if name == "hands":
            options.append("--strokes DIR")
        elif isinstance(value, bool):
            options.append(f"--{'' if value else 'no-'}{option}")
        elif isinstance(value, tuple):
            options.append(f"--{option} {' '.join(value)}")
        else:
            options.append(f"--{option} {value}")
    libraries = ("keras", keras.backend.backend(), "numpy")
    return {
        "command": " ".join(["python -m train", *options]),
        "seed": settings.seed,
        "data": f"{data}: {num_training} fitted, {num_validation} to "
        "choose the epoch and the threshold",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in libraries},
        },
    }
