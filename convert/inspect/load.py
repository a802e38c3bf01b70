"""A `.keras` file, loaded without running what its maker may have put in it."""

import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import keras

from convert.formats import prepare
from convert.inspect import file_hash
from edge_app.common.errors import ConversionError
from edge_app.model.runtime.refused import is_hdf5
from train.page import network  # registers its layers with Keras

# What damaged archives raise, also those of compressions and ciphers that are not here.
_NO_ARCHIVE = (ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)
_LARGEST_CONFIG = 2**26  # bytes; a network of a thousand layers needs one megabyte

__all__ = ["network", "read"]


def read(
    path: Path,
    *,
    check: Callable[[keras.Model], None] = prepare.check,
    sha256: str | None = None,
) -> keras.Model:
    """Load the network in a `.keras` file, which is opened once.

    Args:
        path: The file.
        check: Raises an error for a network of another kind than is expected.
        sha256: What the file's bytes must have; `None` for any.

    Raises:
        ModelError: It has another hash.
        ConversionError: It cannot be read, is another kind of file, may run code,
            cannot be loaded, or does not pass the check.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConversionError(f"{path}: cannot be read ({error.strerror})") from error
    file_hash.check(content, path, sha256)
    _check_kind(path, content)
    if names := list(_lambdas(_config(path, content))):
        raise ConversionError(
            f"{path}: holds a Lambda layer ({', '.join(names)}), which is Python code "
            "of whoever made the file and would run here; replace it by a layer of "
            "Keras or a registered one, and save the model again"
        )
    model = _network(path, content)
    try:
        check(model)
    except ConversionError as error:
        raise ConversionError(f"{path}: {error}") from error
    return model


def _network(path: Path, content: bytes) -> keras.Model:
    """Load the network in a file's bytes, its input as of images.

    Raises:
        ConversionError: It cannot be loaded, and why.
    """
    try:
        return prepare.as_images(_loaded(content))
    except Exception as error:  # each layer has ways of its own to fail
        if (version := _keras_version(content)).startswith("2."):
            raise ConversionError(
                f"{path}: saved by Keras {version}, whose files Keras 3 does not load; "
                "where it was trained, convert it with "
                "tf.lite.TFLiteConverter.from_keras_model, whose .tflite files "
                "edge-digits takes as well"
            ) from error
        reason = " ".join(str(error).split())[:300]
        raise ConversionError(
            f"{path}: not a .keras model that can be loaded safely ({reason})"
        ) from error


def _loaded(content: bytes) -> keras.Model:
    """Load a network from bytes, by way of a temporary file, as Keras wants one."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "model.keras"
        copy.write_bytes(content)
        return keras.models.load_model(copy, compile=False, safe_mode=True)


def _check_kind(path: Path, content: bytes) -> None:
    suffix = path.suffix.lower()
    if is_hdf5(path, content):
        raise ConversionError(
            f"{path}: HDF5 models (.h5) are refused, since Keras loads them without "
            "its safe mode's checks; load it where it was trained and save it as "
            "model.save('model.keras')"
        )
    if suffix != ".keras":
        raise ConversionError(f"{path}: a .keras file or a run folder expected")


def _config(path: Path, content: bytes) -> Any:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            info = archive.getinfo("config.json")
            if info.file_size > _LARGEST_CONFIG:
                raise ValueError(f"config.json of {info.file_size} bytes")
            return json.loads(archive.read(info))
    except _NO_ARCHIVE as error:
        raise ConversionError(
            f"{path}: not a .keras file, or cut short ({error})"
        ) from error


def _keras_version(content: bytes) -> str:
    """Return the Keras version that wrote a `.keras` file, empty if unknown."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            found = json.loads(archive.read("metadata.json"))
            return str(found["keras_version"])
    except (*_NO_ARCHIVE, TypeError):
        return ""


def _lambdas(config: Any) -> Iterator[str]:
    """Yield the names of the Lambda layers anywhere in a configuration."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("class_name") == "Lambda":
                inner = value.get("config")
                yield str(inner.get("name", "") if isinstance(inner, dict) else "")
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
