import pytest

from benchmarks import references


@pytest.fixture
def reference_folder(tmp_path, monkeypatch):
    """An own folder of references, with what is listed in the real one."""
    listed = references.FOLDER / "measurements.toml"
    (tmp_path / listed.name).write_bytes(listed.read_bytes())
    monkeypatch.setattr(references, "FOLDER", tmp_path)
    return tmp_path
