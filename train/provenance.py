"""How a model came to be, in a form that anyone can repeat."""

import dataclasses
import platform
from importlib.metadata import version
from typing import Any

from train.fit import Settings


def describe(
    settings: Settings, *, num_training: int, num_validation: int
) -> dict[str, Any]:
    """The command that repeats a training, its seed, its data and the versions used."""
    defaults = dataclasses.asdict(Settings())
    options = [
        f"--{name.replace('_', '-')} {value}"
        if not isinstance(value, bool)
        else f"--{'' if value else 'no-'}{name}"
        for name, value in dataclasses.asdict(settings).items()
        if value != defaults[name]
    ]
    return {
        "command": " ".join(["python -m train", *options]),
        "seed": settings.seed,
        "data": f"MNIST training images: {num_training} fitted, {num_validation} to "
        "choose the epoch and the threshold",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("keras", "tensorflow", "numpy")},
        },
    }
