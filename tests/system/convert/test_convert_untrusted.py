"""A conversion of unknown origin: what is parsed is parsed in the child alone."""

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.__main__ import main
from convert.inspect import sandbox
from edge_app.model import manifest

pytestmark = pytest.mark.slow  # children that start TensorFlow

SHAPE = (8, 8, 1)


@pytest.fixture
def options(tmp_path):
    """A small model that tells bright pictures from dark ones, and its pictures."""
    model = keras.Sequential(
        [keras.Input(SHAPE), layers.Flatten(), layers.Dense(2, activation="softmax")]
    )
    model.set_weights([np.tile(np.float32([-1, 1]), (64, 1)), np.float32([32, -32])])
    model.save(tmp_path / "bright.keras")
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    for name in ("training", "test"):
        images = rng.integers(0, 100, (200, *SHAPE)) + 155 * labels[:, None, None, None]
        np.savez(tmp_path / name, images=images.astype(np.uint8), labels=labels)
    return [
        *(str(tmp_path / "bright.keras"), "--untrusted"),
        *("--calibration", str(tmp_path / "training.npz")),
        *("--test", str(tmp_path / "test.npz")),
        *("--out", str(tmp_path / "out"), "--to", "float32.tflite"),
    ]


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Makes a child's parser of Keras files, which are archives, do something else."""

    def do(what):
        package = tmp_path / "site"
        package.mkdir()
        (package / "sitecustomize.py").write_text(
            "import os, zipfile\n"
            "class ZipFile(zipfile.ZipFile):\n"
            "    def __init__(self, file, *args, **kwargs):\n"
            "        if hasattr(file, 'getvalue'):\n"  # bytes that were read and hashed
            f"            {what}\n"
            "        super().__init__(file, *args, **kwargs)\n"
            "zipfile.ZipFile = ZipFile\n"
        )
        monkeypatch.setattr(sandbox, "_PATHS", [*sandbox._PATHS, package])

    return do


def test_the_parent_converts_and_parses_nothing(options, tmp_path, monkeypatch, capfd):
    def parsed(*_, **__):
        raise AssertionError("the parent parsed the model")

    monkeypatch.setattr(keras.models, "load_model", parsed)
    assert main(options) == 0
    shown = capfd.readouterr()
    assert "1 of 1 forms are in" in shown.out
    assert shown.err == ""
    assert list(manifest.read(tmp_path / "out")) == ["bright-float32.tflite"]


def refused(options, tmp_path, capfd, *more):
    """The one line on stderr with which a conversion is refused."""
    assert main([*options, *more]) == 1
    err = capfd.readouterr().err
    assert err.count("\n") == 1, err
    assert err.startswith("convert: error: ")
    assert not (tmp_path / "out").exists()
    return err


def test_what_the_child_refuses(options, tmp_path, capfd):
    (tmp_path / "bright.keras").write_bytes(b"PK\3\4" + bytes(100))
    assert "not a .keras file" in refused(options, tmp_path, capfd)


def test_a_file_that_crashes_its_parser(options, tmp_path, capfd, hostile):
    hostile("os.abort()")
    assert "crashed its parser (SIGABRT)" in refused(options, tmp_path, capfd)


def test_a_file_that_keeps_its_parser_busy(options, tmp_path, capfd, hostile):
    hostile("while True: pass")
    err = refused(options, tmp_path, capfd, "--time-limit", "5")
    assert "took more than 5 s" in err


def test_a_file_that_fills_memory(options, tmp_path, capfd, hostile):
    hostile("bytearray(2 ** 36)")
    assert "not enough memory" in refused(options, tmp_path, capfd)
