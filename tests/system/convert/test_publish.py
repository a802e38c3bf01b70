"""Publishing: whole or not at all, whoever else publishes and whatever ends it."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("filelock", reason="converting needs the group train")

from filelock import FileLock
from places import ROOT

from convert import publish
from edge_app.common.errors import ConversionError, ManifestError
from edge_app.model import manifest


def entry(name, content):
    return manifest.Manifest(
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        arch="a",
        form="int8",
        input_shape=(28, 28, 1),
        input_dtype="int8",
        labels=tuple("0123456789"),
        normalization=1,
        accept_threshold=0.5,
        accuracy=0.9,
    )


def put(folder, contents):
    entries = [entry(name, content) for name, content in contents.items()]
    publish.publish(folder, contents, entries)


def check(folder):
    for name, model_entry in manifest.read(folder).items():
        model_entry.check((folder / name).read_bytes(), folder / name)


def names(folder):
    return {path.name for path in folder.iterdir()} - {publish.LOCK}


OLD = {"a-int8.tflite": b"old a", "b-int8.tflite": b"old b"}
NEW = {"a-int8.tflite": b"the new a", "b-int8.tflite": b"the new b"}


def test_files_and_manifest(tmp_path):
    put(tmp_path, OLD)
    put(tmp_path, {"c-int8.tflite": b"c"})
    assert names(tmp_path) == {*OLD, "c-int8.tflite", "manifest.json"}
    entries = manifest.read(tmp_path)
    assert set(entries) == {*OLD, "c-int8.tflite"}  # earlier files stay described


KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    import test_publish as tests

    kill_at, count = int(sys.argv[2]), 0

    def counted(own):
        def call(*arguments):
            global count
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return own(*arguments)
        return call

    os.fsync, os.replace = counted(os.fsync), counted(os.replace)
    Path.replace = counted(Path.replace)
    tests.put(Path(sys.argv[1]), tests.NEW)
    """
)


@pytest.fixture(scope="module")
def kill():
    """Publish NEW into a folder, killed at the n-th syncing or renaming."""

    def run(folder, number):
        path = os.pathsep.join(map(str, (ROOT, ROOT / "tests", Path(__file__).parent)))
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(number)],
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
        return done.returncode

    return run


@pytest.mark.parametrize("number", range(1, 9))
def test_kill_9_at_each_step(tmp_path, kill, number):
    put(tmp_path, OLD)
    before = (tmp_path / "manifest.json").read_bytes()
    assert kill(tmp_path, number) == -9
    whole_old, whole_new = True, True
    for name in OLD:
        content = (tmp_path / name).read_bytes()
        assert content in (OLD[name], NEW[name])  # never a part
        whole_old &= content == OLD[name]
        whole_new &= content == NEW[name]
    assert set(manifest.read(tmp_path)) == set(OLD)  # whole, hence readable
    if (tmp_path / "manifest.json").read_bytes() != before:
        assert whole_new  # the manifest comes last
    elif not whole_old:  # killed between two renamings: refused, not misread
        with pytest.raises(ManifestError, match="convert the model again"):
            check(tmp_path)
    put(tmp_path, NEW)  # publishing again repairs all, and clears what was left
    assert names(tmp_path) == {*NEW, "manifest.json"}
    check(tmp_path)


def many(folder, number):
    for turn in range(10):
        put(folder, {f"m{number}-int8.tflite": f"{number} {turn}".encode()})


def test_several_at_once_lose_no_entry(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=many, args=(tmp_path, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    entries = manifest.read(tmp_path)
    assert set(entries) == {f"m{n}-int8.tflite" for n in range(4)}
    check(tmp_path)


def test_a_publishing_that_does_not_end(tmp_path):
    with (
        FileLock(tmp_path / publish.LOCK),
        pytest.raises(ConversionError, match="another conversion"),
    ):
        publish.publish(tmp_path, {"a.c": b""}, [], timeout_s=0.1)


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OSError, match="out"):
        put(tmp_path / "out", OLD)


def described(name):
    """The manifest of a small model's file, as two runtimes found it."""
    pytest.importorskip("keras", reason="converting needs the group train")
    from convert.formats import forms
    from convert.formats.make import Made

    (form,) = forms.chosen(name)
    source = SimpleNamespace(
        name="small",
        model=SimpleNamespace(input_shape=(None, 8, 6, 3)),
        labels=("a", "b"),
        normalization=0,
        accept_threshold=0.25,
        made_by={"convert": {"command": "python -m convert small.keras"}},
    )
    found = [
        SimpleNamespace(accuracy=accuracy, input_dtype=dtype)
        for accuracy, dtype in ((0.75, "int8"), (0.5, "float32"))
    ]
    made = Made(form, {f"small-{name}": b"the model"}, b"the model")
    return publish.entry(source, made, found)


@pytest.mark.parametrize("name", ["int8.tflite", "float32.onnx"])
def test_what_the_app_loads_is_described(name):
    found = described(name)
    found.check(b"the model", Path(found.file))
    assert found.file == f"small-{name}"
    assert (found.arch, found.form) == ("small", name.partition(".")[0])
    assert found.input_shape == (8, 6, 3)
    # What the preferred runtime found.
    assert (found.accuracy, found.input_dtype) == (0.75, "int8")
    assert (found.labels, found.accept_threshold) == (("a", "b"), 0.25)
    assert list(found.made_by) == ["convert"]


@pytest.mark.parametrize("name", ["int8.c", "int8.ort"])
def test_what_the_app_does_not_load_is_not_described(name):
    assert described(name) is None
