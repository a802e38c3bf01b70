"""The runtimes that execute model files, and which of them are installed here.

The only module that imports any of them.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edge_app.common.errors import ModelError, RuntimeMissingError
from edge_app.model.runtime.models import Model, PictureModel
from edge_app.model.runtime.onnx_files import ONNXModel, ONNXPictures
from edge_app.model.runtime.refused import CONVERTED
from edge_app.model.runtime.tflite_files import TFLiteModel, TFLitePictures


@dataclass(frozen=True)
class Runtime:
    """One way to execute a model file.

    Attributes:
        package: What pip installs.
        module: What is imported.
        suffix: The files it executes.
        build: Makes a `Model` of the module, a file's bytes and a number of threads.
        build_pictures: The same for a `PictureModel`.
        checks_files: Whether a damaged file gives an error rather than a crash.
    """

    package: str
    module: str
    suffix: str
    build: Callable[[Any, bytes, int], Model]
    build_pictures: Callable[[Any, bytes, int], PictureModel]
    checks_files: bool = True


def _tflite(runtime: str, kind: Any) -> Callable[[Any, bytes, int], Any]:
    def build(module: Any, content: bytes, num_threads: int) -> Any:
        return kind(
            content,
            runtime=runtime,
            interpreter=module.Interpreter,
            num_threads=num_threads,
        )

    return build


def _onnx(kind: Any) -> Callable[[Any, bytes, int], Any]:
    def build(module: Any, content: bytes, num_threads: int) -> Any:
        return kind(content, onnxruntime=module, num_threads=num_threads)

    return build


# In order of preference: LiteRT is the fastest for int8 on every board.
RUNTIMES: dict[str, Runtime] = {
    "litert": Runtime(
        "ai-edge-litert",
        "ai_edge_litert.interpreter",
        ".tflite",
        _tflite("litert", TFLiteModel),
        _tflite("litert", TFLitePictures),
    ),
    "tflite-runtime": Runtime(
        "tflite-runtime",
        "tflite_runtime.interpreter",
        ".tflite",
        _tflite("tflite-runtime", TFLiteModel),
        _tflite("tflite-runtime", TFLitePictures),
        checks_files=False,
    ),
    "onnxruntime": Runtime(
        "onnxruntime", "onnxruntime", ".onnx", _onnx(ONNXModel), _onnx(ONNXPictures)
    ),
}


def installed() -> dict[str, str]:
    """Return name and version of each runtime installed here, the best one first."""
    versions = {name: _version(name) for name in RUNTIMES}
    return {name: found for name, found in versions.items() if found is not None}


def _version(name: str) -> str | None:
    """Return the installed version of one runtime; what is missing takes a search."""
    try:
        return version(RUNTIMES[name].package)
    except PackageNotFoundError:
        return None


@dataclass(frozen=True)
class Chosen:
    """A runtime that was imported."""

    name: str
    module: Any

    def classifier(self, content: bytes, num_threads: int) -> Model:
        """Return the classifier in a file's bytes."""
        return RUNTIMES[self.name].build(self.module, content, num_threads)

    def pictures(self, content: bytes, num_threads: int) -> PictureModel:
        """Return the fully convolutional network in a file's bytes."""
        return RUNTIMES[self.name].build_pictures(self.module, content, num_threads)


def chosen(path: Path, runtime: str | None, *, is_known: bool) -> Chosen:
    """Return the runtime that executes a file, imported.

    Raises:
        RuntimeMissingError: No runtime for this kind of file is installed.
        ModelError: It is no model file, or one that the runtime would crash on.
    """
    suffix = path.suffix.lower()
    fitting = [name for name in RUNTIMES if RUNTIMES[name].suffix == suffix]
    if not fitting:
        raise ModelError(f"{path}: {CONVERTED}")
    if runtime is not None and runtime not in fitting:
        raise ModelError(f"{path}: {runtime} does not execute {suffix} files")
    wanted = [runtime] if runtime else fitting
    name, module = _first_importable(wanted, path)
    if not (is_known or RUNTIMES[name].checks_files):
        raise ModelError(
            f"{path}: no manifest.json describes it, and {name} crashes on damaged "
            "files; put the manifest that python -m convert wrote beside it"
        )
    return Chosen(name, module)


def _first_importable(names: list[str], path: Path) -> tuple[str, Any]:
    """Return the first of these runtimes whose import works here, and its module.

    Raises:
        RuntimeMissingError: None is installed, or none can be imported.
    """
    reasons = []
    for name in names:
        if _version(name) is None:
            continue
        try:
            return name, importlib.import_module(RUNTIMES[name].module)
        except ImportError as error:
            reasons.append(f"{name} cannot be imported ({error})")
    found = "; ".join(reasons) or "no runtime for it is installed"
    raise RuntimeMissingError(
        f"{path}: {found}; try: pip install {RUNTIMES[names[0]].package}"
    )
