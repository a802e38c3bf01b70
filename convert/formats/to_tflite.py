"""Keras -> TFLite, in every form of numbers."""

import re
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from convert.formats.forms import Form
from edge_app.common.errors import ConversionError

_INT8_OPERATORS = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
_INT16X8 = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8


def convert(
    model: keras.Model, form: Form, calibration: NDArray[np.float32] | None = None
) -> bytes:
    """Convert a model to a TFLite file.

    Args:
        model: What is converted, with the form's batch size (`prepare`).
        form: Which numbers.
        calibration: Inputs `(N, height, width, channels)` float32, where ranges must
            be found.

    Raises:
        ConversionError: TFLite has no operator for something in the model.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if form.numbers != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if form.numbers == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if form.is_calibrated:
        source, target = (tf.as_dtype(name) for name in form.io_dtypes)
        converter.inference_input_type = source
        converter.inference_output_type = target
        converter.representative_dataset = _one_by_one(calibration)
        # Without this an operator that has no int8 kernel would silently stay float32.
        converter.target_spec.supported_ops = [
            _INT16X8 if form.numbers == "int16x8" else _INT8_OPERATORS
        ]
    return _converted(converter)


def _one_by_one(calibration: NDArray[np.float32] | None) -> Any:
    if calibration is None:
        raise ValueError("calibration inputs expected, got None")

    def inputs() -> Iterator[list[NDArray[np.float32]]]:
        for index in range(len(calibration)):
            yield [calibration[index : index + 1]]

    return inputs


def _converted(converter: Any) -> bytes:
    try:
        content: bytes = converter.convert()
    except Exception as error:  # the converter has classes of its own, unnamed
        raise ConversionError(f"no TFLite form of it: {_reason(error)}") from error
    return content


def _reason(error: Exception) -> str:
    """Return the part of a converter's page-long message that a user can act upon."""
    text = str(error)
    operators = sorted(set(re.findall(r"'(tf[l]?\.[\w.]+)' op is neither", text)))
    if operators:
        return f"TFLite has no operator for {', '.join(operators)}"
    lines = [line for line in text.splitlines() if "error:" in line] or [text]
    return " ".join(lines[0].split())[:300]
