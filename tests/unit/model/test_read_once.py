"""A model's bytes are read once: those that were checked are those that run."""

import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from edge_app.common.errors import ManifestError
from edge_app.find.page.page_file import load_page
from edge_app.model import classify, runtime

SHIPPED = ["edge-int8", "report-float32", "page-int8", "page-float32"]


def loader(name):
    return load_page if name.startswith("page") else classify.load


@pytest.fixture(params=[(n, r) for n in SHIPPED for r in runtime.installed()], ids=str)
def model(request, tmp_path):
    """A shipped model with its manifest, in a folder of its own, and its runtime."""
    name, runtime_name = request.param
    path = tmp_path / (name + runtime.RUNTIMES[runtime_name].suffix)
    for file_name in (path.name, "manifest.json"):
        shutil.copy(classify.MODELS / file_name, tmp_path)
    return path, runtime_name


def replace_after_reading(monkeypatch, path, content):
    """Have somebody replace a file as soon as it has been read."""
    read_bytes = Path.read_bytes

    def replaced(self):
        found = read_bytes(self)
        if self == path:
            path.write_bytes(content)
        return found

    monkeypatch.setattr(Path, "read_bytes", replaced)


def test_a_file_that_is_replaced_meanwhile_is_not_the_one_that_runs(model, monkeypatch):
    path, runtime_name = model
    replace_after_reading(monkeypatch, path, b"something else")
    loader(path.name)(str(path), runtime_name=runtime_name)
    assert path.read_bytes() == b"something else"
    with pytest.raises(ManifestError, match="cut short or was replaced"):
        loader(path.name)(str(path), runtime_name=runtime_name)


def test_a_manifest_that_is_replaced_meanwhile(model, monkeypatch):
    path, runtime_name = model
    described = path.with_name("manifest.json")
    replace_after_reading(monkeypatch, described, b"{}")
    loader(path.name)(str(path), runtime_name=runtime_name)
    assert described.read_bytes() == b"{}"


def test_memory_holds_a_file_once_at_most(model):
    path, runtime_name = model
    size = path.stat().st_size
    loader(path.name)(str(path), runtime_name=runtime_name)  # what is imported once
    tracemalloc.start()
    try:
        loaded = loader(path.name)(str(path), runtime_name=runtime_name)
        if path.name.startswith("page"):
            for side in (64, 128, 192):  # each has an interpreter of its own
                loaded(np.zeros((side, side, 3), np.uint8))
        held = [trace.size for trace in tracemalloc.take_snapshot().traces]
    finally:
        tracemalloc.stop()
    copies = sum(num_bytes >= size for num_bytes in held)
    # TFLite runs from the bytes themselves; ONNX Runtime has its own form of them.
    assert copies == (0 if path.suffix == ".onnx" else 1)
