"""How a page network came to be, in a form that anyone can repeat."""

import dataclasses
import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from train.page.page_settings import PageSettings


def describe(settings: PageSettings, *, with_strokes: bool) -> dict[str, Any]:
    """Return the command that repeats a training, its seed, data, code and versions."""
    defaults = dataclasses.asdict(PageSettings())
    options = [f"--arch {settings.arch}"] + (["--strokes DIR"] if with_strokes else [])
    options += [
        f"--{name.replace('_', '-')} {value}"
        for name, value in dataclasses.asdict(settings).items()
        if value != defaults[name] and name != "arch"
    ]
    strokes = "; pen strokes of UNIPEN train_r01_v07, eight tenths of the writers"
    return {
        "command": " ".join(["python -m train", *options]),
        "seed": settings.seed,
        "data": f"{settings.scenes} rendered scenes with MNIST's training images"
        + (strokes if with_strokes else ""),
        "code": _commit(),
        **_start(settings.start_from),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("keras", "tensorflow", "numpy")},
        },
    }


def _start(run: str | None) -> dict[str, Any]:
    """Return how the network was made whose weights a training started from."""
    if run is None:
        return {}
    try:
        made_by = json.loads(Path(run, "metrics.json").read_text())["made_by"]
    except (OSError, ValueError, KeyError):
        made_by = "unknown"
    return {"start_from": made_by}


def _commit() -> str:
    """Return the commit that is checked out; scenes change from one to the next."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
