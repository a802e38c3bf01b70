import stat

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


def test_others_may_read_the_file(tmp_path):
    files.write_json(tmp_path / "a.json", {"a": 1})
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) & stat.S_IRGRP
