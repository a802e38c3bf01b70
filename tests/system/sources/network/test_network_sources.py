"""Sources in the network, each from a real server."""

import shutil
import socket
import subprocess
import threading
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from cameras import (
    answering,
    file_server,
    mjpeg_camera,
    rtsp_camera,
    why_no_rtsp_server,
)

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.demo.demo_scene import Scene

PAGE = np.full((20, 30, 3), 200, np.uint8)
FAST = CameraOptions(interval_s=0.1)


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """The same 40 frames as files whose index is at the end, and at the beginning."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    folder = tmp_path_factory.mktemp("videos")
    raw = folder / "raw.avi"
    writer = cv2.VideoWriter(str(raw), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    scene = Scene(seed=1)  # large enough that FFmpeg's buffer does not hold the file
    for n in range(40):
        writer.write(scene.frame(n / 10)[0])
    writer.release()
    convert = ["ffmpeg", "-v", "error", "-i", str(raw)]
    subprocess.run([*convert, str(folder / "end.mp4")], check=True)
    begin = ["-movflags", "+faststart", str(folder / "begin.mp4")]
    subprocess.run([*convert, *begin], check=True)
    whole = (folder / "begin.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    return folder


def test_a_video_file_whose_address_is_not_ascii(videos):
    shutil.copy(videos / "begin.mp4", videos / "zähler 1.mp4")
    with file_server(videos) as url:
        source = open_source(f"{url}/zähler 1.mp4")
        assert len(list(source.frames())) == 40
        source.close()


def test_a_video_file_on_a_server_is_read_once(videos):
    with file_server(videos) as url:
        for name in ("begin.mp4", "raw.avi"):
            source = open_source(f"{url}/{name}")
            assert not source.is_live
            assert len(list(source.frames())) == 40
            source.close()


def test_a_video_file_that_cannot_be_streamed_says_why(videos, capfd):
    with file_server(videos) as url:
        with pytest.raises(UnfitSourceError, match=r"moov.*at its end.*faststart"):
            open_source(f"{url}/end.mp4")
        with pytest.raises(CameraError, match=r"broke off after \d+ of 40 pictures"):
            list(open_source(f"{url}/cut.mp4").frames())
    assert capfd.readouterr() == ("", "")


@contextmanager
def untold(content):
    """The URL of a file on a server that does not say how long it is."""
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + content) as port:
        yield f"http://127.0.0.1:{port}/"


def test_an_mp4_file_whose_length_is_not_told(videos, capfd):
    with untold((videos / "begin.mp4").read_bytes()) as url:
        source = open_source(url)
        assert not source.is_live
        assert len(list(source.frames())) == 40
        source.close()
    with (
        untold((videos / "end.mp4").read_bytes()) as url,
        pytest.raises(UnfitSourceError, match=r"moov.*at its end.*faststart"),
    ):
        open_source(url)
    with (
        untold(b"%PDF-1.7\n" + bytes(100)) as url,
        pytest.raises(UnfitSourceError, match=r"PDF.*pdftoppm"),
    ):
        open_source(url)
    assert capfd.readouterr() == ("", "")


def test_an_mp4_stream_is_live(videos):
    """It comes in fragments, and has no index of what is still to come."""
    live = videos / "live.mp4"
    fragments = ["-movflags", "frag_keyframe+empty_moov", str(live)]
    convert = ["ffmpeg", "-v", "error", "-i", str(videos / "begin.mp4"), "-c", "copy"]
    subprocess.run([*convert, *fragments], check=True)
    with untold(live.read_bytes()) as url:
        source = open_source(url)
        assert source.is_live
        frames = source.frames()
        assert next(frames).image.shape == (480, 640, 3)
        source.close()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "index.html",
            b"<!DOCTYPE html>",
            "web page; its picture or stream has an add",
        ),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC.*heif-convert"),
        ("a.pdf", b"%PDF-1.7\n", "PDF.*pdftoppm"),
        ("a.jpg", b"%PDF-1.7\n", "PDF.*pdftoppm"),
        ("a.bin", bytes(2000), "no picture and cannot be opened as a video"),
    ],
)
def test_files_of_other_kinds(tmp_path, name, content, message, capfd):
    (tmp_path / name).write_bytes(content)
    with file_server(tmp_path) as url, pytest.raises(UnfitSourceError, match=message):
        open_source(f"{url}/{name}")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("scheme", "answer", "message"),
    [
        ("http", b"", "hangs up without an answer"),
        (
            "http",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            "no picture and cannot be opened",
        ),
        ("rtsp", b"RTSP/1.0 404 Not Found\r\n\r\n", "the server says 404 Not Found"),
    ],
)
def test_servers_of_other_kinds(scheme, answer, message, capfd):
    with answering(answer) as port, pytest.raises(CameraError, match=message) as caught:
        open_source(f"{scheme}://127.0.0.1:{port}/x")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_servers_that_never_go_on(capfd):
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = threading.Thread(target=lambda: _say_and_wait(server), daemon=True)
        started.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(CameraError, match="answers, but sends nothing"):
            open_source(url)
    assert capfd.readouterr() == ("", "")


def _say_and_wait(server):
    connection, _ = server.accept()
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    connection.recv(4096)
    connection.recv(4096)  # until the other side has had enough


def test_ports_that_cannot_be():
    for scheme in ("http", "rtsp"):
        with pytest.raises(CameraError, match="99999"):
            open_source(f"{scheme}://127.0.0.1:99999/x")


@pytest.mark.skipif(bool(why_no_rtsp_server()), reason=str(why_no_rtsp_server()))
def test_a_stream_that_an_rtsp_server_does_not_have():
    with rtsp_camera() as camera:
        url = camera.url.replace("/live", "/other")
        with pytest.raises(CameraError, match="the server says 404 Not Found"):
            open_source(url)


def test_an_interval_is_for_pictures_that_are_asked_for(tmp_path):
    with (
        mjpeg_camera("--width", "320", "--height", "240") as camera,
        pytest.raises(CameraError, match="--interval is for"),
    ):
        open_source(camera.url, FAST)
    for name in ("demo", "0", str(tmp_path), "rtsp://127.0.0.1:9/x"):
        with pytest.raises(CameraError, match="--interval is for pictures"):
            open_source(name, FAST)
