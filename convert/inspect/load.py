"""A `.keras` file, loaded without running what its maker may have put in it."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras

from convert.formats import prepare
from edge_app.common.errors import ConversionError
from train.networks import quantize_aware  # registers its layers with Keras
from train.page import network  # likewise

_HDF5 = b"\x89HDF"
_LARGEST_CONFIG = 2**26  # bytes; a network of a thousand layers needs one megabyte

__all__ = ["network", "quantize_aware", "read"]


def read(
    path: Path, *, check: Callable[[keras.Model], None] = prepare.check
) -> keras.Model:
    """The network in a `.keras` file.

    Args:
        path: The file.
        check: Raises an error for a network of another kind than is expected.

    Raises:
        ConversionError: It is another kind of file, may run code, cannot be loaded, or
            does not pass the check.
    """
    _check_kind(path)
    if names := list(_lambdas(_config(path))):
        raise ConversionError(
            f"{path}: holds a Lambda layer ({', '.join(names)}), which is Python code "
            "of whoever made the file and would run here; replace it by a layer of "
            "Keras or a registered one, and save the model again"
        )
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # each layer has ways of its own to fail
        if (version := _keras_version(path)).startswith("2."):
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
    try:
        check(model)
    except ConversionError as error:
        raise ConversionError(f"{path}: {error}") from error
    return model


def _check_kind(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise ConversionError(f"{path}: cannot be read ({error.strerror})") from error
    if start == _HDF5 or path.suffix.lower() in (".h5", ".hdf5"):
        raise ConversionError(
            f"{path}: HDF5 models (.h5) are refused, since Keras loads them without "
            "its safe mode's checks; load it where it was trained and save it as "
            "model.save('model.keras')"
        )
    if path.suffix.lower() != ".keras":
        raise ConversionError(f"{path}: a .keras file or a run folder expected")


def _config(path: Path) -> Any:
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("config.json")
            if info.file_size > _LARGEST_CONFIG:
                raise ValueError(f"config.json of {info.file_size} bytes")
            return json.loads(archive.read(info))
    except (OSError, ValueError, KeyError, RecursionError, zipfile.BadZipFile) as error:
        raise ConversionError(
            f"{path}: not a .keras file, or cut short ({error})"
        ) from error


def _keras_version(path: Path) -> str:
    """The version of Keras that wrote a `.keras` file; empty if it does not say."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read("metadata.json"))
            return str(found["keras_version"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return ""


def _lambdas(config: Any) -> Iterator[str]:
    """Names of the Lambda layers anywhere in a configuration."""
    waiting = [config]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if each.get("class_name") == "Lambda":
                inner = each.get("config")
                yield str(inner.get("name", "") if isinstance(inner, dict) else "")
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
