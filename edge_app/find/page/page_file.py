"""Load a page network, after its manifest was checked."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from edge_app.common.errors import ManifestError, ModelError
from edge_app.find import CLASSIC
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextVerdict
from edge_app.find.page.beside import load_beside
from edge_app.find.page.finder import PageFinder, taken_out
from edge_app.find.page.maps import Kind
from edge_app.find.separators.separator_reader import (
    SEPARATOR_LABELS,
    SeparatorReader,
    SeparatorVerdict,
)
from edge_app.model import classify, manifest, runtime
from edge_app.model.manifest import CONTEXT, SEPARATOR, Manifest
from edge_app.model.runtime import Model

log = logging.getLogger(__name__)

DEFAULT_NAME = "page"
# For a network without a manifest.
DEFAULT_THRESHOLDS = {"peak": 0.3}
# Before the names of `ContextVerdict`'s weights, where a page network has its own: the
# context network's manifest has those that were fitted beside the default one.
BESIDE_CONTEXT = "context_"


def load_page(
    name: str | None = None,
    *,
    printed: bool = False,
    runtime_name: str | None = None,
    num_threads: int = 1,
    with_context: bool = True,
) -> PageFinder:
    """Return a finder with the page network in a model file.

    A context network and a separator network of the same form that lie beside it are
    used with it.

    Args:
        name: A shipped network such as `page-lite` or `page-float32.onnx`, or
            a path; `None` for the default one. Of several forms int8 is taken.
        printed: Whether printed digits are read, too.
        runtime_name: A key of `runtime.RUNTIMES`; `None` for the best one installed.
        num_threads: Threads an inference may use.
        with_context: Whether the context network is used.

    Raises:
        ModelError: No such model, or it is no page network.
        ManifestError: The file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    path = manifest.find(
        DEFAULT_NAME if name is None else name,
        classify.MODELS,
        _endings(runtime_name),
        is_classifier=False,
        others=[CLASSIC],
    )
    content, entry = _checked(path)
    model = runtime.load_pictures(
        path,
        content,
        runtime=runtime_name,
        num_threads=num_threads,
        is_known=entry is not None,
    )
    thresholds = DEFAULT_THRESHOLDS | (entry.thresholds if entry else {})
    context = partial(_context, taken_out(thresholds, BESIDE_CONTEXT))
    arch = entry.arch if entry else path.stem
    beside = partial(
        load_beside, path, arch, runtime_name=runtime_name, num_threads=num_threads
    )
    with _file_errors(path):
        finder = PageFinder(
            model,
            name=arch,
            printed=printed,
            thresholds=thresholds,
            context=beside(CONTEXT, CONTEXT_LABELS, context) if with_context else None,
            separators=beside(SEPARATOR, SEPARATOR_LABELS, _separators),
        )
    if entry is None:
        log.warning(
            "%s: no %s describes it, so its integrity and accuracy are not known",
            path,
            manifest.FILE_NAME,
        )
    return finder


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    """Raise errors of the file for a network or thresholds that do not fit."""
    try:
        yield
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from error
    except TypeError as error:  # a threshold that this program does not know
        raise ManifestError(
            f"{path}: {manifest.FILE_NAME} has other thresholds than this program "
            f"({error}); train and convert the network again"
        ) from error


def _context(
    fitted: Mapping[str, Any], model: Model, thresholds: Mapping[str, Any]
) -> ContextReader:
    """Return the context network's reader, with weights fitted beside this network."""
    return ContextReader(model, ContextVerdict(**(fitted or thresholds)))


def _separators(model: Model, thresholds: Mapping[str, Any]) -> SeparatorReader:
    return SeparatorReader(model, SeparatorVerdict(**thresholds))


def _checked(path: Path) -> tuple[bytes, Manifest | None]:
    """Return a model file's bytes and what its manifest says of it.

    Raises:
        ModelError: It is no page network.
        ManifestError: It is not the one that its manifest describes.
    """
    content, entry = manifest.read_model(path)
    if entry is None:
        return content, None
    if not entry.is_page_network:
        raise ModelError(
            f"{path}: a page network expected, got {entry.arch}, which reads what a "
            f"page network finds; name one such as {DEFAULT_NAME}"
        )
    if entry.labels != (known := labels()):
        raise ManifestError(
            f"{path}: {manifest.FILE_NAME} says labels {', '.join(entry.labels)}, this "
            f"program has {', '.join(known)}; train and convert the network again"
        )
    return content, entry


def labels() -> tuple[str, ...]:
    """Return what a manifest calls the kinds, in the order of their channels."""
    return tuple(kind.name.lower() for kind in Kind)


def _endings(runtime_name: str | None) -> list[str]:
    """Return what may be left out of a name: `-int8` and the suffix."""
    names = [runtime_name] if runtime_name in runtime.RUNTIMES else runtime.installed()
    suffixes = [runtime.RUNTIMES[name].suffix for name in names]
    return [
        form + suffix for form in ("-int8", "") for suffix in [*suffixes, ".tflite"]
    ]
