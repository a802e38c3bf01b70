"""Float TFLite -> ONNX -> quantized ONNX.

tf2onnx makes a cleaner graph of the TFLite file, whose batch norms are folded and whose
constants are computed, than of Keras.
"""

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxslim
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers import float16 as ort_float16
from onnxruntime.transformers.onnx_model import OnnxModel

from convert.conversion_options import OnnxOptions
from convert.formats import onnx_graph
from convert.formats.forms import INPUT
from edge_app.common.errors import ConversionError

log = logging.getLogger(__name__)

METHODS = {
    "minmax": quantization.CalibrationMethod.MinMax,
    "entropy": quantization.CalibrationMethod.Entropy,
    "percentile": quantization.CalibrationMethod.Percentile,
}
ACTIVATIONS = {
    "uint8": quantization.QuantType.QUInt8,
    "int8": quantization.QuantType.QInt8,
}


def float32(
    model: keras.Model, tflite: bytes, inputs: NDArray[np.float32], options: OnnxOptions
) -> onnx.ModelProto:
    """Convert a model to float32 ONNX, simplified, its shapes checked.

    Args:
        model: Keras' own, of which ONNX is made where tf2onnx does not know one of the
            TFLite file's operators, or translates one wrongly (1.17 drops the bias of a
            dense layer behind a flattening of fixed batch size).
        tflite: The same as a float32 TFLite file.
        inputs: Some inputs, on which the translation is tried.
        options: The opset.

    Raises:
        ConversionError: tf2onnx cannot express it in that opset.
    """
    try:
        made = _simplified(_from_tflite(tflite, options.opset))
        if _agrees(made, model, inputs):
            return made
    except Exception as error:  # whatever an operator's converter raises
        log.info("tf2onnx cannot read the TFLite file: %s", error)
    with _errors(f"no ONNX form of it in opset {options.opset}"):
        signature = [tf.TensorSpec(model.inputs[0].shape, "float32", name=INPUT)]
        converted, _ = tf2onnx.convert.from_keras(
            model, input_signature=signature, opset=options.opset
        )
        return _simplified(converted)


def of_pictures(
    tflite: bytes, outputs: Sequence[str], options: OnnxOptions
) -> onnx.ModelProto:
    """Convert a page network to float32 ONNX, simplified, its shapes checked.

    Args:
        tflite: The network as a float32 TFLite file.
        outputs: Names of its maps, in the file's order.
        options: The opset.

    Raises:
        ConversionError: tf2onnx cannot express it in that opset.
    """
    with _errors(f"no ONNX form of it in opset {options.opset}"):
        made = onnxslim.slim(_from_tflite(tflite, options.opset))
        (source,) = made.graph.input
        onnx_graph.name_sides(source, ("height", "width"))
        for target in made.graph.output:
            onnx_graph.name_sides(target, ("rows", "columns"))
        return onnx_graph.checked(onnx_graph.renamed(made, outputs))


def _agrees(
    made: onnx.ModelProto, model: keras.Model, inputs: NDArray[np.float32]
) -> bool:
    """Return whether two models give the same scores but for the rounding of floats."""
    session = onnxruntime.InferenceSession(
        made.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    scores = np.concatenate(
        [session.run(None, {INPUT: array[None]})[0] for array in inputs]
    )
    expected = model.predict(inputs, batch_size=1, verbose=0)
    return bool(np.allclose(scores, expected, rtol=1e-3, atol=1e-4))


def _from_tflite(tflite: bytes, opset: int) -> onnx.ModelProto:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(tflite)
        model: onnx.ModelProto = tf2onnx.convert.from_tflite(str(path), opset=opset)[0]
        return model


def _simplified(model: onnx.ModelProto) -> onnx.ModelProto:
    return onnx_graph.checked(onnx_graph.renamed(onnxslim.slim(model)))


@contextmanager
def _errors(what: str) -> Iterator[None]:
    """Turn whatever a library raises into one of our errors."""
    try:
        yield
    except Exception as error:  # protobuf, ONNX Runtime and tf2onnx have their own
        reason = " ".join(str(error).split())[:300]
        raise ConversionError(f"{what}: {reason}") from error


def quantized(
    model: onnx.ModelProto,
    numbers: str,
    calibration: NDArray[np.float32],
    options: OnnxOptions,
) -> onnx.ModelProto:
    """Convert a float32 model to `float32`, `float16`, `dynamic` or `int8`.

    Raises:
        ConversionError: ONNX Runtime's tools cannot do it.
    """
    with _errors(f"no {numbers} ONNX form of it"):
        if numbers == "float16":
            return float16(model)
        if numbers == "dynamic":
            return dynamic(model)
        if numbers == "int8":
            return int8(model, calibration, options)
    return model


def float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Convert to float16 weights and arithmetic, with float32 input and output."""
    converted = OnnxModel(
        ort_float16.convert_float_to_float16(onnx_graph.copy(model), keep_io_types=True)
    )
    converted.topological_sort()  # its casts stand behind their users
    return onnx_graph.checked(converted.model)


def dynamic(model: onnx.ModelProto) -> onnx.ModelProto:
    """Convert to 8-bit weights, with activations quantized at each inference.

    The weights are unsigned: ONNX Runtime has no ConvInteger for signed ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "dynamic.onnx"
        quant_pre_process(model, source)
        quantization.quantize_dynamic(
            source, target, weight_type=quantization.QuantType.QUInt8
        )
        return onnx_graph.checked(onnx.load(target))


def int8(
    model: onnx.ModelProto, calibration: NDArray[np.float32], options: OnnxOptions
) -> onnx.ModelProto:
    """Quantize a model, with QDQ nodes around each operator.

    Weights are int8 per channel. Input and output stay float32.

    Args:
        model: Of `float32`.
        calibration: Inputs `(N, height, width, channels)` float32.
        options: The method and the type of activations.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        # Symbolic inference knows no DepthToSpace, which page networks have, and
        # without its shapes the optimization fails. `onnxslim` has done most of it.
        is_page_network = any(n.op_type == "DepthToSpace" for n in model.graph.node)
        quant_pre_process(
            model,
            source,
            skip_symbolic_shape=is_page_network,
            skip_optimization=is_page_network,
        )
        quantization.quantize_static(
            source,
            target,
            _CalibrationData(model, calibration),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=ACTIVATIONS[options.activations],
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=METHODS[options.method],
        )
        return onnx_graph.checked(onnx.load(target))


def ort(content: bytes) -> bytes:
    """Convert an ONNX file to ONNX Runtime's own format, for its mobile builds.

    What it optimizes does not depend on the machine. It writes some parts in the order
    of a hash table, so that no two conversions give the same bytes.
    """
    with tempfile.TemporaryDirectory() as folder, _errors("no .ort form of it"):
        path = Path(folder) / "model.ort"
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.optimized_model_filepath = str(path)
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        )
        options.add_session_config_entry("session.save_model_format", "ORT")
        onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        return path.read_bytes()


def serialized(model: onnx.ModelProto, metadata: dict[str, str]) -> bytes:
    """Return the file's bytes, with `metadata` in its `metadata_props`."""
    model = onnx_graph.copy(model)
    used = {node.domain for node in model.graph.node}
    opsets = [opset for opset in model.opset_import if opset.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(opsets)
    onnx.helper.set_model_props(model, metadata)
    return bytes(model.SerializeToString(deterministic=True))


class _CalibrationData(quantization.CalibrationDataReader):
    """Calibration inputs in the batches that a model takes."""

    def __init__(self, model: onnx.ModelProto, inputs: NDArray[np.float32]) -> None:
        fixed = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value
        size = fixed or 100
        self._batches = iter(
            inputs[start : start + size] for start in range(0, len(inputs), size)
        )

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {INPUT: batch}
