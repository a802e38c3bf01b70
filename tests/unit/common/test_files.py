import os
import stat
from pathlib import Path

import pytest

from edge_app.common import files

pytestmark = pytest.mark.device


def test_replaces_whole_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    files.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def write_half():
        with files.replacing(path) as temporary:
            temporary.write_bytes(b"ha")
            raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="pulled the plug"):
        write_half()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_makes_folders_and_keeps_the_suffix(tmp_path):
    with files.replacing(tmp_path / "new" / "a.keras") as temporary:
        assert temporary.suffix == ".keras"
        temporary.write_bytes(b"x")
    assert (tmp_path / "new" / "a.keras").read_bytes() == b"x"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_what_stands_instead_of_a_file_is_told(tmp_path):
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    paths = tmp_path / "file", tmp_path, tmp_path / "pipe", Path("/dev/null")
    found = [files.instead_of_file(path) for path in paths]
    assert found == [None, "a folder", "a pipe", "a device"]
    with pytest.raises(OSError, match="No such file"):
        files.instead_of_file(tmp_path / "nothing")


def test_others_may_read_the_file(tmp_path):
    files.write_json(tmp_path / "a.json", {"a": 1})
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) & stat.S_IRGRP
