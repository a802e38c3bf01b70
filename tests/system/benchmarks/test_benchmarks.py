"""The commands that measure, run as they are."""

import json

import pytest

from benchmarks.__main__ import main
from edge_app.model import classify, manifest


def test_latency_command(tmp_path, capsys):
    result = tmp_path / "latency.json"
    options = ["--runs", "20", "--models", "report-int8.tflite"]
    assert main(["latency", *options, "--result", str(result)]) == 0
    written = json.loads(result.read_text())
    assert {"cpu", "cores", "governor", "python", "date"} <= set(written["machine"])
    assert {row["batch"] for row in written["rows"]} == {1, 8, 32}
    path = classify.find("report-int8.tflite")
    for row in written["rows"]:
        assert row["accuracy"] == manifest.read(classify.MODELS)[path.name].accuracy
        assert row["size_kib"] == round(path.stat().st_size / 1024, 1)


@pytest.mark.slow  # among them frames of 12 megapixels
def test_frames_command(capsys):
    assert main(["frames", "--runs", "1", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    sizes, contents = written["rows"][:3], written["rows"][3:]
    assert [row["frame"] for row in sizes] == ["640x480", "1280x720", "4000x3000"]
    assert all(row["digits"] >= 10 for row in sizes)
    assert {row["frame"] for row in contents} == {"1280x960"}
    slowest = contents.pop()
    assert slowest["content"].startswith("slowest content: ")
    assert slowest["total_ms"] == max(row["total_ms"] for row in contents)


@pytest.mark.slow
def test_frames_of_ten_digits(capsys):
    assert main(["frames", "--digits", "10", "--runs", "1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["digits"] for row in rows] == [10, 10, 10]


@pytest.mark.parametrize(
    "suffix",
    [pytest.param(".tflite", marks=pytest.mark.slow), ".onnx"],  # a conversion
)
def test_latency_of_other_files_beside_ours(tmp_path, capsys, suffix):
    copy_path = tmp_path / f"own{suffix}"
    if suffix == ".tflite":
        pytest.importorskip("tensorflow", reason="training needs TensorFlow")
        import keras

        from convert.formats import to_tflite
        from convert.formats.forms import Form

        model = keras.Sequential(
            [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(4)]
        )
        copy_path.write_bytes(to_tflite.convert(model, Form("float32", ".tflite")))
    else:
        onnx = pytest.importorskip("onnx")
        from onnx import TensorProto, helper

        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            [helper.make_node("GlobalAveragePool", ["picture"], ["scores"])],
            "own",
            [value("picture", TensorProto.FLOAT, ["N", 3, 32, 32])],
            [value("scores", TensorProto.FLOAT, ["N", 3, 1, 1])],
        )
        opset = helper.make_opsetid("", 13)
        onnx.save(
            helper.make_model(graph, ir_version=8, opset_imports=[opset]), copy_path
        )
    capsys.readouterr()
    options = ["--runs", "20", "--models", "edge-int8", str(copy_path), "--json"]
    assert main(["latency", *options]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["model"] for row in rows} == {
        classify.find("edge-int8").name,
        str(copy_path),
    }
    accuracies = {row["model"]: row["accuracy"] for row in rows}
    assert accuracies.pop(str(copy_path)) is None
    assert min(accuracies.values()) > 0.99
    sizes = {row["size_kib"] for row in rows if row["model"] == str(copy_path)}
    assert sizes == {round(copy_path.stat().st_size / 1024, 1)}
    assert main(["latency", *options[:-1]]) == 0
    assert "not known" in capsys.readouterr().out


def test_start_command(capsys):
    assert main(["start", "--runs", "2"]) == 0
    row = capsys.readouterr().out.strip().splitlines()[-1].split("|")
    assert int(row[1]) == 2
    assert 20 < float(row[4]) < 150  # what the README promises, in megabytes
