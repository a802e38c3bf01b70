"""An `.onnx` file in ONNX Runtime."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.model.runtime.quantization import Quantization
from edge_app.model.runtime.signature import (
    check_takes_one_picture,
    count_outputs,
    has_batch,
    in_batches,
    with_digits,
)

_ONNX_DTYPES = {"float": "float32", "double": "float64"}  # names that NumPy has not


class ONNXModel:
    """An `.onnx` file in ONNX Runtime."""

    runtime = "onnxruntime"

    def __init__(self, content: bytes, *, onnxruntime: Any, num_threads: int) -> None:
        """Build a session from the file's bytes."""
        self._session = _onnx_session(content, onnxruntime, num_threads)
        details = self._session.get_inputs()
        check_takes_one_picture([source.name for source in details])
        source = details[0]
        targets = self._session.get_outputs()
        target = targets[with_digits([output.shape for output in targets])]
        self._input, self._output = source.name, target.name
        # A size that is left open has a name, or none.
        sizes = [size if isinstance(size, int) else 0 for size in source.shape]
        self._has_batch = has_batch(sizes)
        if not self._has_batch:
            sizes = [1, *sizes]
        self._fixed_batch, self.input_shape = sizes[0], tuple(sizes[1:])
        self.num_outputs = count_outputs(target.shape)
        dtype = source.type.removeprefix("tensor(").removesuffix(")")
        self.input_dtype = _ONNX_DTYPES.get(dtype, dtype)
        self._quantize = Quantization(np.dtype(self.input_dtype), 1.0, 0)

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `(N, num_outputs)` float32 scores of `(N, *input_shape)` in 0..1."""
        if self._fixed_batch not in (0, len(inputs)):
            return in_batches(self, inputs, self._fixed_batch)
        stored = self._quantize.quantize(inputs)
        fed = stored if self._has_batch else stored[0]
        (scores,) = self._session.run([self._output], {self._input: fed})
        return np.asarray(scores, np.float32).reshape(len(inputs), -1)


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
    ) -> dict[int, tuple[NDArray[Any], Quantization]]:
        """Return the maps of a picture; see `PictureModel`."""
        inputs = (gray.astype(np.float32) / np.float32(255))[
            np.newaxis, ..., np.newaxis
        ]
        maps = self._session.run(None, {self._input: inputs})
        as_is = Quantization(np.dtype(np.float32), 1.0, 0)
        return {output.shape[-1]: (output[0], as_is) for output in maps}


def _onnx_session(content: bytes, onnxruntime: Any, num_threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.log_severity_level = 3  # errors; warnings would land on the user
    # On x86 processors without VNNI its faster kernels add products of bytes in 16
    # bits, which overflow: of our networks' labels on MNIST 0.1 points were lost.
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(
        content,
        options,
        providers=["CPUExecutionProvider"],
        enable_fallback=0,  # to the same provider, with a print
    )
    # It has read them, and would keep them for that fallback.
    session._model_bytes = None
    return session
