import hashlib
import json
import shutil
from pathlib import Path

import pytest
from needed import need

need("onnx", reason="inspecting needs the group train")
need("tabulate", reason="inspecting needs the group train")

from onnx import TensorProto, helper

from convert.inspect import inspection
from edge_app.common.errors import ManifestError, ModelError
from edge_app.model import classify

QUANTIZED = Path("relu.onnx")


def quantized(metadata=()):
    """Minus and ReLU of integers, then a sum with a number that is none."""
    scale = [helper.make_tensor("scale", TensorProto.FLOAT, (), [0.5])]
    scale += [helper.make_tensor("zero", TensorProto.INT8, (), [3])]
    step = ["scale", "zero"]
    nodes = [
        helper.make_node("QuantizeLinear", ["x", *step], ["x_int8"]),
        helper.make_node("DequantizeLinear", ["x_int8", *step], ["x_again"]),
        helper.make_node("Neg", ["x_again"], ["negative"]),
        helper.make_node("Relu", ["negative"], ["positive"]),
        helper.make_node("QuantizeLinear", ["positive", *step], ["p_int8"]),
        helper.make_node("DequantizeLinear", ["p_int8", *step], ["p_again"]),
        helper.make_node("Add", ["p_again", "scale"], ["y"]),
    ]
    values = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 4]) for n in "xy")
    source, target = values
    graph = helper.make_graph(nodes, "graph", [source], [target], scale)
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    helper.set_model_props(model, dict(metadata))
    return model.SerializeToString()


def test_a_description_says_what_is_computed_in_integers():
    content = quantized()
    found = inspection.describe(QUANTIZED, content)
    assert json.loads(json.dumps(found)) == found
    assert found["file"] == "relu.onnx"
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    assert found["size_bytes"] == len(content)
    assert found["inputs"] == [
        {"name": "x", "shape": [1, 4], "dtype": "float32", "quantization": ""}
    ]
    # The ReLU is computed with what is before it; the sum is not rounded afterward.
    assert (found["integer_operators"], found["computing_operators"]) == (2, 3)
    assert not found["fully_integer"]
    assert found["outside_xnnpack"] is None  # of an ONNX file
    first = found["operators"][0]
    assert (first["operator"], first["position"]) == ("QuantizeLinear", 0)
    assert (first["dtype"], first["quantization"]) == ("int8", "0.5, 3")


def test_the_text_shows_what_a_terminal_would_obey():
    content = quantized({"author": "\x1b[2Jsomebody", "empty": ""})
    shown = inspection.text(inspection.describe(QUANTIZED, content))
    lines = shown.splitlines()
    assert lines[0].startswith("relu.onnx: ONNX 8, opset 17, ")
    assert lines[-1] == "author: \\x1b[2Jsomebody"
    assert "\x1b" not in shown
    assert "input x: 1x4 float32" in lines
    assert "fully integer: no, but 2 of 3 operators stand between" in shown


def test_a_file_is_parsed_by_its_suffix():
    assert inspection.parse(Path("A.ONNX"), quantized()).outputs[0].name == "y"
    with pytest.raises(ModelError, match=r"^a\.txt: a \.tflite or \.onnx file expec"):
        inspection.parse(Path("a.txt"), quantized())
    with pytest.raises(ModelError, match=r"^a\.onnx: not an ONNX file, or damaged"):
        inspection.parse(Path("a.onnx"), b"no model")


def test_bytes_are_read_where_they_have_the_hash_that_is_known(tmp_path):
    path = tmp_path / "report-int8.onnx"
    for name in (path.name, "manifest.json"):
        shutil.copy(classify.MODELS / name, tmp_path)
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    assert inspection.read_checked(path, sha256=sha256) == content
    with pytest.raises(ModelError, match=r"SHA-256 000000000000\.\.\. expected"):
        inspection.read_checked(path, sha256="0" * 64)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ManifestError, match="SHA-256"):
        inspection.read_checked(path)
