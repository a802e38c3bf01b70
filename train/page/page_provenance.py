"""The provenance of a network of pages, in a form that anyone can repeat."""

import dataclasses
import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from edge_app.common.option_fields import fields_of, flag_of
from edge_app.model import manifest
from edge_app.model.classify import MODELS
from train.context.context_settings import ContextSettings
from train.fit.given_settings import SHIPPED
from train.page.page_settings import PageSettings
from train.separators.separator_settings import SeparatorSettings

Described = PageSettings | ContextSettings | SeparatorSettings


def describe(settings: Described, *, with_strokes: bool) -> dict[str, Any]:
    """Return the command that repeats a training, its seed, data, code and versions."""
    options = [f"--arch {settings.arch}"] + (["--strokes DIR"] if with_strokes else [])
    options += [
        f"{flag_of(field)} {getattr(settings, field.name)}"
        for field in fields_of(type(settings))
        if getattr(settings, field.name) != field.default and field.name != "arch"
    ]
    strokes = "; pen strokes of UNIPEN train_r01_v07, eight tenths of the writers"
    return {
        "command": " ".join(["python -m train", *options]),
        "seed": settings.seed,
        "data": f"{settings.scenes} rendered scenes with MNIST's training images"
        + (strokes if with_strokes else ""),
        "code": commit(),
        **{
            name: _made_by(run, settings.arch)
            for name, run in _earlier(settings).items()
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("keras", "tensorflow", "numpy")},
        },
    }


def _earlier(settings: Described) -> dict[str, str]:
    """Return the run that a training builds upon, if any, by its option."""
    given = dataclasses.asdict(settings)
    return {name: given[name] for name in ("start_from", "page_run") if given.get(name)}


def _made_by(run: str, arch: str) -> Any:
    """Return how an earlier run, or the shipped network, came to be."""
    if run == SHIPPED:
        return manifest.read(MODELS)[f"{arch}-float32.onnx"].made_by["train"]
    try:
        return json.loads(Path(run, "metrics.json").read_text())["made_by"]
    except (OSError, ValueError, KeyError):
        return "unknown"


def commit() -> str:
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
