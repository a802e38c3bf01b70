import numpy as np
import pytest
from written import write_clip

from edge_app.common.errors import CameraError
from edge_app.sources import CameraOptions, open_source

pytestmark = pytest.mark.device


@pytest.mark.parametrize("name", ["demo", "clip", "rtsp://127.0.0.1:9/x"])
def test_options_are_refused_where_there_is_no_camera(name, tmp_path):
    if name == "clip":
        images = [np.zeros((48, 64, 3), np.uint8)]
        name = str(write_clip(tmp_path / "clip.avi", images))
    with pytest.raises(CameraError, match="--focus"):
        open_source(name, CameraOptions(focus=3))


def test_stream_that_does_not_answer(capfd):
    for url in ("http://127.0.0.1:9/video", "rtsp://127.0.0.1:9/live"):
        with pytest.raises(CameraError, match="does the server run"):
            open_source(url)
    assert capfd.readouterr() == ("", "")


def test_passwords_are_not_shown():
    with pytest.raises(CameraError) as raised:
        open_source("rtsp://me:secret@127.0.0.1:9/live")
    assert "secret" not in str(raised.value)
