"""``python -m convert inspect``: what is in a file, and files made to do harm."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from needed import need

need("onnx", reason="inspecting needs the group train")
need("ai_edge_litert", reason="inspecting asks LiteRT")

from convert.__main__ import main
from convert.inspect import sandbox
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


def mutated(folder, name, *, count, seed):
    """Copies of a model with some bytes changed, the first of them in its structure."""
    content = np.frombuffer((classify.MODELS / name).read_bytes(), np.uint8)
    rng = np.random.default_rng(seed)
    paths = []
    for number in range(count):
        copy = content.copy()
        # Flat buffers have their tables at both ends, between them only weights.
        places = np.concatenate(
            [
                rng.integers(0, 2000, 2),
                len(copy) - 1 - rng.integers(0, 12_000, 2),
                rng.integers(0, len(copy), 2),
            ]
        )
        positions = rng.choice(places, int(rng.integers(1, 4)), replace=False)
        copy[positions] = rng.integers(0, 256, len(positions))
        path = folder / f"{number}-{name}"
        path.write_bytes(copy.tobytes())
        paths.append(path)
    return paths


@pytest.mark.slow
def test_500_mutated_files_end_no_parent(tmp_path):
    names = ("report-int8.tflite", "report-float32.tflite", "report-int8.onnx",
             "report-float32.onnx")  # fmt: skip
    paths = [
        path
        for seed, name in enumerate(names)
        for path in mutated(tmp_path, name, count=125, seed=seed)
    ]
    answers = list(sandbox.inspected(paths))
    assert [answer.path for answer in answers] == paths
    for answer in answers:
        assert (answer.value is None) == bool(answer.error)
        assert "\n" not in answer.error
    refused = sum(bool(answer.error) for answer in answers)
    assert refused > 100  # the mutations do damage


@pytest.fixture
def bad_parser(tmp_path, monkeypatch):
    """Replaces the child's parser: how it misbehaves is the file's content."""
    package = tmp_path / "site" / "sitecustomize.py"
    package.parent.mkdir()
    package.write_text(
        "import os, sys, time\n"
        "from convert.inspect import inspection\n"
        "def describe(path, content):\n"
        "    text = content.decode()\n"
        "    if text == 'crash': os.abort()\n"
        "    if text == 'hang': time.sleep(600)\n"
        "    if text == 'fill': bytearray(2 ** 40)\n"
        "    return text\n"
        "inspection.describe = describe\n"
    )
    monkeypatch.setattr(sandbox, "_PATHS", [*sandbox._PATHS, package.parent])


def test_a_parser_that_crashes_hangs_or_fills(tmp_path, bad_parser):
    paths = []
    for number, text in enumerate(["a", "crash", "b", "hang", "c", "fill", "d"]):
        paths.append(tmp_path / f"{number}.onnx")
        paths[-1].write_text(text)
    limits = sandbox.Limits(memory_mb=2048, seconds=4)
    answers = list(sandbox.inspected(paths, limits=limits))
    assert [answer.value for answer in answers] == [
        "a", None, "b", None, "c", None, "d",
    ]  # fmt: skip
    crash, hang, fill = (answers[i].error for i in (1, 3, 5))
    assert "SIGABRT" in crash
    assert "more than 4 s" in hang
    assert "more than 2048 MB" in fill
