"""Load the networks that lie beside a page network and look again at what it found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from edge_app.common.errors import ManifestError, ModelError
from edge_app.model import manifest, runtime
from edge_app.model.runtime import Model

_Network = TypeVar("_Network")


def load_beside(
    page: Path,
    arch: str,
    name: str,
    labels: tuple[str, ...],
    make: Callable[[Model, dict[str, Any]], _Network],
    *,
    runtime_name: str | None = None,
    num_threads: int = 1,
) -> _Network | None:
    """Return the network of the same form as a page network's file.

    Args:
        page: The page network's file.
        arch: What its name begins with.
        name: What that of the wanted network begins with instead.
        labels: Of its outputs.
        make: Returns it, of the model and the manifest's thresholds; raises
            `ValueError` for a model that does not fit, `TypeError` for thresholds.
        runtime_name: A key of `runtime.RUNTIMES`; `None` for the best one installed.
        num_threads: Threads an inference may use.

    Returns:
        `None` where there is none, or none that a manifest describes.

    Raises:
        ModelError: It is another network.
        ManifestError: The file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    path = page.with_name(name + page.name.removeprefix(arch))
    if not page.name.startswith(arch) or not path.is_file():
        return None
    content, entry = manifest.read_model(path)
    if entry is None:
        return None
    if entry.labels != labels:
        raise ManifestError(
            f"{path}: {manifest.FILE_NAME} says labels {', '.join(entry.labels)}, this "
            f"program has {', '.join(labels)}; train and convert it again"
        )
    model = runtime.load(path, content, runtime=runtime_name, num_threads=num_threads)
    try:
        return make(model, entry.thresholds)
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from error
    except TypeError as error:  # a weight that this program does not know
        raise ManifestError(
            f"{path}: {manifest.FILE_NAME} has other thresholds than this program "
            f"({error}); train and convert the network again"
        ) from error
