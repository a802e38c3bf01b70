"""A check that a converted file's input and output are what its form declares."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.formats.forms import INPUT, OUTPUT, Form
from convert.inspect import inspection
from convert.inspect.graph import Shape, Tensor
from convert.verify.reference import KerasReference
from convert.verify.tolerances import OUTPUT_STEP_8_BIT
from edge_app.common.errors import ConversionError


def check_declared(
    path: Path, content: bytes, form: Form, reference: KerasReference
) -> None:
    """Check names, shapes, dtypes and quantization of a file's input and output.

    Raises:
        ConversionError: They are not what the form and the model say.
    """
    graph = inspection.parse(path, content)
    batch: int | str = form.batch_size or "batch"
    shapes: tuple[Shape, Shape] = (
        (batch, *reference.inputs.shape[1:]),
        (batch, reference.scores.shape[1]),
    )
    for tensors, name, shape, dtype in zip(
        (graph.inputs, graph.outputs),
        (INPUT, OUTPUT),
        shapes,
        form.io_dtypes,
        strict=True,
    ):
        described = [(tensor.name, tensor.shape, tensor.dtype) for tensor in tensors]
        if described != [(name, shape, dtype)]:
            raise ConversionError(
                f"{path.name}: {name} {shape} {dtype} expected, got {described}"
            )
    if form.io_dtypes[0] != "float32":
        _check_integer_input(path, graph.inputs[0], reference.inputs)
        if graph.operators[-1].kind == "SOFTMAX":
            _check_softmax(path, graph.outputs[0])
        if floats := [
            operator.kind for operator in graph.operators if not operator.is_integer
        ]:
            raise ConversionError(
                f"{path.name}: all integers expected, but {', '.join(floats)} "
                "compute with floats; take dynamic or float16 for this network"
            )


def _check_integer_input(
    path: Path, tensor: Tensor, inputs: NDArray[np.float32]
) -> None:
    """Check that the input's integers reach as far as the images do, within 2%.

    Raises:
        ConversionError: The file would clip what it is given.
    """
    known = tensor.quantization
    if known is None or len(known.scales) != 1 or not known.scales[0] > 0:
        raise ConversionError(f"{path.name}: an input with one scale expected")
    limits = np.iinfo(tensor.dtype)
    low, high = (
        known.scales[0] * (limit - known.zero_points[0])
        for limit in (limits.min, limits.max)
    )
    margin = 0.02 * (high - low)
    if inputs.min() < low - margin or inputs.max() > high + margin:
        raise ConversionError(
            f"{path.name}: its input reaches from {low:.3g} to {high:.3g}, the test "
            f"images from {inputs.min():.3g} to {inputs.max():.3g}; calibrate with "
            "images of the same range"
        )


def _check_softmax(path: Path, tensor: Tensor) -> None:
    """Check a softmax' quantization against TFLite's specification.

    https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec

    Raises:
        ConversionError: It is another one.
    """
    known = tensor.quantization
    expected = (OUTPUT_STEP_8_BIT, -128 if tensor.dtype == "int8" else 0)
    found = known and (known.scales[0], known.zero_points[0])
    if found != expected:
        raise ConversionError(
            f"{path.name}: output with scale and zero point {expected} expected, got "
            f"{found}"
        )
