"""Video files, every frame of them."""

import cv2
import pytest
from written import write_shades

from edge_app.common.errors import CameraError
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.pictures import clip as clips
from edge_app.sources.pictures.clip import Clip

pytestmark = pytest.mark.device


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.mp4", "a"])
def test_every_frame_comes_once_and_in_order(tmp_path, name):
    written = tmp_path / (name if "." in name else "b.avi")
    fourcc = "mp4v" if name == "a.mp4" else "MJPG"
    shades = write_shades(written, fourcc=fourcc)
    path = written.rename(tmp_path / name)
    source = clips.opened(str(path), CameraOptions())
    frames = list(source.frames())
    source.close()
    found = [frame.image.mean() for frame in frames]
    assert found == pytest.approx(shades, abs=5)
    assert [frame.time_s for frame in frames] == pytest.approx(
        [n / 5 for n in range(10)], abs=0.01
    )
    assert (source.name, source.is_live, source.is_moving) == (str(path), False, True)


def test_a_clip_without_frames(tmp_path):
    path = str(tmp_path / "empty.avi")
    cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 5, (64, 48)).release()
    message = r"empty\.avi: holds no picture that can be decoded"
    with pytest.raises(CameraError, match=message):
        list(Clip(path).frames())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a video", "cannot be opened as a video; is it one"),
        (b"", "cannot be opened as a video; is it one"),
        (b"<!doctype html>", "a web page, no picture"),
    ],
)
def test_what_is_no_clip_says_why(tmp_path, content, message, capfd):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(CameraError, match=message) as caught:
        Clip(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert capfd.readouterr() == ("", "")


def test_a_name_of_nothing_is_left_to_other_sources():
    assert clips.opened("no-such.mp4", CameraOptions(focus=3)) is None
    with pytest.raises(CameraError, match=r"no-such\.mp4: no such file"):
        open_source("no-such.mp4")


def test_a_clip_has_no_options_of_cameras(tmp_path):
    path = str(tmp_path / "a.avi")
    write_shades(path)
    with pytest.raises(CameraError, match=r"a\.avi: --focus is for cameras"):
        clips.opened(path, CameraOptions(focus=3))
