"""Streams that FFmpeg understands, from a real server."""

import itertools
import time

import pytest
from cameras import answering, file_server
from ports import free_port
from written import write_shades

from edge_app.common.errors import CameraError
from edge_app.sources.network.stream import Stream

pytestmark = pytest.mark.device


@pytest.fixture
def server(tmp_path):
    with file_server(tmp_path) as url:
        yield url


def test_frames_come_by_our_clock_until_it_breaks_off(server, tmp_path):
    shades = write_shades(tmp_path / "live.avi")
    begun_s = time.monotonic()
    stream = Stream(f"{server}/live.avi")
    coming = stream.frames()
    frames = list(itertools.islice(coming, len(shades)))
    with pytest.raises(CameraError, match=r"live\.avi: the stream broke off"):
        next(coming)
    stream.close()
    found = [frame.image.mean() for frame in frames]
    assert found == pytest.approx(shades, abs=5)
    times = [begun_s, *(frame.time_s for frame in frames), time.monotonic()]
    assert times == sorted(times)
    assert (stream.is_live, stream.is_moving) == (True, True)


def test_its_name_has_no_password(server, tmp_path):
    write_shades(tmp_path / "live.avi")
    address = server.removeprefix("http://")
    stream = Stream(f"http://me:secret@{address}/live.avi")
    stream.close()
    assert stream.name == f"{server}/live.avi"


def test_what_cannot_be_opened_says_why(server, tmp_path, capfd):
    (tmp_path / "live.txt").write_text("no video")
    nobody = f"127.0.0.1:{free_port()}"
    with answering(b"RTSP/1.0 454 Session Not Found\r\n\r\n") as port:
        for url, reason in (
            (f"{server}/live.txt", "cannot be opened as a video; does the server run"),
            (f"http://me:secret@{nobody}/live", "cannot be opened as a video"),
            (f"rtsp://me:secret@{nobody}/live", "does not answer"),
            (f"RTSP://127.0.0.1:{port}/live", "the server says 454 Session Not Found"),
        ):
            with pytest.raises(CameraError, match=reason) as caught:
                Stream(url)
            assert "secret" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
