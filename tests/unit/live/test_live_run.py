"""Live reading as a whole, of files: `edge-digits run` without its command line."""

import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import cv2
import pytest

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import CameraError, ModelError, RecordError
from edge_app.live import run as run_module
from edge_app.live.fields.setup import LiveSetup
from edge_app.live.run import (
    RunSettings,
    Watched,
    close_all,
    kept_values,
    limit_s,
    run,
)
from edge_app.sinks import SinkSettings
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device

QUICK = ReaderSettings(reader="classic")  # no network


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for seed in (1, 2):
        page = Scene(seed=seed, size_wh=(320, 240)).frame(0.0)[0]
        cv2.imwrite(str(folder / f"{seed}.png"), page)
    return folder


def settings(source, path, **more):
    sinks = SinkSettings(view="none", kept={"jsonl": path})
    return RunSettings(source=str(source), reading=QUICK, sinks=sinks, **more)


def rows_in(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_of_unrelated_pictures_is_kept_with_its_numbers(pages, tmp_path):
    assert run(settings(pages, tmp_path / "rows.jsonl")) == 0
    rows = rows_in(tmp_path / "rows.jsonl")
    texts = [[number["text"] for number in row["numbers"]] for row in rows]
    assert texts == [Scene(seed=seed).numbers for seed in (1, 2)]


def test_no_more_frames_are_read_than_are_asked_for(pages, tmp_path):
    assert run(settings(pages, tmp_path / "rows.jsonl", max_frames=1)) == 0
    assert len(rows_in(tmp_path / "rows.jsonl")) == 1


@pytest.fixture
def full_disk():
    """Let no file grow beyond 100 bytes."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("sources", [1, 2])
def test_an_output_that_has_lost_something_is_an_error_in_the_end(
    pages, tmp_path, full_disk, sources
):
    wanted = settings(pages, tmp_path / "rows.jsonl")
    wanted = replace(wanted, sinks=replace(wanted.sinks, every_frame=True))
    if sources > 1:
        watched = Watched(source=str(pages), reading=QUICK)
        wanted = replace(wanted, cameras={"a": watched, "b": watched})
    with pytest.raises(RecordError, match="not all that was read could be kept"):
        run(wanted)
    assert rows_in(tmp_path / "rows.jsonl") == []


@pytest.mark.parametrize(
    ("max_frames", "message"),
    [(None, "^1 of 3 images cannot be read$"), (1, "0.png: torn")],
)
def test_a_folder_with_a_picture_that_cannot_be_read_is_an_error_in_the_end(
    pages, tmp_path, max_frames, message
):
    (pages / "0.png").write_bytes((pages / "1.png").read_bytes()[:500])
    path = tmp_path / "rows.jsonl"
    with pytest.raises(CameraError, match=message):
        run(settings(pages, path, max_frames=max_frames))
    assert len(rows_in(path)) == (max_frames or 3)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"source": "nothing.mp4"}, CameraError),
        ({"reading": ReaderSettings(model="nothing.tflite")}, ModelError),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_read(
    pages, tmp_path, more, error
):
    given = {"source": str(pages), "reading": QUICK} | more
    sinks = SinkSettings(view="none", kept={"jsonl": tmp_path / "rows.jsonl"})
    with pytest.raises(error, match="nothing"):
        run(RunSettings(**given, sinks=sinks))
    assert not (tmp_path / "rows.jsonl").exists()


def test_a_frame_of_a_camera_may_take_ten_seconds_and_one_of_a_file_any():
    camera, file = SimpleNamespace(is_file=False), SimpleNamespace(is_file=True)
    assert (limit_s(None, camera), limit_s(None, file)) == (10.0, None)
    assert (limit_s(2.5, camera), limit_s(2.5, file)) == (2.5, 2.5)


def test_values_are_kept_beside_the_settings_of_what_is_live(tmp_path):
    setup = LiveSetup(config=tmp_path / "a.toml")
    live, file = SimpleNamespace(is_live=True), SimpleNamespace(is_live=False)
    kept = kept_values(live, setup)
    kept.close()
    assert kept_values(file, setup) is None
    assert kept_values(live, LiveSetup()) is None


def test_frames_are_shown_and_kept_as_the_settings_say(pages, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "Frames", lambda *_, **options: options)
    given = settings(pages, tmp_path / "rows.jsonl", speed=0.5)
    setup = LiveSetup()
    assert run_module._frames(given, given.sinks, setup) == {
        "is_shown": False,
        "is_kept": True,
        "speed": 0.5,
        "setup": setup,
    }


class Closed:
    """A sink that has to wait for something before it is closed."""

    def __init__(self, waits_for):
        self._waits_for = waits_for
        self.is_closed = threading.Event()

    def close(self):
        self._waits_for.wait(20)
        self.is_closed.set()


def test_sinks_are_closed_beside_each_other(monkeypatch):
    monkeypatch.setattr(run_module, "_SINKS_CLOSE_S", 60.0)
    done = threading.Event()
    threading.Timer(0.02, done.set).start()
    quick = Closed(done)
    slow = Closed(quick.is_closed)  # one after the other it would wait in vain
    close_all([slow, quick])
    assert slow.is_closed.is_set()
    assert quick.is_closed.is_set()


def test_a_sink_that_hangs_is_left_behind(monkeypatch):
    monkeypatch.setattr(run_module, "_SINKS_CLOSE_S", 0.05)
    release = threading.Event()
    hanging = Closed(release)
    hanging.lost = threading.Event()
    close_all([hanging])
    assert not hanging.is_closed.is_set()
    assert hanging.lost.is_set()
    release.set()
