"""Put verified files in place: all of them, the manifest last."""

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from edge_app.common import files
from edge_app.common.errors import ConversionError
from edge_app.model import manifest

if TYPE_CHECKING:
    from convert.formats.make import Made
    from convert.source.model_source import ConversionSource
    from convert.verify import Verification

LOCK = ".publishing.lock"
_LOCK_TIMEOUT_S = 60
# What `files.replacing` calls its temporary files; a killed publishing leaves them.
_TEMPORARY = re.compile(r"\.[\w.-]+-\w{8}\.(tflite|onnx|ort|c|h|json)")


def entry(
    source: "ConversionSource", made: "Made", found: "Sequence[Verification]"
) -> manifest.Manifest | None:
    """Return the manifest of a file that the app can load; `None` for another one.

    Args:
        source: What was converted.
        made: The file.
        found: Its figures, the preferred runtime first.
    """
    if made.form.suffix not in (".tflite", ".onnx"):
        return None
    return manifest.Manifest(
        file=made.name,
        sha256=hashlib.sha256(made.model).hexdigest(),
        size_bytes=len(made.model),
        arch=source.name,
        form=made.form.name,
        input_shape=tuple(source.model.input_shape[1:]),
        input_dtype=found[0].input_dtype,
        labels=source.labels,
        normalization=source.normalization,
        accept_threshold=source.accept_threshold,
        accuracy=found[0].accuracy,
        made_by=source.made_by,
    )


def publish(
    folder: Path,
    contents: dict[str, bytes],
    entries: Sequence[manifest.Manifest],
    *,
    timeout_s: float = _LOCK_TIMEOUT_S,
) -> None:
    """Write the files, then the manifest that describes them and those already there.

    Each file is the old or the new one at every moment. Between the first renaming and
    the manifest's lie some microseconds; a power cut in just these leaves files that
    the manifest's hashes refuse, until they are published again.

    Args:
        folder: Where models are.
        contents: The files by name.
        entries: Manifests of those that the app can load.
        timeout_s: How long another publishing into the folder is waited for.

    Raises:
        ConversionError: Another publishing does not end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=timeout_s):
            _replace(folder, contents, entries)
    except Timeout as error:
        raise ConversionError(
            f"{folder}: another conversion has been publishing here for "
            f"{timeout_s:.0f} s; end it, or name another folder with --out"
        ) from error


def _replace(
    folder: Path, contents: dict[str, bytes], entries: Sequence[manifest.Manifest]
) -> None:
    for path in folder.iterdir():
        if _TEMPORARY.fullmatch(path.name):  # nobody else writes under the lock
            path.unlink(missing_ok=True)
    described = manifest.read(folder) | {entry.file: entry for entry in entries}
    # Everything is on the disk before anything is renamed: a full disk changes nothing.
    with ExitStack() as stack:
        if entries:
            stack.enter_context(manifest.replacing(folder, described))
        for name, content in contents.items():
            temporary = stack.enter_context(files.replacing(folder / name))
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make the renamings last through a power cut, where folders can be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
