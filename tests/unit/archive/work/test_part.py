"""A shard becomes a part, once, by whoever has the same models."""

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.parquet as pq
from archives import lines_of
from scans import page

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows
from edge_app.archive.work import part
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import ArchiveError
from edge_app.model import classify
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.xdist_group("archive_work")


def test_a_shard_becomes_a_part(task, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), page(1))
    found = part.write(task, 3, lines_of([tmp_path / "a.png", tmp_path / "lost.png"]))
    path = task.store.part(3, task.fingerprint)
    assert task.store.parts(task.fingerprint) == {3: path}
    assert pq.read_schema(path).equals(rows.ROWS_SCHEMA)
    assert pq.read_schema(path).metadata[b"edge-digits-rows"] == b"2"
    assert (found["files"], found["pages"], found["ok"], found["missing"]) == (
        2,
        2,
        1,
        1,
    )
    assert found["numbers"] == len(Scene(seed=1).numbers)
    before = path.stat()
    assert part.write(task, 3, []) == found  # it is there already
    assert path.stat() == before


def test_a_worker_with_other_models_writes_nothing(task):
    other = part.Task(task.store, task.settings, "0123456789ab")
    with pytest.raises(ArchiveError, match="other models or another version"):
        part.write(other, 0, [])
    assert not task.store.parts("0123456789ab")


def test_a_model_that_is_replaced_while_a_shard_is_read(task, tmp_path, monkeypatch):
    model = tmp_path / "mine.tflite"
    model.write_bytes((classify.MODELS / "edge-int8.tflite").read_bytes())
    settings = ArchiveSettings(ReaderSettings(str(model), reader="classic"))
    read = part.reading

    def replaced(*arguments, **options):
        model.write_bytes((classify.MODELS / "report-int8.tflite").read_bytes())
        return read(*arguments, **options)

    monkeypatch.setattr(part, "reading", replaced)
    other = part.Task(task.store, settings, settings.fingerprint())
    with pytest.raises(ArchiveError, match="other models or another version"):
        part.write(other, 0, lines_of([tmp_path / "lost.png"]))
    assert not task.store.parts(other.fingerprint)
