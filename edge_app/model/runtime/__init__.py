"""LiteRT, tflite-runtime and ONNX Runtime behind one small interface.

All three take and give float32: where a file holds integers, its own scale and zero
point are applied here.
"""

from pathlib import Path

import numpy as np

from edge_app.common.errors import ModelError
from edge_app.common.process.quiet import quiet_start
from edge_app.model.runtime import refused
from edge_app.model.runtime.models import Model, PictureModel
from edge_app.model.runtime.quantization import Quantization
from edge_app.model.runtime.registry import RUNTIMES, chosen, installed

__all__ = [
    "RUNTIMES",
    "Model",
    "PictureModel",
    "Quantization",
    "installed",
    "load",
    "load_pictures",
]


def load(
    path: Path,
    content: bytes,
    *,
    runtime: str | None = None,
    num_threads: int = 1,
    is_known: bool = True,
) -> Model:
    """Return the model in a file's bytes, ready to be called.

    Args:
        path: The file's name, for its suffix and for messages.
        content: The file's bytes, read (and hash-checked) once by the caller.
        runtime: A key of `RUNTIMES`; `None` takes the first installed that fits.
        num_threads: Threads an inference may use.
        is_known: Whether the bytes are known to be whole, by their hash or because
            they were just made.

    Raises:
        RuntimeMissingError: No runtime for this kind of file is installed.
        ModelError: The runtime refuses the file, or would crash on a damaged one.
    """
    refused.check_kind(path, content)
    build = chosen(path, runtime, is_known=is_known)
    try:
        model = build.classifier(content, num_threads)
        if min(model.input_shape, default=0) < 1:
            raise ModelError(
                f"an input of fixed size expected, got {model.input_shape}, where less "
                "than 1 stands for any"
            )
        # Some damaged or unsuitable files load and fail only when they are run.
        model(np.zeros((2, *model.input_shape), np.float32))
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    except Exception as error:  # each runtime has exception classes of its own
        raise ModelError(f"{path}: {refused.reason(error, build.name)}") from error
    return model


def load_pictures(
    path: Path,
    content: bytes,
    *,
    runtime: str | None = None,
    num_threads: int = 1,
    is_known: bool = True,
) -> PictureModel:
    """Return the fully convolutional network in a file's bytes; arguments as `load`.

    Raises:
        RuntimeMissingError: No runtime for this kind of file is installed.
        ModelError: The runtime refuses the file, or would crash on a damaged one.
    """
    build = chosen(path, runtime, is_known=is_known)
    try:
        model = build.pictures(content, num_threads)
        with quiet_start():
            model(np.zeros((64, 64), np.uint8))
    except Exception as error:  # each runtime has exception classes of its own
        raise ModelError(
            f"{path}: {build.name} cannot load or run it on a gray picture; it is "
            f"damaged or no page network ({error})"
        ) from error
    return model
