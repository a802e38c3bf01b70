import errno
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


def test_a_file_where_a_folder_is_needed_is_told_by_its_name(tmp_path):
    file = tmp_path / "text.jpg"
    file.touch()
    for path in (file, file / "in" / "a.png"):
        with pytest.raises(OSError) as raised:  # noqa: PT011  of two kinds
            (path if path == file else path.parent).mkdir(exist_ok=True)
        why = files.why_not(raised.value, path)
        assert why == f"{file} is a file, a folder expected"


def test_other_reasons_are_those_of_the_system(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device")
    assert files.why_not(full, tmp_path) == "No space left on device"
    assert files.why_not(OSError("not seekable"), tmp_path) == "not seekable"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has it")
def test_a_full_disk_is_told_with_what_it_had_no_room_for(tmp_path):
    with (
        pytest.raises(OSError, match="No space left") as raised,
        files.replacing(tmp_path / "a.png"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")
    assert raised.value.filename == str(tmp_path / "a.png")


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
