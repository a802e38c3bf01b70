"""The description of a model file: read from `manifest.json` beside it, and checked."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_app.common import files
from edge_app.common.errors import ManifestError, ModelError, did_you_mean

FILE_NAME = "manifest.json"
# The `arch` of the networks that look again at what a page network found.
CONTEXT, SEPARATOR = "context", "separator"
_OURS = "normalization"  # a field that no other program's manifest has

# What JSON must hold for a field; the two tuples and `made_by` are checked by use.
# Absent in manifests of before there were page networks: `thresholds`.
_KINDS: dict[str, type | tuple[type, ...]] = {
    "file": str,
    "sha256": str,
    "size_bytes": int,
    "arch": str,
    "form": str,
    "input_dtype": str,
    "normalization": int,
    "accept_threshold": (int, float),
    "accuracy": (int, float),
    "thresholds": dict,
}


@dataclass(frozen=True)
class Manifest:
    """One model file, described by whoever converted it.

    It holds a classifier, which says what one digit is, a page network, which says
    what stands where in a picture of any size, a context network, which looks again at
    what the page network found, or a separator network, which says what stands between
    digits. Of all but the first `normalization` and `accept_threshold`, which mean
    nothing to them, are 0.

    Attributes:
        file: Its name, beside the manifest.
        sha256: Of its bytes, hexadecimal.
        size_bytes: Its length.
        arch: The network, a name that `python -m train --arch` knows.
        form: How the numbers are stored: `int8`, `float32`, ...
        input_shape: `(height, width, channels)`; a height and width of 0 stand for any.
        input_dtype: What the file takes; scale and zero point are in the file itself.
        labels: What each output stands for, the ten digits first; of a page network
            what each channel of its first map does, `find.maps.Kind` in lower case; of
            a context network `find.context.context_verdict.CONTEXT_LABELS`; of a
            separator network `find.separators.separator_reader.SEPARATOR_LABELS`.
        normalization: The `normalize.VERSION` whose inputs it was trained for.
        accept_threshold: Confidence below which a reading is rejected, 0..1, chosen on
            validation images.
        accuracy: Share of the MNIST test images read rightly, 0..1; of the others the
            F1 of digits on validation scenes, 0 if it was not measured.
        made_by: Commands, seed, data and versions.
        figures: What else `python -m benchmarks figures` measured: shares 0..1, and the
            time of one digit over that of `report-int8.tflite` on the same machine. Of
            a page network what the conversion measured.
        thresholds: Numbers that reading with a page network goes by: `peak`, the
            probability from which something stands in a place, and what
            `find.verdict.Verdict`, lists of weights among it, and
            `find.touching.Splitting` take; with a context network what
            `find.context.context_verdict.ContextVerdict` takes, with a separator
            network what `find.separators.separator_reader.SeparatorVerdict` takes; none
            of a classifier.
    """

    file: str
    sha256: str
    size_bytes: int
    arch: str
    form: str
    input_shape: tuple[int, ...]
    input_dtype: str
    labels: tuple[str, ...]
    normalization: int
    accept_threshold: float
    accuracy: float
    made_by: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, Any] = field(default_factory=dict)

    @property
    def is_classifier(self) -> bool:
        """Return whether it says what one digit is."""
        return not self.is_page_network and self.arch not in (CONTEXT, SEPARATOR)

    @property
    def is_page_network(self) -> bool:
        """Return whether it says what stands where in a picture of any size."""
        return 0 in self.input_shape

    def check(self, content: bytes, path: Path) -> None:
        """Check that `content`, read from `path`, is the file that was described.

        Raises:
            ManifestError: It is another one, or a damaged one.
        """
        if len(content) != self.size_bytes:
            raise ManifestError(
                f"{path}: {self.size_bytes} bytes expected by {FILE_NAME}, got "
                f"{len(content)}; the file is cut short or was replaced, install it "
                "again or convert the model again"
            )
        digest = hashlib.sha256(content).hexdigest()
        if digest != self.sha256:
            raise ManifestError(
                f"{path}: SHA-256 {self.sha256[:12]}... expected by {FILE_NAME}, got "
                f"{digest[:12]}...; the file was changed, install it again or convert "
                "the model again"
            )


def read(folder: Path) -> dict[str, Manifest]:
    """Return the manifest of each model in a folder, by file name, as far as known.

    Raises:
        ManifestError: `manifest.json` is no JSON, or an entry lacks a field or has one
            of another type or range.
    """
    path = folder / FILE_NAME
    return _entries(_read(path), path) if path.exists() else {}


def read_model(path: Path) -> tuple[bytes, Manifest | None]:
    """Return a model file's bytes, checked against its manifest, and that manifest.

    Both files are opened once: what is loaded are the bytes that were checked, whoever
    replaces the file meanwhile.

    Returns:
        Bytes and manifest; `None` where no manifest of ours describes the file.

    Raises:
        ModelError: It cannot be read.
        ManifestError: It is not the file that its manifest describes, or that manifest
            is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    beside = path.with_name(FILE_NAME)
    described = _read(beside) if beside.is_file() else b""
    if not _is_named(path.name, described):
        return content, None
    entry = _entries(described, beside).get(path.name)
    if entry is not None:
        entry.check(content, path)
    return content, entry


def find(
    name: str,
    folder: Path,
    endings: Iterable[str],
    *,
    is_classifier: bool,
    others: Iterable[str] = (),
) -> Path:
    """Return a model's path, given by that path or by a name in a folder of models.

    Args:
        name: What a user wrote.
        folder: Where the shipped models are.
        endings: What may be left out at the end of a name, in order of preference.
        is_classifier: Which kind of model an error names: classifiers or page networks.
        others: What else an error names, since its caller takes that before.

    Raises:
        ModelError: No such model.
    """
    if not name:
        raise ModelError(
            f"a model file or a shipped model's name expected, got {name!r}"
        )
    if (path := Path(name)).is_file():
        return path
    if path.is_dir():
        raise ModelError(f"{name}: a folder; a .tflite or .onnx file expected")
    for ending in ("", *endings):
        if (folder / (name + ending)).is_file():
            return folder / (name + ending)
    described = read(folder).values()
    known = {
        Path(entry.file).stem if is_classifier else entry.arch
        for entry in described
        if (entry.is_classifier if is_classifier else entry.is_page_network)
    }
    names = [*sorted(known), *others]
    raise ModelError(
        f"{name}: no such model file, nor a shipped one ({', '.join(names) or 'none'})"
        f"{did_you_mean(name, names)}"
    )


@contextmanager
def replacing(folder: Path, entries: dict[str, Manifest]) -> Iterator[None]:
    """Write a folder's manifest, sorted by file name; it is in place after the block.

    An error in the block leaves the manifest as it was.
    """
    rows = [dataclasses.asdict(entries[name]) for name in sorted(entries)]
    with files.replacing(folder / FILE_NAME) as temporary:
        temporary.write_text(json.dumps({"models": rows}, indent=2) + "\n")
        yield


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read ({error.strerror})") from error


def _is_named(name: str, described: bytes) -> bool:
    """Return whether the manifest beside a model is ours and names it.

    Many programs keep a `manifest.json`, and theirs mean nothing here. One that cannot
    be parsed may be ours, cut short: it counts if it holds the model's name.
    """
    text = described.decode("utf-8", errors="replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return f'"{name}"' in text
    rows = found.get("models") if isinstance(found, dict) else None
    return isinstance(rows, list) and any(
        isinstance(row, dict) and row.get("file") == name and _OURS in row
        for row in rows
    )


def _entries(described: bytes, path: Path) -> dict[str, Manifest]:
    """Return the entries of a manifest's bytes, read from `path`, by file name.

    Raises:
        ManifestError: It is none, or a damaged one.
    """
    try:
        rows = json.loads(described.decode("utf-8"))["models"]
        entries = [_entry(row) for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ManifestError(
            f"{path}: not a manifest that `python -m convert` wrote ({error!r})"
        ) from error
    return {entry.file: entry for entry in entries}


def _entry(row: dict[str, Any]) -> Manifest:
    """Return the entry in one row.

    Raises:
        TypeError: A field is missing, unknown or of another type.
        ValueError: A share is not one.
    """
    entry = Manifest(
        **{**row, **{name: tuple(row[name]) for name in ("input_shape", "labels")}}
    )
    for name, kind in _KINDS.items():
        value = getattr(entry, name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise TypeError(f"{name} {value!r}")
    for name in ("accept_threshold", "accuracy"):
        if not 0 <= getattr(entry, name) <= 1:
            raise ValueError(f"{name} {getattr(entry, name)}: 0 to 1 expected")
    for name, value in entry.thresholds.items():
        _check_numbers(f"thresholds {name}", value)
    return entry


def _check_numbers(name: str, value: object) -> None:
    """Check that a value is a finite number, or lists of them.

    Raises:
        TypeError: It is something else.
        ValueError: A number is not finite.
    """
    if isinstance(value, list):
        for part in value:
            _check_numbers(name, part)
    elif not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{name} {value!r}")
    elif not math.isfinite(value):
        raise ValueError(f"{name} {value}: a finite number expected")
