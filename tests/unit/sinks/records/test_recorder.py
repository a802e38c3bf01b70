import re
from datetime import datetime

import cv2
import numpy as np
import pytest
from updates import event, scene_update

from edge_app.common.draw import draw
from edge_app.common.errors import RecordError
from edge_app.sinks import SinkSettings, open_sinks
from edge_app.sinks.records.recorder import Recorder


def finish(sink):
    sink.close()
    sink._thread._thread.join(60)


def pictures(folder):
    return sorted(folder.glob("*.jpg"))


def test_the_picture_of_what_settled_is_kept_clean_and_drawn_on(reader, tmp_path):
    sink = Recorder(tmp_path / "new")
    assert sink.write(scene_update(reader, events=[event("appeared")]))
    assert sink.write(scene_update(reader, events=[event("gone")]))
    update = scene_update(reader, events=[event("settled"), event("settled", 2)])
    assert sink.write(update)
    finish(sink)
    drawn, clean = pictures(tmp_path / "new")  # one pair: of one frame
    assert drawn.stem == f"{clean.stem}-read"
    when = datetime.strptime(clean.stem, "%Y%m%d-%H%M%S-%f").timestamp()
    assert abs(when - (update.made_s - update.age_ms / 1000)) < 0.002
    frame = update.frame.image

    def differ(path, image):
        shown = cv2.imread(str(path))
        assert shown.shape == image.shape
        return np.abs(shown.astype(int) - image).mean()

    marked = draw(frame, update.reading)
    assert differ(clean, frame) < min(3, differ(drawn, frame))
    assert differ(drawn, marked) < min(3, differ(clean, marked))


def test_the_oldest_pictures_go_and_what_is_somebodys_stays(reader, tmp_path):
    somebodys = tmp_path / "holiday.jpg"
    somebodys.write_bytes(b"x" * 500_000)
    first = None
    for seed in range(6):
        sink = Recorder(tmp_path, max_bytes=500_000)
        sink.write(scene_update(reader, seed=seed, events=[event("changed")]))
        finish(sink)
        ours = [picture for picture in pictures(tmp_path) if picture != somebodys]
        first = first or ours[0]
        assert 50_000 < sum(picture.stat().st_size for picture in ours) <= 500_000
    assert not first.exists()
    assert somebodys.stat().st_size == 500_000
    assert all(re.fullmatch(r"[\d-]+(-read)?\.jpg", picture.name) for picture in ours)


def test_it_is_opened_by_its_setting_and_counts_as_keeping(reader, tmp_path):
    kept = {"record": tmp_path / "kept", "record_mb": 1}
    settings = SinkSettings(view="none", kept=kept)
    assert SinkSettings(kept=kept).is_kept
    (sink,) = open_sinks(settings, lambda: reader)
    for seed in range(8):
        sink.write(scene_update(reader, seed=seed, events=[event("settled")]))
    finish(sink)
    assert pictures(tmp_path / "kept")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="file is a file, a folder expected"):
        Recorder(tmp_path / "file")
