"""The inspection of a model file, for people and programs: ``convert inspect``."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tabulate import tabulate

from convert.inspect import file_hash
from convert.inspect.graph import Graph, Operator, Tensor
from edge_app.common.errors import ModelError
from edge_app.model import manifest

MODEL_SUFFIXES = (".tflite", ".onnx")
_QDQ = ("QuantizeLinear", "DequantizeLinear")


def read_checked(path: Path, *, sha256: str | None = None) -> bytes:
    """Return a file's bytes, compared with their hash where one is known.

    Args:
        path: The file. A manifest beside it that describes it is believed.
        sha256: Another hash that the bytes must have, hexadecimal.

    Raises:
        ModelError: It cannot be read, or has another hash.
        ManifestError: It is not the file that its manifest describes.
    """
    content, _ = manifest.read_model(path)
    file_hash.check(content, path, sha256)
    return content


def parse(path: Path, content: bytes) -> Graph:
    """Parse the graph in a file's bytes, by the suffix of its name.

    Raises:
        ModelError: It is no model of that format, or a damaged one.
    """
    suffix = path.suffix.lower()
    if suffix not in MODEL_SUFFIXES:
        raise ModelError(f"{path}: a .tflite or .onnx file expected")
    # The parsers take long to import, and only one is needed.
    try:
        if suffix == ".tflite":
            from convert.formats import read_tflite

            return read_tflite.read(content)
        from convert.formats import read_onnx

        return read_onnx.read(content)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _outside_xnnpack(path: Path, content: bytes) -> list[int] | None:
    """Return which operators XNNPACK leaves out, by position, as far as it is known."""
    if path.suffix.lower() != ".tflite":
        return None
    from convert.inspect import xnnpack

    try:
        return xnnpack.outside(content)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _operator(operator: Operator) -> dict[str, Any]:
    output = operator.outputs[0] if operator.outputs else None
    return {
        "operator": operator.kind,
        "output": output.name if output else "",
        "shape": list(output.shape) if output else [],
        "dtype": output.dtype if output else "",
        "quantization": _quantization(operator.outputs),
        "weights": _quantization([t for t in operator.inputs if t.size_bytes]),
        "size_bytes": operator.size_bytes,
        "macs": operator.macs,
        "integer": operator.is_integer,
    }


def describe(path: Path, content: bytes) -> dict[str, Any]:
    """Return what a file holds, as JSON can hold it.

    Raises:
        ModelError: It is no model, or a damaged one.
    """
    graph = parse(path, content)
    outside = _outside_xnnpack(path, content)
    operators = [
        {
            "position": position,
            **_operator(operator),
            "xnnpack": None if outside is None else position not in outside,
        }
        for position, operator in enumerate(graph.operators)
    ]
    integers, computing = _integer_operators(graph)
    return {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "format": graph.file_format,
        "metadata": graph.metadata,
        "inputs": [_tensor(tensor) for tensor in graph.inputs],
        "outputs": [_tensor(tensor) for tensor in graph.outputs],
        "operators": operators,
        "macs": sum(operator.macs for operator in graph.operators),
        "fully_integer": all(operator.is_integer for operator in graph.operators),
        "integer_operators": integers,
        "computing_operators": computing,
        "outside_xnnpack": None
        if outside is None
        else [graph.operators[position].kind for position in outside],
    }


def _operator_row(operator: dict[str, Any]) -> dict[str, Any]:
    return {
        "": operator["position"],
        "operator": operator["operator"],
        "output": _short(operator["output"]),
        "shape": "x".join(map(str, operator["shape"])),
        "dtype": operator["dtype"],
        "scale, zero point": operator["quantization"],
        "weights": operator["weights"],
        "bytes": operator["size_bytes"],
        "MACs": operator["macs"],
        "XNNPACK": {True: "yes", False: "no", None: "-"}[operator["xnnpack"]],
    }


def text(found: dict[str, Any]) -> str:
    """Return a description as a page of text.

    Names come from the file, so that what a terminal would obey is made visible.
    """
    rows = [_operator_row(operator) for operator in found["operators"]]
    lines = [
        f"{found['file']}: {found['format']}, {found['size_bytes']:,} bytes",
        f"SHA-256 {found['sha256']}",
        *(
            f"{what} {_put(tensor)}"
            for what in ("input", "output")
            for tensor in found[f"{what}s"]
        ),
        "",
        tabulate(rows, headers="keys", tablefmt="github"),
        "",
        f"{found['macs']:,} multiply-accumulates an inference",
        _integer_line(found),
    ]
    if found["outside_xnnpack"] is not None:
        kinds = ", ".join(dict.fromkeys(found["outside_xnnpack"]))
        lines.append(
            f"outside XNNPACK: {kinds or 'none'} (asked of LiteRT on this machine)"
        )
    lines += [f"{key}: {value}" for key, value in found["metadata"].items() if value]
    return "\n".join(_visible(line) for line in "\n".join(lines).split("\n"))


def _integer_line(found: dict[str, Any]) -> str:
    if found["fully_integer"]:
        return "fully integer: yes"
    kinds = [e["operator"] for e in found["operators"] if not e["integer"]]
    if any(kind in _QDQ for kind in kinds):
        return (
            f"fully integer: no, but {found['integer_operators']} of "
            f"{found['computing_operators']} operators stand between DequantizeLinear "
            "and QuantizeLinear, where ONNX Runtime computes in integers"
        )
    return f"fully integer: no; with floats: {', '.join(dict.fromkeys(kinds))}"


def _integer_operators(graph: Graph) -> tuple[int, int]:
    """Count the operators that compute in integers, and all that compute."""
    dequantized = {
        tensor.name
        for operator in graph.operators
        if operator.kind == "DequantizeLinear"
        for tensor in operator.outputs
    }
    quantized = {
        operator.inputs[0].name
        for operator in graph.operators
        if operator.kind == "QuantizeLinear" and operator.inputs
    }
    computing = [operator for operator in graph.operators if operator.kind not in _QDQ]
    # A ReLU between a convolution and its QuantizeLinear is computed with it.
    activated = {
        operator.inputs[0].name
        for operator in computing
        if operator.kind in ("Relu", "Clip") and operator.outputs[0].name in quantized
    }
    found = [
        operator
        for operator in computing
        if operator.is_integer
        or (
            all(t.name in dequantized or t.dtype == "int64" for t in operator.inputs)
            and all(t.name in quantized | activated for t in operator.outputs)
        )
        or (operator.kind in ("Relu", "Clip") and operator.inputs[0].name in activated)
    ]
    return len(found), len(computing)


def _tensor(tensor: Tensor) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "quantization": _quantization([tensor]),
    }


def _put(tensor: dict[str, Any]) -> str:
    shape = "x".join(map(str, tensor["shape"]))
    quantization = tensor["quantization"] and f", {tensor['quantization']}"
    return f"{tensor['name']}: {shape} {tensor['dtype']}{quantization}"


def _quantization(tensors: Sequence[Tensor]) -> str:
    """Return scale and zero point of the first quantized tensor, as short text."""
    for tensor in tensors:
        known = tensor.quantization
        if known is None or tensor.dtype == "int32":  # a bias: product of two others
            continue
        if len(known.scales) > 1:
            return f"{tensor.dtype}, {len(known.scales)} scales"
        return f"{known.scales[0]:.6g}, {known.zero_points[0]}"
    return ""


def _short(name: str) -> str:
    """Return the last of a fused operator's output names, without its scope."""
    last = name.split(";")[-1]
    return "/".join(last.split("/")[-2:])[-40:]


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
