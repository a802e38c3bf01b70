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
from edge_app import Reader, find, reading, sources
from edge_app import reader as reader_module
from edge_app.cli import run_settings
from edge_app.common import errors
from edge_app.common.errors import ModelError
from edge_app.layout import grouping
from edge_app.live.tracking import track
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


def changed_by(imports):
    """What a fresh process has otherwise after imports: environment and logging."""
    code = (
        "import json, logging, os; before = dict(os.environ)\n"
        f"{imports}\n"
        "after, root = dict(os.environ), logging.getLogger()\n"
        "names = {name for name, value in after.items() if before.get(name) != value}\n"
        "changed = {name: after[name] for name in sorted(names)}\n"
        "gone = sorted(before.keys() - after.keys())\n"
        "print(json.dumps([changed, gone, len(root.handlers), root.level]))"
    )
    # Not what importing the same has set here.
    kept = ("PATH", "HOME", "PYTHONPATH", "SYSTEMROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    command = [sys.executable, "-c", code]
    return subprocess.check_output(command, env=environment, text=True)


def test_import_leaves_the_process_alone():
    assert changed_by("import edge_app") == changed_by("")
    everything = ", ".join(edge_app.__all__)
    assert changed_by(f"from edge_app import {everything}") == changed_by("import cv2")


def test_typed():
    assert (Path(edge_app.__file__).parent / "py.typed").exists()


def test_guide_runs_from_top_to_bottom(folder_of_pages, capsys):
    names = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        exec(code, names)
    printed = capsys.readouterr().out
    for text in PAGE_NUMBERS:
        assert f"{text} (" in printed
    assert "nothing.png: cannot be read" in printed
    assert "appeared 2927" in printed
    assert "['2927']" in printed
    assert "second.png 2927 0859 941365" in printed
    assert "models/mine.tflite" in printed


@pytest.mark.parametrize(
    "public",
    [
        *(getattr(edge_app, name) for name in edge_app.__all__),
        Reader.read,
        Reader.having,
    ],
)
def test_what_is_public_has_an_example_that_shows_something(public):
    examples = doctest.DocTestParser().get_examples(public.__doc__)
    assert any(example.want for example in examples)


@pytest.mark.parametrize(
    "module",
    [reader_module, reading, grouping, errors, sources, images, track, run_settings],
)
def test_examples_in_docstrings(module, folder_of_pages):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rotate": 45}, "rotate: 0, 90, 180, 270 or 'auto' expected, got 45"),
        ({"roi_xywh": (0, 0, 10)}, "roi_xywh: four integers expected"),
        ({"roi_xywh": (0, 0, 10, 0)}, "a width and a height above 0, got"),
        ({"roi_xywh": 5}, "roi_xywh: four integers expected"),
        ({"expect": "[0-9"}, "not a regular expression"),
        ({"expect": 5}, "expect: a regular expression expected, got 5"),
        ({"rotate": "90"}, "got '90'"),
        ({"rotate": True}, "got True"),
        ({"min_confidence": "0.5"}, "min_confidence: 0 to 1 expected, got '0.5'"),
        ({"min_confidence": float("nan")}, "got nan"),
        ({"printed": 1}, "printed: True or False expected, got 1"),
        ({"separators": "no"}, "separators: True or False expected, got 'no'"),
        ({"num_threads": 0}, "num_threads: 1 to 256 expected, got 0"),
        ({"num_threads": 1_000_000}, "got 1000000"),  # which crashed the process
        ({"finder": 5}, "finder: a name, a path or a loaded finder expected, got 5"),
    ],
)
def test_wrong_arguments_are_told_at_once(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Reader(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rotate": 45}, "rotate: 0, 90, 180 or 270 expected, got 45"),
        ({"rotate": "auto"}, "got 'auto'"),
        ({"min_confidence": 2}, "min_confidence: 0 to 1 expected, got 2"),
    ],
)
def test_wrong_arguments_of_a_frame(reader, wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        reader.read(np.zeros((4, 4), np.uint8), **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"roi_xywh": (0, 0), "expect": None}, "roi_xywh: four integers expected"),
        ({"roi_xywh": None, "expect": "["}, "not a regular expression"),
    ],
)
def test_wrong_arguments_of_another_part(reader, wrong, message):
    with pytest.raises(ValueError, match=message):
        reader.having(**wrong)


@pytest.mark.parametrize("name", [0, None, ""])
def test_a_source_has_a_name(name):
    with pytest.raises(
        ValueError, match=f"^name: a source such as '0' expected, got {name!r}$"
    ):
        sources.open_source(name)


@pytest.mark.parametrize("options", [5, None, {"fps": 5}])
def test_options_of_a_source_are_those_of_cameras(options):
    message = re.escape(f"options: CameraOptions(...) expected, got {options!r}")
    with pytest.raises(ValueError, match=message):
        sources.open_source("demo", options)


@pytest.mark.parametrize("arguments", [("nothing",), (None, "nothing")])
def test_unknown_models_are_told_at_once(arguments):
    with pytest.raises(ModelError, match="nothing"):
        Reader(*arguments)


@pytest.mark.parametrize("arguments", [("",), (None, "")])
def test_an_empty_name_is_not_that_of_the_default_model(arguments):
    with pytest.raises(ModelError, match="a shipped model's name expected, got ''"):
        Reader(*arguments)


def test_loaded_models_are_taken_as_they_are():
    frame = Scene(seed=1).frame(0.0)[0]
    loaded = Reader(classify.load(), find.load())
    assert loaded.read(frame).digits == Reader("edge-int8", "page").read(frame).digits


def test_frames_of_other_shapes_say_what_was_expected(reader):
    with pytest.raises(ValueError, match=r"\(H, W, 3\) or \(H, W\)"):
        reader.read(np.zeros((4, 4, 2), np.uint8))


def test_a_picture_that_could_not_be_loaded(reader):
    with pytest.raises(ValueError, match="imread gives None for what it cannot read"):
        reader.read(cv2.imread("nothing.png"))
