"""``python -m benchmarks forms``."""

import json

import pytest
from needed import need

need("tensorflow", reason="conversion needs TensorFlow")

from benchmarks.__main__ import main
from convert.report import form_latency
from edge_app.model import classify


def test_forms_of_a_run(quick_run, small_mnist_dir, capsys, monkeypatch):
    monkeypatch.setattr(form_latency, "median_us", lambda _: 123.4)
    words = ["forms", str(quick_run), "--to", "float32.tflite,int8.tflite", "--json"]
    assert main([*words, "--data", str(small_mnist_dir)]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    by_form = {row["form"]: row for row in rows if row["runtime"] == "litert"}
    assert list(by_form) == ["float32.tflite", "int8.tflite"]
    assert {row["model"] for row in rows} == {"report"}
    full, small = by_form.values()
    assert full["same_label"] == 1
    assert small["size_bytes"] < 0.4 * full["size_bytes"]
    assert abs(small["accuracy"] - full["accuracy"]) < 0.01
    assert small["latency_us"] == 123
    assert not list(quick_run.glob("*.tflite"))


def test_forms_of_a_shipped_classifier(small_mnist_dir, capsys, monkeypatch):
    monkeypatch.setattr(form_latency, "median_us", lambda _: 123.4)
    words = ["forms", "edge", "--to", "float32.tflite,int8.tflite", "--json"]
    assert main([*words, "--data", str(small_mnist_dir)]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["model"] for row in rows} == {"edge"}
    for row in rows:
        shipped = (classify.MODELS / f"edge-{row['form']}").stat().st_size
        assert row["size_bytes"] == pytest.approx(shipped, rel=0.02)
        assert row["accuracy"] > 0.99
        assert row["same_label"] > 0.995


@pytest.mark.parametrize("words", [["no/run"], ["no/run", "--to", "int7"]])
def test_forms_that_there_are_not(words, capsys):
    assert main(["forms", *words]) == 1
    assert capsys.readouterr().err.count("\n") == 1
