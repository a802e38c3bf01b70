"""No figure is worse than when it was measured last, and documents show these."""

import json
import shutil
from itertools import chain
from pathlib import Path

import pytest
from needed import need

pytest.importorskip("cogapp", reason="figures are measured with all that dev has")
need("sklearn", reason="figures are measured with all that dev has")

from benchmarks import references, tables
from benchmarks.__main__ import main
from edge_app.model import classify, manifest

MEASUREMENTS = references.measurements()


# What takes a core for longer than four seconds.
SLOW = {
    "calibration",
    "conditions-few",
    "hands",
    "knocked-few",
    "letters",
    "photos",
    "photos-lite",
    "photos2",
    "photos2-lite",
    "scenes-few",
    "scenes-lite",
    "separators-few",
    "single-few",
    "strips",
}


def held():
    return [measurement for measurement in MEASUREMENTS.values() if measurement.is_held]


def measured():
    for measurement in held():
        is_slow = measurement.needs or measurement.name in SLOW
        marks = [pytest.mark.slow] if is_slow else []
        yield pytest.param(measurement, marks=marks, id=measurement.name)


def test_what_is_slow_is_held():
    assert {measurement.name for measurement in held()} >= SLOW


@pytest.mark.parametrize("measurement", list(measured()))
def test_no_figure_is_worse_than_its_reference(measurement, tmp_path, monkeypatch):
    monkeypatch.chdir(references.ROOT)
    for program in measurement.needs:
        if not shutil.which(program):
            pytest.skip(f"needs {program}")
    words = measurement.command.split()
    for word in words:
        if word.startswith("../shared/") and not Path(word).is_dir():
            pytest.skip(f"needs {word}, which is not part of the repository")
    result = tmp_path / "result.json"
    assert main([*words, "--result", str(result)]) == 0
    worse = references.worse(measurement, json.loads(result.read_text())["rows"])
    advice = (
        "If that is meant, say why in the commit and renew the reference: python -m "
        f"benchmarks reference {measurement.name}; make figures"
    )
    assert not worse, "\n".join([*worse, advice])


@pytest.mark.parametrize("measurement", held(), ids=lambda found: found.name)
def test_the_figures_that_are_held_were_measured(measurement):
    rows = references.read(measurement.name).rows
    keys = {str(row[measurement.key[0]]) for row in rows}
    assert set(measurement.rows) <= keys
    limits = (measurement.may_fall, measurement.may_rise, measurement.may_grow)
    for figure in chain(*limits):
        assert any(row[figure] is not None for row in rows)


def test_what_the_documents_say_of_page_lite_is_what_was_measured():
    """A third to half of the network's instructions; 60% or three quarters of all."""
    usual, lite = (
        {(row["board"], row["content"]): row for row in references.read(name).rows}
        for name in ("instructions", "instructions-lite")
    )
    assert usual.keys() == lite.keys()
    for key, row in usual.items():
        share = lite[key]["find/network_million"] / row["find/network_million"]
        assert 0.3 <= share < 0.55
    for board, about in (("pi4", 0.6), ("pi5", 0.75)):
        key = (board, "10 spread digits")
        share = lite[key]["total_million"] / usual[key]["total_million"]
        assert share == pytest.approx(about, abs=0.05)


def test_references_are_of_the_commands_that_are_listed():
    kept = {(p.parent.name, p.stem) for p in references.FOLDER.rglob("*.json")}
    assert kept == {
        (kept_measurement.room, kept_measurement.name)
        for kept_measurement in MEASUREMENTS.values()
    }
    for name, measurement in MEASUREMENTS.items():
        command = f"python -m benchmarks {measurement.command}"
        assert references.read(name).command == command


def test_the_manifest_says_what_was_measured():
    entries = manifest.read(classify.MODELS)
    for row in references.read("figures").rows:
        entry = entries[row["model"]]
        assert entry.size_bytes == row["size_bytes"]
        assert entry.accuracy == pytest.approx(row["accuracy"], abs=1e-5)
        for figure, value in entry.figures.items():
            assert value == pytest.approx(row[figure], abs=1e-5), (row["model"], figure)


def test_documents_show_what_was_measured_last(capsys):
    status = tables.render(check=True)
    assert status == 0, capsys.readouterr().out + "\nRender them: make figures"
