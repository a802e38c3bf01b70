"""Several sources in one process."""

import json
from dataclasses import replace

import cv2
import pytest

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import CameraError, DisplayError, ModelError
from edge_app.live import many
from edge_app.live.many import run_many
from edge_app.live.run import RunSettings, Watched
from edge_app.sinks import SinkSettings, views
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device

QUICK = ReaderSettings(reader="classic")  # no network


@pytest.fixture
def clip(tmp_path):
    """Two frames of a page of numbers."""
    path, size_wh = tmp_path / "clip.avi", (320, 240)
    fourcc = cv2.VideoWriter_fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), fourcc, 20, size_wh)
    for _ in range(2):
        writer.write(Scene(seed=1, size_wh=size_wh).frame(0.0)[0])
    writer.release()
    return path


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Look whether all is over more often."""
    limits = replace(many._CAMERA_THREADS, between_looks_s=0.01)
    monkeypatch.setattr(many, "_CAMERA_THREADS", limits)


def ran(path, **sources):
    cameras = {
        name: Watched(source=str(source), reading=QUICK)
        for name, source in sources.items()
    }
    kept = {"jsonl": path}
    sinks = SinkSettings(view="none", every_frame=True, kept=kept)
    return run_many(RunSettings(cameras=cameras, sinks=sinks))


def sources_in(path):
    if not path.exists():
        return set()
    return {json.loads(line)["source"] for line in path.read_text().splitlines()}


def test_all_are_read_and_told_by_their_names(clip, tmp_path):
    path = tmp_path / "rows.jsonl"
    assert ran(path, attic=clip, cellar=clip) == 0
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert {row["source"] for row in rows} == {"attic", "cellar"}
    for row in rows:
        assert [number["text"] for number in row["numbers"]] == Scene(seed=1).numbers


def test_what_goes_wrong_with_one_is_its_own_affair(clip, tmp_path, caplog):
    path, torn = tmp_path / "rows.jsonl", tmp_path / "torn.png"
    torn.write_bytes(b"\x89PNG")
    assert ran(path, attic=torn, cellar=clip) == 1
    assert sources_in(path) == {str(torn), "cellar"}
    assert f"attic: {torn}: " in caplog.text


def test_a_file_that_is_not_there_is_said_before_any_is_read(clip, tmp_path):
    path = tmp_path / "rows.jsonl"
    with pytest.raises(CameraError, match=r"^attic: .*lost\.mp4: no such file"):
        ran(path, cellar=clip, attic=tmp_path / "lost.mp4")
    assert not path.exists()


def test_a_fault_of_ours_in_one_ends_no_other(clip, tmp_path, caplog, monkeypatch):
    real = many.Loop

    def loop(frames, *arguments, **options):
        if frames.name == "attic":
            raise KeyError("a fault of ours")
        return real(frames, *arguments, **options)

    monkeypatch.setattr(many, "Loop", loop)
    path = tmp_path / "rows.jsonl"
    assert ran(path, attic=clip, cellar=clip) == 1
    assert sources_in(path) == {"cellar"}
    assert "attic: is given up" in caplog.text


@pytest.mark.parametrize("view", ["text", "window"])
def test_views_for_one_camera_are_refused(clip, view, monkeypatch):
    monkeypatch.setattr(views, "chosen_view", lambda view: view)  # as with a screen
    camera = Watched(source=str(clip), reading=QUICK)
    settings = RunSettings(cameras={"a": camera}, sinks=SinkSettings(view=view))
    with pytest.raises(DisplayError, match=f"web, json or none, got {view}$"):
        run_many(settings)


def test_a_model_that_cannot_be_used_is_said_at_once(clip):
    camera = Watched(source=str(clip), reading=ReaderSettings(model="no.tflite"))
    settings = RunSettings(cameras={"a": camera}, sinks=SinkSettings(view="none"))
    with pytest.raises(ModelError, match=r"no\.tflite"):
        run_many(settings)
