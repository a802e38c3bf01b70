"""A `.tflite` file in LiteRT or tflite-runtime."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common.process.quiet import quiet_start
from edge_app.model.runtime.quantization import Quantization
from edge_app.model.runtime.signature import (
    check_takes_one_picture,
    count_outputs,
    has_batch,
    in_batches,
    with_digits,
)

_MOST_SIZES = 6  # pictures' sizes for which memory is kept


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
        check_takes_one_picture([source["name"] for source in details])
        source = details[0]
        targets = self._interpreter.get_output_details()
        target = targets[with_digits([output["shape"] for output in targets])]
        self._input, self._output = source["index"], target["index"]
        sizes = [int(size) for size in source["shape_signature"]]
        self._has_batch = has_batch(sizes)
        if not self._has_batch:
            sizes = [1, *sizes]
        self._batch_size = int(source["shape"][0]) if self._has_batch else 1
        self._fixed_batch, self.input_shape = max(0, sizes[0]), tuple(sizes[1:])
        self.num_outputs = count_outputs(target["shape"])
        self._quantize = _quantization(source)
        self._dequantize = _quantization(target)
        self.input_dtype = self._quantize.dtype.name

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `(N, num_outputs)` float32 scores of `(N, *input_shape)` in 0..1."""
        if self._fixed_batch not in (0, len(inputs)):
            return in_batches(self, inputs, self._fixed_batch)
        if len(inputs) != self._batch_size:
            self._interpreter.resize_tensor_input(self._input, inputs.shape)
            self._interpreter.allocate_tensors()
            self._batch_size = len(inputs)
        stored = self._quantize.quantize(inputs)
        fed = stored if self._has_batch else stored[0]
        self._interpreter.set_tensor(self._input, fed)
        self._interpreter.invoke()
        scores = self._dequantize.dequantize(self._interpreter.get_tensor(self._output))
        return scores.reshape(len(inputs), -1)


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
    ) -> dict[int, tuple[NDArray[Any], Quantization]]:
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


def _quantization(details: dict[str, Any]) -> Quantization:
    scale, zero_point = details["quantization"]
    # No scale is that of integers which stand for themselves.
    return Quantization(
        np.dtype(details["dtype"]), float(scale) or 1.0, int(zero_point)
    )
