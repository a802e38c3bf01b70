"""Load the context network that lies beside a page network."""

from pathlib import Path

from edge_app.common.errors import ManifestError, ModelError
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextVerdict
from edge_app.model import manifest, runtime
from edge_app.model.manifest import CONTEXT


def load_context(
    page: Path,
    arch: str,
    *,
    runtime_name: str | None = None,
    num_threads: int = 1,
) -> ContextReader | None:
    """Return the context network of the same form as a page network's file.

    Args:
        page: The page network's file.
        arch: What its name begins with.
        runtime_name: A key of `runtime.RUNTIMES`; `None` for the best one installed.
        num_threads: Threads an inference may use.

    Returns:
        `None` where there is none, or none whose weights a manifest holds.

    Raises:
        ModelError: It is no context network.
        ManifestError: The file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    path = page.with_name(CONTEXT + page.name.removeprefix(arch))
    if not page.name.startswith(arch) or not path.is_file():
        return None
    content, entry = manifest.read_model(path)
    if entry is None:
        return None
    if entry.labels != CONTEXT_LABELS:
        raise ManifestError(
            f"{path}: {manifest.FILE_NAME} says labels {', '.join(entry.labels)}, this "
            f"program has {', '.join(CONTEXT_LABELS)}; train and convert it again"
        )
    model = runtime.load(path, content, runtime=runtime_name, num_threads=num_threads)
    try:
        return ContextReader(model, ContextVerdict(**entry.thresholds))
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from error
    except TypeError as error:  # a weight that this program does not know
        raise ManifestError(
            f"{path}: {manifest.FILE_NAME} has other thresholds than this program "
            f"({error}); train and convert the network again"
        ) from error
