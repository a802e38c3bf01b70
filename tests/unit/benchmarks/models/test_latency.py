import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.models import latency
from edge_app.model import classify, runtime


def test_percentiles_of_each_case(monkeypatch):
    def timed(_model, *, batch, runs):
        return batch * np.arange(1.0, runs + 1)

    monkeypatch.setattr(latency, "timed", timed)
    rows = list(latency.measure(runs=100, models=["edge-int8.tflite"]))
    assert {row.model for row in rows} == {"edge-int8.tflite"}
    installed = [
        name
        for name in runtime.installed()
        if runtime.RUNTIMES[name].suffix == ".tflite"
    ]
    cases = len(installed) * len({1, latency.threads()}) * len(latency.BATCHES)
    assert len(rows) == cases
    for row in rows:
        assert row.median_us == pytest.approx(50.5 * row.batch)
        assert row.p95_us == pytest.approx(95.05 * row.batch, abs=0.1)
        assert row.p99_us == pytest.approx(99.01 * row.batch, abs=0.1)


def test_files_of_others_are_timed(tmp_path, monkeypatch):
    monkeypatch.setattr(latency, "BATCHES", (1,))
    path = tmp_path / "theirs.tflite"
    path.write_bytes((classify.MODELS / "edge-int8.tflite").read_bytes())
    rows = list(latency.measure(runs=2, models=["edge-int8.tflite", str(path)]))
    accuracies = {row.model: row.accuracy for row in rows}
    assert accuracies[str(path)] is None
    assert accuracies["edge-int8.tflite"] > 0.99
    assert {row.size_kib for row in rows} == {round(path.stat().st_size / 1024, 1)}


def test_a_file_that_nothing_executes_is_named(tmp_path, capsys):
    path = tmp_path / "theirs.keras"
    path.write_bytes(b"PK")
    assert main(["latency", "--models", str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    message = f"benchmarks: error: {path}: a Keras model, a .tflite or .onnx file"
    assert line.startswith(message)
