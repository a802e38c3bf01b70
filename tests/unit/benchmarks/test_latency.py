import numpy as np
import pytest

from benchmarks.models import latency
from edge_app.model import runtime


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
