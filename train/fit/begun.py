"""The settings of a run folder: new ones, or those that a resumed run keeps."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from edge_app.common.errors import TrainingError

S = TypeVar("S")


def begun(
    run: Path,
    given: Mapping[str, Any],
    chosen: Callable[[Mapping[str, Any]], S],
    *,
    resume: bool,
) -> S:
    """Return the settings that a run begins or goes on with.

    Args:
        run: The run folder.
        given: Settings by name; those left out are at their defaults.
        chosen: Makes settings of what is given.
        resume: Whether the run there goes on.

    Raises:
        TrainingError: A setting is out of its range or differs from the resumed run's,
            or the folder holds a run that is not to be resumed, or none.
    """
    if resume:
        return _resumed(run, given, chosen)
    settings = chosen(given)
    if (run / "settings.json").exists():
        raise TrainingError(
            f"{run}: holds a run already; continue it with --resume, or name another "
            "folder with --run"
        )
    return settings


def _resumed(
    run: Path, given: Mapping[str, Any], chosen: Callable[[Mapping[str, Any]], S]
) -> S:
    try:
        stored = json.loads((run / "settings.json").read_text())
        if not isinstance(stored, dict):
            raise TypeError(f"settings by name expected, got {stored!r}")
        settings = chosen(stored)
    except (OSError, ValueError, TypeError, TrainingError) as error:
        raise TrainingError(f"{run}: holds no run to continue ({error})") from error
    for name, value in given.items():
        if stored.get(name) != value:
            raise TrainingError(
                f"{run} was started with {name} {stored.get(name)}, not {value}; a "
                "resumed run keeps its settings"
            )
    return settings
