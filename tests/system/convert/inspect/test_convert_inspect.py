"""``python -m convert inspect``: what is in a file, and files made to do harm."""

import hashlib
import json
import shutil

import pytest
from needed import need

need("onnx", reason="inspecting needs the group train")
need("ai_edge_litert", reason="inspecting asks LiteRT")

from convert.__main__ import main
from edge_app.model import classify, manifest

SHIPPED = sorted(
    name
    for name, entry in manifest.read(classify.MODELS).items()
    if entry.is_classifier
)


def inspected(capsys, *words):
    assert main(["inspect", *map(str, words), "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_models(name, capsys):
    path = classify.MODELS / name
    (found,) = inspected(capsys, path)
    assert found["size_bytes"] == path.stat().st_size
    assert found["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found["inputs"][0]["shape"][1:] == [28, 28, 1]
    assert found["fully_integer"] == name.endswith("-int8.tflite")
    in_layers = sum(operator["size_bytes"] for operator in found["operators"])
    # The operators' own descriptions are a quarter of the smallest file.
    assert 0.75 * found["size_bytes"] < in_layers < found["size_bytes"]
    if name.startswith("report-"):
        # 3x3 kernels over 26x26 and 11x11, then 1600 to 128 to 10 units: by hand.
        by_hand = 26 * 26 * 32 * 9 + 11 * 11 * 64 * 9 * 32 + 1600 * 128 + 128 * 10
        assert found["macs"] == by_hand


def test_quantization_and_xnnpack(capsys):
    (found,) = inspected(capsys, classify.MODELS / "report-int8.tflite")
    kinds = [operator["operator"] for operator in found["operators"]]
    assert kinds.count("CONV_2D") == 2
    assert kinds.count("FULLY_CONNECTED") == 2
    convolution = found["operators"][kinds.index("CONV_2D")]
    assert convolution["dtype"] == "int8"
    assert convolution["weights"] == "int8, 32 scales"
    assert convolution["xnnpack"] is True
    assert found["outputs"][0]["quantization"] == "0.00390625, -128"
    assert "CONV_2D" not in found["outside_xnnpack"]


def test_as_text(capsys):
    assert main(["inspect", str(classify.MODELS / "report-int8.onnx")]) == 0
    out = capsys.readouterr().out
    assert "multiply-accumulates" in out
    assert "DequantizeLinear" in out
    assert "opset" in out


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.tflite", b"", "TFL3"),
        ("a.tflite", b"\0\0\0\0TFL3", "without a graph"),
        ("a.onnx", b"", "without operators"),
        ("a.onnx", b"hello", "not an ONNX file"),
        ("a.txt", b"hello", "a .tflite or .onnx file expected"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--untrusted"]])
def test_no_model(tmp_path, capsys, name, content, what, more):
    (tmp_path / name).write_bytes(content)
    assert main(["inspect", str(tmp_path / name), *more]) == 1
    err = capsys.readouterr().err
    assert what in err
    assert err.count("\n") == 1


def test_no_file(tmp_path, capsys):
    assert main(["inspect", str(tmp_path / "none.onnx")]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", SHIPPED)
def test_cut_short(tmp_path, capsys, name):
    content = (classify.MODELS / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    assert main(["inspect", str(tmp_path / name), "--untrusted"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_hashes_come_before_the_parser(tmp_path, capsys):
    for name in ("report-int8.tflite", "manifest.json"):
        shutil.copy(classify.MODELS / name, tmp_path)
    path = tmp_path / "report-int8.tflite"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    assert main(["inspect", str(path)]) == 1
    assert "SHA-256" in capsys.readouterr().err
    other = classify.MODELS / "report-int8.onnx"
    assert main(["inspect", str(other), "--sha256", "ab" * 32]) == 1
    assert "SHA-256 abababab" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_shown(tmp_path, capsys):
    import onnx

    path = tmp_path / "escape.onnx"
    model = onnx.load(classify.MODELS / "report-float32.onnx")
    model.graph.node[-1].output[0] = model.graph.output[0].name = "\x1b[2Jgone"
    path.write_bytes(model.SerializeToString())
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b[2Jgone" in out
