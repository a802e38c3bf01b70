import os
import threading
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from updates import read_update
from waiting import wait_until

from edge_app.common.errors import RecordError
from edge_app.live.tracking.track import Tracker
from edge_app.sinks.records.snapshots import Snapshots
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device

EVERYTHING = 1.1  # a confidence that no digit reaches


def page(seed):
    return Scene(seed=seed).frame(0.0)[0]


def unsorted(folder):
    files = sorted((folder / "unsorted").iterdir())
    return [path for path in files if not path.name.endswith(".28x28.png")]


def model_input(crop):
    return cv2.imread(str(crop.with_suffix(".28x28.png")), cv2.IMREAD_UNCHANGED)


def finish(sink):
    """Until all is on the disk, however slow that is."""
    sink.close()
    sink._thread._thread.join(60)


def test_crops_and_model_inputs_of_what_is_doubtful(reader, tmp_path):
    sink = Snapshots(tmp_path / "new", below=EVERYTHING, per_minute=100)
    update = read_update(reader, page(1))
    assert sink.write(update)
    finish(sink)
    crops = unsorted(tmp_path / "new")
    seen = [*update.reading.digits, *update.reading.rejects]
    digits = [digit for digit in seen if digit.image is not None]
    names = [f"{d.label}-{100 * d.confidence:02.0f}" for d in digits]
    assert {"-".join(crop.name.split("-")[:2]) for crop in crops} <= set(names)
    assert len(names) / 2 < len(crops) <= len(names)
    for crop in crops:
        shown = cv2.imread(str(crop))
        assert shown.shape[0] > 1.5 * min(digit.box_xywh[3] for digit in digits)
        image = model_input(crop)
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
        # It is what the model saw.
        label = int(crop.name.split("-")[0])
        assert any(
            digit.label == label and np.array_equal(digit.image, image)
            for digit in digits
        )
    folders = {path.name for path in (tmp_path / "new").iterdir() if path.is_dir()}
    assert folders == {"unsorted", "reject", *map(str, range(10))}


def test_rejects_are_kept_and_sure_digits_are_not(reader, tmp_path):
    sink = Snapshots(tmp_path, below=0.0)
    update = read_update(reader, page(2))
    sink.write(update)
    one, *others = update.reading.digits
    rejects = (one, *update.reading.rejects)
    rejecting = replace(update.reading, digits=tuple(others), rejects=rejects)
    sink.write(replace(update, reading=rejecting))
    finish(sink)
    kept = [crop.name.split("-")[0] for crop in unsorted(tmp_path)]
    seen = [str(reject.label) for reject in rejects if reject.image is not None]
    assert sorted(kept) == sorted(seen)
    assert len(kept) < len(others)


def test_consecutive_frames_and_restarts_add_nothing(reader, tmp_path):
    kept = []
    for _ in range(2):  # the second one knows what the first one kept
        sink = Snapshots(tmp_path, below=EVERYTHING, per_minute=1000)
        for number in range(8):
            frame = Scene(seed=3).frame(number / 15)[0]
            sink.write(read_update(reader, frame))
            time.sleep(0.02)
        finish(sink)
        kept.append(len(unsorted(tmp_path)))
    digits = len(read_update(reader, Scene(seed=3).frame(0.0)[0]).reading.digits)
    assert digits / 2 < kept[0] <= digits
    assert kept[1] <= kept[0] + 1


def test_rate_is_limited(reader, tmp_path):
    sink = Snapshots(tmp_path, below=EVERYTHING, per_minute=3)
    sink.write(read_update(reader, page(1)))
    finish(sink)
    assert len(unsorted(tmp_path)) == 3


def test_oldest_go_first_and_sorted_ones_stay(reader, tmp_path):
    sink = Snapshots(tmp_path, below=EVERYTHING, max_bytes=60_000, per_minute=1000)
    sorted_one = tmp_path / "7" / "mine.png"
    sorted_one.write_bytes(b"x" * 10_000)
    somebodys = tmp_path / "unsorted" / "holiday-2026.png"
    somebodys.write_bytes(b"x" * 10_000)
    os.utime(somebodys, (0, 0))  # older than any crop
    first = None
    for seed in range(4):
        sink._places.clear()
        sink.write(read_update(reader, page(seed)))
        wait_until(lambda: not sink._thread._waiting)
        crops = [path for path in unsorted(tmp_path) if path != somebodys]
        first = first or (crops or [None])[0]
    finish(sink)
    assert somebodys.stat().st_size == 10_000
    somebodys.unlink()
    size = sum(path.stat().st_size for path in (tmp_path / "unsorted").iterdir())
    assert 20_000 < size <= 60_000
    assert not first.exists()
    assert sorted_one.exists()


def test_a_slow_card_holds_up_nobody(reader, tmp_path, monkeypatch):
    go_on = threading.Event()
    sink = Snapshots(tmp_path, below=EVERYTHING)
    went_on = []
    monkeypatch.setattr(sink, "_save", lambda *_: went_on.append(go_on.wait(60)))
    update = read_update(reader, page(1))
    for _ in range(200):
        sink._places.clear()
        sink.write(update)
    assert not went_on  # the card is still busy with the first
    go_on.set()
    finish(sink)
    assert all(went_on)


def test_what_the_frame_does_not_hold_is_left_out(reader, tmp_path):
    """Steadied readings may hold a digit that this very frame lacks."""
    tracker = Tracker()
    tracker.update(reader.read(page(1)), 0.0)
    empty = np.full((480, 640, 3), 240, np.uint8)
    update = read_update(reader, empty)
    steadied, _ = tracker.update(update.reading, 0.1)
    assert steadied.digits
    sink = Snapshots(tmp_path, below=EVERYTHING)
    sink.write(replace(update, reading=steadied))
    finish(sink)
    assert unsorted(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written"):
        Snapshots(tmp_path / "file")
