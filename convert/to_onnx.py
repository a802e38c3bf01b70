"""Keras -> ONNX -> quantized ONNX."""

import os
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

OPSET = 17  # what ONNX Runtime has read since 1.12 and OpenCV's DNN module reads too


def float32(model: keras.Model) -> bytes:
    """The model as ONNX with a free batch size, all numbers float32."""
    # tf2onnx fails on a Sequential of Keras 3; the functional form is the same graph.
    functional = keras.Model(model.inputs, model.outputs)
    signature = [
        tf.TensorSpec((None, *each.shape[1:]), each.dtype, name="input")
        for each in model.inputs
    ]
    converted, _ = tf2onnx.convert.from_keras(
        functional, input_signature=signature, opset=OPSET
    )
    content: bytes = converted.SerializeToString()
    return content


def int8(model: keras.Model, inputs: NDArray[np.float32]) -> bytes:
    """The model as ONNX with QDQ nodes around each operator.

    Weights are int8 per channel; activations uint8, for which ONNX Runtime's x86
    kernels are faster. Input and output stay float32.

    Args:
        model: What is converted.
        inputs: Calibration inputs, `(N, 28, 28, 1)` float32.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, prepared, target = (
            Path(folder) / name for name in ("float.onnx", "prepared.onnx", "int8.onnx")
        )
        source.write_bytes(float32(model))
        # Folds batch norm; left out, the error more than doubles.
        quant_pre_process(source, prepared)
        quantization.quantize_static(
            prepared,
            target,
            _CalibrationData(inputs),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        return target.read_bytes()


class _CalibrationData(quantization.CalibrationDataReader):
    def __init__(self, inputs: NDArray[np.float32]) -> None:
        self._batches = iter(np.array_split(inputs, max(1, len(inputs) // 100)))

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"input": batch}
