"""Which runtime executes a file, and why none does."""

import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from edge_app.common.errors import ModelError, RuntimeMissingError
from edge_app.model.runtime import registry

pytestmark = pytest.mark.device

TFLITE = [name for name in registry.installed() if name != "onnxruntime"]


def test_what_is_installed_stands_with_its_version_the_best_first():
    found = registry.installed()
    assert list(found) == [name for name in registry.RUNTIMES if name in found]
    for name, number in found.items():
        assert number == version(registry.RUNTIMES[name].package)


@pytest.mark.parametrize("name", registry.installed())
def test_a_runtime_that_is_asked_for_is_taken(name):
    path = Path(f"A{registry.RUNTIMES[name].suffix}")
    for wanted in (name, None):
        found = registry.chosen(path, wanted, is_known=True)
        assert found.name == name
        assert found.module.__name__ == registry.RUNTIMES[name].module


@pytest.mark.parametrize("name", ["a.h5", "a", "tflite"])
def test_unknown_suffix(name):
    with pytest.raises(ModelError, match=rf"^{name}: a \.tflite or \.onnx file exp"):
        registry.chosen(Path(name), None, is_known=True)


def test_runtime_for_other_files():
    with pytest.raises(ModelError, match=r"onnxruntime does not execute \.tflite"):
        registry.chosen(Path("a.tflite"), "onnxruntime", is_known=True)


def installed_as(monkeypatch, name, **other):
    monkeypatch.setitem(
        registry.RUNTIMES, name, replace(registry.RUNTIMES[name], **other)
    )


def test_missing_runtime(monkeypatch):
    for name in registry.RUNTIMES:
        installed_as(monkeypatch, name, package="no-such-package")
    expected = "a.onnx: no runtime for it is installed; try: pip install no-such-pack"
    with pytest.raises(RuntimeMissingError, match=expected):
        registry.chosen(Path("a.onnx"), None, is_known=True)
    assert registry.installed() == {}


@pytest.mark.skipif(not TFLITE, reason="needs a runtime for .tflite files")
def test_a_runtime_that_cannot_be_imported(monkeypatch, tmp_path):
    (tmp_path / "torn_runtime.py").write_text("import no_such_library")
    monkeypatch.syspath_prepend(tmp_path)
    for name in TFLITE:
        installed_as(monkeypatch, name, module="torn_runtime")
    expected = f"{TFLITE[0]} cannot be imported .No module named 'no_such_library'.*try"
    with pytest.raises(RuntimeMissingError, match=expected):
        registry.chosen(Path("a.tflite"), None, is_known=True)


@pytest.mark.skipif(not TFLITE, reason="needs a runtime for .tflite files")
def test_a_file_that_nobody_describes_goes_to_no_runtime_that_crashes(monkeypatch):
    for name in TFLITE:
        installed_as(monkeypatch, name, checks_files=False)
    path = Path("a.tflite")
    expected = r"no manifest\.json describes it, and .* crashes on damaged"
    with pytest.raises(ModelError, match=expected):
        registry.chosen(path, None, is_known=False)
    module = sys.modules[registry.RUNTIMES[TFLITE[0]].module]
    assert registry.chosen(path, None, is_known=True).module is module
