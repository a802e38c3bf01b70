"""Put verified files in place: all of them, the manifest last."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convert.verify import Verification
from edge_app import files, manifest, normalise
from edge_app.classify import NUM_DIGITS


@dataclass(frozen=True)
class Converted:
    """A converted and verified file.

    Attributes:
        name: Its file name, ARCHITECTURE-FORM with a suffix.
        content: Its bytes.
        verifications: Its figures, the preferred runtime first.
    """

    name: str
    content: bytes
    verifications: list[Verification]


def entry(
    converted: Converted,
    *,
    input_shape: tuple[int, ...],
    num_outputs: int,
    accept_threshold: float,
    made_by: dict[str, Any],
) -> manifest.Manifest:
    """The manifest of a converted file.

    Args:
        converted: The file.
        input_shape: `(height, width, channels)`.
        num_outputs: Scores an input; the first ten are the digits, any more are named
            `reject`.
        accept_threshold: From the training's metrics.
        made_by: How the model was trained and converted.
    """
    arch, form = Path(converted.name).stem.rsplit("-", 1)
    labels = [str(digit) for digit in range(NUM_DIGITS)]
    labels += ["reject"] * (num_outputs - NUM_DIGITS)
    return manifest.Manifest(
        file=converted.name,
        sha256=hashlib.sha256(converted.content).hexdigest(),
        size_bytes=len(converted.content),
        arch=arch,
        form=form,
        input_shape=input_shape,
        input_dtype=converted.verifications[0].input_dtype,
        labels=tuple(labels),
        normalisation=normalise.VERSION,
        accept_threshold=accept_threshold,
        accuracy=converted.verifications[0].accuracy,
        made_by=made_by,
    )


def publish(
    folder: Path,
    all_converted: Sequence[Converted],
    entries: Sequence[manifest.Manifest],
) -> None:
    """Write the files, then the manifest that describes them and those already there.

    Args:
        folder: Where models are.
        all_converted: The files.
        entries: Their manifests, in the same order.
    """
    described = manifest.read(folder) | {each.file: each for each in entries}
    # Everything is written before anything is renamed: a full disk changes nothing.
    with ExitStack() as stack:
        stack.enter_context(manifest.replacing(folder, described))
        for converted in all_converted:
            temporary = stack.enter_context(files.replacing(folder / converted.name))
            temporary.write_bytes(converted.content)
