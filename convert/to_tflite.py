"""Keras -> TFLite."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


def float32(model: keras.Model) -> bytes:
    """The model as TFLite, all numbers float32."""
    content: bytes = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    return content


def int8(model: keras.Model, inputs: NDArray[np.float32]) -> bytes:
    """The model as TFLite, all numbers int8, input and output too.

    Args:
        model: What is converted.
        inputs: Calibration inputs, `(N, 28, 28, 1)` float32.
    """

    def representative_dataset() -> Iterator[list[NDArray[np.float32]]]:
        for index in range(len(inputs)):
            yield [inputs[index : index + 1]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    # Without this an operator that has no int8 kernel would silently stay float32.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    content: bytes = converter.convert()
    return content
