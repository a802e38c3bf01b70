"""The public face: what `from edge_app import ...` gives, and the guide's examples."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from places import ROOT

import edge_app
from edge_app import Reader, find, reader, reading, sources
from edge_app.common import errors
from edge_app.common.errors import ModelError
from edge_app.layout import grouping
from edge_app.model import classify
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.pictures import images

GUIDE = ROOT / "docs" / "python.md"
PAGE_NUMBERS = ["2927", "0859", "941365"]


@pytest.fixture
def folder_of_pages(tmp_path, monkeypatch):
    (tmp_path / "pages").mkdir()
    for name in ("page.png", "pages/first.png", "pages/second.png"):
        cv2.imwrite(str(tmp_path / name), Scene(seed=1).frame(0.0)[0])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", edge_app.__all__)
def test_public_names_are_there_and_documented(name):
    assert getattr(edge_app, name).__doc__
    assert name in dir(edge_app)


def test_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'Rader'"):
        edge_app.Rader  # noqa: B018


def test_import_leaves_the_environment_alone():
    code = (
        "import os, cv2; before = dict(os.environ); import edge_app; edge_app.Reader;"
        "edge_app.open_source; assert dict(os.environ) == before"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENCV_", "ORT_"))
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_typed():
    assert (Path(edge_app.__file__).parent / "py.typed").exists()


def test_guide_runs_from_top_to_bottom(folder_of_pages, capsys):
    names = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        exec(code, names)
    told = capsys.readouterr().out
    for text in PAGE_NUMBERS:
        assert f"{text} (" in told
    assert "nothing.png: cannot be read" in told
    assert "appeared 2927" in told
    assert "['2927']" in told
    assert "second.png 2927 0859 941365" in told
    assert "models/mine.tflite" in told


@pytest.mark.parametrize("name", edge_app.__all__)
def test_public_names_have_an_example(name):
    assert ">>> " in getattr(edge_app, name).__doc__


@pytest.mark.parametrize("module", [reader, reading, grouping, errors, sources, images])
def test_examples_in_docstrings(module, folder_of_pages):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rotate": 45}, "rotate of 0, 90, 180, 270 or 'auto' expected, got 45"),
        ({"roi_xywh": (0, 0, 10)}, "roi_xywh of four integers expected"),
        ({"roi_xywh": (0, 0, 10, 0)}, "a width and a height above 0, got"),
        ({"expect": "[0-9"}, "not a regular expression"),
    ],
)
def test_wrong_arguments_are_told_at_once(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Reader(**wrong)


@pytest.mark.parametrize("arguments", [("nothing",), (None, "nothing")])
def test_unknown_models_are_told_at_once(arguments):
    with pytest.raises(ModelError, match="nothing"):
        Reader(*arguments)


def test_loaded_models_are_taken_as_they_are():
    frame = Scene(seed=1).frame(0.0)[0]
    loaded = Reader(classify.load(), find.load())
    assert loaded.read(frame).digits == Reader("edge-int8", "page").read(frame).digits


def test_frames_of_other_shapes_say_what_was_expected():
    with pytest.raises(ValueError, match=r"\(H, W, 3\) or \(H, W\)"):
        Reader().read(np.zeros((4, 4, 2), np.uint8))
