import json

import pytest

from benchmarks.__main__ import main
from benchmarks.time import start
from benchmarks.time.start import Start
from edge_app.common.errors import EdgeDigitsError


def test_the_row_has_the_median_and_the_worst(monkeypatch, capsys):
    starts = [Start(1.5, 61.04), Start(3.25, 70.46), Start(1.0, 59.0)]
    monkeypatch.setattr(start, "measure", lambda runs: starts[:runs])
    assert main(["start", "--runs", "3", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row == {"processes": 3, "median_s": 1.5, "worst_s": 3.25, "peak_mb": 70.5}


def test_a_process_that_fails_is_no_measurement(tmp_path, capfd):
    photo = tmp_path / "nothing.png"
    with pytest.raises(EdgeDigitsError, match=f"^edge-digits read {photo} failed$"):
        start._measured(photo)
    assert "nothing.png" in capfd.readouterr().err  # why, it said itself
