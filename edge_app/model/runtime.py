"""LiteRT, tflite-runtime and ONNX Runtime behind one small interface.

The only module that imports any of them. All three take and give float32: where a file
holds integers, its own scale and zero point are applied here.
"""

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import ModelError, RuntimeMissingError
from edge_app.common.quiet import quiet_start


class Model(Protocol):
    """A loaded model file.

    Attributes:
        runtime: Which runtime executes it, a key of `RUNTIMES`.
        input_shape: `(height, width, channels)`.
        num_outputs: How many scores it gives an input.
        input_dtype: What the file itself takes, e.g. `"int8"`.
    """

    runtime: str
    input_shape: tuple[int, ...]
    num_outputs: int
    input_dtype: str

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores `(N, num_outputs)` float32 for inputs `(N, *input_shape)` in 0..1."""


@dataclass(frozen=True)
class Quantization:
    """Affine quantization of one tensor: real = scale * (integer - zero_point).

    The formula of https://ai.google.dev/edge/litert/conversion/tensorflow/quantization.
    """

    dtype: np.dtype[Any]
    scale: float
    zero_point: int

    def quantize(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Nearest integers, clipped to the dtype; floats pass through."""
        if not np.issubdtype(self.dtype, np.integer):
            return values.astype(self.dtype, copy=False)
        limits = np.iinfo(self.dtype)
        integers = np.rint(values / self.scale) + self.zero_point
        return np.asarray(np.clip(integers, limits.min, limits.max), self.dtype)

    def dequantize(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the real numbers that integers stand for, float32."""
        if not np.issubdtype(values.dtype, np.integer):
            return values.astype(np.float32, copy=False)
        return (values.astype(np.float32) - self.zero_point) * np.float32(self.scale)


class TFLiteModel:
    """A `.tflite` file in LiteRT or tflite-runtime."""

    def __init__(
        self, content: bytes, *, runtime: str, interpreter: Any, num_threads: int
    ) -> None:
        """Build `interpreter` (the runtime's class) from the file's bytes."""
        self.runtime = runtime
        with quiet_start():  # it announces its delegate
            self._interpreter = interpreter(
                model_content=content, num_threads=num_threads
            )
            self._interpreter.allocate_tensors()
        details = self._interpreter.get_input_details()
        _check_takes_one_picture([source["name"] for source in details])
        source = details[0]
        targets = self._interpreter.get_output_details()
        target = targets[_with_digits([output["shape"] for output in targets])]
        self._input, self._output = source["index"], target["index"]
        self._batch_size = int(source["shape"][0])
        self._fixed_batch = max(0, int(source["shape_signature"][0]))
        self.input_shape = tuple(int(n) for n in source["shape_signature"][1:])
        self.num_outputs = _num_outputs(target["shape"])
        self._quantize = _quantization(source)
        self._dequantize = _quantization(target)
        self.input_dtype = self._quantize.dtype.name

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores `(N, num_outputs)` float32 for inputs `(N, *input_shape)` in 0..1."""
        if self._fixed_batch not in (0, len(inputs)):
            return _in_batches(self, inputs, self._fixed_batch)
        if len(inputs) != self._batch_size:
            self._interpreter.resize_tensor_input(self._input, inputs.shape)
            self._interpreter.allocate_tensors()
            self._batch_size = len(inputs)
        self._interpreter.set_tensor(self._input, self._quantize.quantize(inputs))
        self._interpreter.invoke()
        scores = self._dequantize.dequantize(self._interpreter.get_tensor(self._output))
        return scores.reshape(len(inputs), -1)


class PictureModel(Protocol):
    """A loaded file of a fully convolutional network: a gray picture in, maps out.

    Attributes:
        runtime: Which runtime executes it, a key of `RUNTIMES`.
        num_channels: Of each map, in the file's order.
    """

    runtime: str
    num_channels: tuple[int, ...]

    def __call__(
        self, gray: NDArray[np.uint8]
    ) -> dict[int, tuple[NDArray[Any], "Quantization"]]:
        """Return the maps `(h, w, channels)`, as stored, by their channels.

        Args:
            gray: `(H, W)` uint8.
        """


class TFLitePictures:
    """A `.tflite` file of a fully convolutional network."""

    def __init__(
        self, content: bytes, *, runtime: str, interpreter: Any, num_threads: int
    ) -> None:
        """Build `interpreter` (the runtime's class) from the file's bytes."""
        self.runtime = runtime
        self._open = partial(
            interpreter, model_content=content, num_threads=num_threads
        )
        with quiet_start():
            opened = self._open()
        (source,) = opened.get_input_details()
        self._input, self._quantize = source["index"], _quantization(source)
        self._outputs = [
            (int(output["shape_signature"][-1]), output["index"], _quantization(output))
            for output in opened.get_output_details()
        ]
        self.num_channels = tuple(count for count, _, _ in self._outputs)
        # By size, the one used last at the end: a resized interpreter plans its memory
        # anew, which takes longer than a small picture itself.
        self._sized: dict[tuple[int, ...], Any] = {}

    def __call__(
        self, gray: NDArray[np.uint8]
    ) -> dict[int, tuple[NDArray[Any], "Quantization"]]:
        """Return the maps of a picture; see `PictureModel`."""
        interpreter = self._of_size(gray.shape)
        stored = self._stored(gray)[np.newaxis, ..., np.newaxis]
        interpreter.set_tensor(self._input, stored)
        interpreter.invoke()
        return {
            count: (interpreter.get_tensor(index)[0], quantization)
            for count, index, quantization in self._outputs
        }

    def _of_size(self, shape: tuple[int, ...]) -> Any:
        """Return an interpreter for pictures of a size."""
        interpreter = self._sized.pop(shape, None)
        if interpreter is None:
            interpreter = self._open()
            interpreter.resize_tensor_input(self._input, (1, *shape, 1))
            interpreter.allocate_tensors()
            if len(self._sized) >= _MOST_SIZES:
                del self._sized[next(iter(self._sized))]
        self._sized[shape] = interpreter
        return interpreter

    def _stored(self, gray: NDArray[np.uint8]) -> NDArray[Any]:
        if self._quantize.dtype == np.int8:  # of 1/255, from -128 on
            return (gray ^ np.uint8(128)).view(np.int8)
        return gray.astype(np.float32) / np.float32(255)


class ONNXPictures:
    """An `.onnx` file of a fully convolutional network, float32 in and out."""

    runtime = "onnxruntime"

    def __init__(self, content: bytes, *, onnxruntime: Any, num_threads: int) -> None:
        """Build a session from the file's bytes."""
        self._session = _onnx_session(content, onnxruntime, num_threads)
        (source,) = self._session.get_inputs()
        self._input = source.name
        self.num_channels = tuple(
            int(output.shape[-1]) for output in self._session.get_outputs()
        )

    def __call__(
        self, gray: NDArray[np.uint8]
    ) -> dict[int, tuple[NDArray[Any], "Quantization"]]:
        """Return the maps of a picture; see `PictureModel`."""
        inputs = (gray.astype(np.float32) / np.float32(255))[
            np.newaxis, ..., np.newaxis
        ]
        maps = self._session.run(None, {self._input: inputs})
        as_is = Quantization(np.dtype(np.float32), 1.0, 0)
        return {output.shape[-1]: (output[0], as_is) for output in maps}


class ONNXModel:
    """An `.onnx` file in ONNX Runtime."""

    runtime = "onnxruntime"

    def __init__(self, content: bytes, *, onnxruntime: Any, num_threads: int) -> None:
        """Build a session from the file's bytes."""
        self._session = _onnx_session(content, onnxruntime, num_threads)
        details = self._session.get_inputs()
        _check_takes_one_picture([source.name for source in details])
        source = details[0]
        targets = self._session.get_outputs()
        target = targets[_with_digits([output.shape for output in targets])]
        self._input, self._output = source.name, target.name
        # A size that is left open has a name, or none.
        sizes = [size if isinstance(size, int) else 0 for size in source.shape]
        self._fixed_batch, self.input_shape = sizes[0], tuple(sizes[1:])
        self.num_outputs = _num_outputs(target.shape)
        dtype = source.type.removeprefix("tensor(").removesuffix(")")
        self.input_dtype = _ONNX_DTYPES.get(dtype, dtype)
        self._quantize = Quantization(np.dtype(self.input_dtype), 1.0, 0)

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores `(N, num_outputs)` float32 for inputs `(N, *input_shape)` in 0..1."""
        if self._fixed_batch not in (0, len(inputs)):
            return _in_batches(self, inputs, self._fixed_batch)
        stored = self._quantize.quantize(inputs)
        (scores,) = self._session.run([self._output], {self._input: stored})
        return np.asarray(scores, np.float32).reshape(len(inputs), -1)


_ONNX_DTYPES = {"float": "float32", "double": "float64"}  # names that NumPy has not


def _onnx_session(content: bytes, onnxruntime: Any, num_threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.log_severity_level = 3  # errors; warnings would land on the user
    session = onnxruntime.InferenceSession(
        content,
        options,
        providers=["CPUExecutionProvider"],
        enable_fallback=0,  # to the same provider, with a print
    )
    # It has read them, and would keep them for that fallback.
    session._model_bytes = None
    return session


def _check_takes_one_picture(inputs: list[str]) -> None:
    """Check that a model has one input.

    Args:
        inputs: Their names.

    Raises:
        ModelError: It has others as well.
    """
    if len(inputs) != 1:
        raise ModelError(
            f"takes {len(inputs)} inputs ({', '.join(inputs)}), a model of one picture "
            "expected"
        )


def _num_outputs(shape: Sequence[Any]) -> int:
    """Return how many scores an output of this shape has for each input.

    Raises:
        ModelError: The file leaves it open.
    """
    sizes = shape[1:] if len(shape) > 1 else shape
    if not all(isinstance(size, int | np.integer) and size > 0 for size in sizes):
        raise ModelError(f"its output has no fixed number of scores, but {list(shape)}")
    return math.prod(int(size) for size in sizes)


def _with_digits(shapes: Sequence[Sequence[Any]]) -> int:
    """Return which of a model's outputs to take: the first with a score a digit.

    Args:
        shapes: Of each output, the batch first; the first output if none is like that.
    """
    fitting = [
        index for index, shape in enumerate(shapes) if list(shape[1:]) == [_NUM_DIGITS]
    ]
    return fitting[0] if fitting else 0


def _in_batches(
    model: Model, inputs: NDArray[np.float32], size: int
) -> NDArray[np.float32]:
    """Scores from a file whose batch size is fixed; the last batch is filled up."""
    room = np.zeros((-len(inputs) % size, *inputs.shape[1:]), np.float32)
    filled = np.concatenate([inputs, room])
    scores = [model(filled[i : i + size]) for i in range(0, len(filled), size)]
    return np.concatenate(scores)[: len(inputs)]


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


_NUM_DIGITS = 10
_MOST_SIZES = 6  # pictures' sizes for which memory is kept

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
    """Name and version of each runtime installed here, the preferred one first."""
    found = {}
    for name, runtime in RUNTIMES.items():
        try:
            found[name] = version(runtime.package)
        except PackageNotFoundError:
            continue
    return found


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
    _check_kind(path, content)
    build = _chosen(path, runtime, is_known=is_known)
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
        raise ModelError(f"{path}: {_reason(error, build.name)}") from error
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
    build = _chosen(path, runtime, is_known=is_known)
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


@dataclass(frozen=True)
class _Chosen:
    """A runtime that was imported."""

    name: str
    module: Any

    def classifier(self, content: bytes, num_threads: int) -> Model:
        return RUNTIMES[self.name].build(self.module, content, num_threads)

    def pictures(self, content: bytes, num_threads: int) -> PictureModel:
        return RUNTIMES[self.name].build_pictures(self.module, content, num_threads)


def _reason(error: Exception, runtime: str) -> str:
    """Return why a runtime refuses a file, as far as its message tells, in one line."""
    text = " ".join(str(error).split())
    for part, reason in _REASONS.items():
        if part in text.lower():
            return f"{reason} ({text})"
    return (
        f"damaged, or no model that {runtime} runs on one input and on several ({text})"
    )


# By what stands in a runtime's message, in lower case.
_REASONS = {
    "select tensorflow op": "has operators of TensorFlow itself, which no small "
    "runtime executes; convert it without tf.lite.OpsSet.SELECT_TF_OPS",
    "external": "an ONNX file with its weights in another one; make it one file with "
    "onnx.save(onnx.load(OLD), NEW)",
    "unsupported model ir version": "made for a newer ONNX Runtime; install that, or "
    "export it with an older opset and IR version",
    "opset": "made for a newer ONNX Runtime; install that, or export it with an older "
    "opset and IR version",
}

_HDF5 = b"\x89HDF"
_CONVERTED = "a .tflite or .onnx file expected"


def _check_kind(path: Path, content: bytes) -> None:
    """Check that a file is not one of those that are often taken for a model file.

    Raises:
        ModelError: It is.
    """
    suffix = path.suffix.lower()
    if content.startswith(_HDF5) or suffix in (".h5", ".hdf5"):
        raise ModelError(
            f"{path}: a Keras model in HDF5, {_CONVERTED}; where it was trained, "
            "convert it with tf.lite.TFLiteConverter.from_keras_model"
        )
    if suffix == ".keras":
        raise ModelError(
            f"{path}: a Keras model, {_CONVERTED}; make one with `python -m convert`, "
            "or for Keras 2 with tf.lite.TFLiteConverter.from_keras_model"
        )
    if b"edgetpu-custom-op" in content:  # the name of its only operator
        raise ModelError(
            f"{path}: compiled for an Edge TPU, which nothing here executes; take the "
            ".tflite file that it was compiled from"
        )


def _chosen(path: Path, runtime: str | None, *, is_known: bool) -> _Chosen:
    """Return the runtime that executes a file, imported.

    Raises:
        RuntimeMissingError: No runtime for this kind of file is installed.
        ModelError: It is no model file, or one that the runtime would crash on.
    """
    suffix = path.suffix.lower()
    fitting = [name for name in RUNTIMES if RUNTIMES[name].suffix == suffix]
    if not fitting:
        raise ModelError(f"{path}: {_CONVERTED}")
    if runtime is not None and runtime not in fitting:
        raise ModelError(f"{path}: {runtime} does not execute {suffix} files")
    wanted = [runtime] if runtime else fitting
    chosen, module = _first_importable(wanted, path)
    if not (is_known or RUNTIMES[chosen].checks_files):
        raise ModelError(
            f"{path}: no manifest.json describes it, and {chosen} crashes on damaged "
            "files; put the manifest that python -m convert wrote beside it"
        )
    return _Chosen(chosen, module)


def _first_importable(names: list[str], path: Path) -> tuple[str, Any]:
    """Return the first of these runtimes whose import works here, and its module.

    Raises:
        RuntimeMissingError: None is installed, or none can be imported.
    """
    reasons = []
    for name in names:
        if name not in installed():
            continue
        try:
            return name, importlib.import_module(RUNTIMES[name].module)
        except ImportError as error:
            reasons.append(f"{name} cannot be imported ({error})")
    found = "; ".join(reasons) or "no runtime for it is installed"
    raise RuntimeMissingError(
        f"{path}: {found}; try: pip install {RUNTIMES[names[0]].package}"
    )


def _quantization(details: dict[str, Any]) -> Quantization:
    scale, zero_point = details["quantization"]
    # No scale is that of integers which stand for themselves.
    return Quantization(
        np.dtype(details["dtype"]), float(scale) or 1.0, int(zero_point)
    )
