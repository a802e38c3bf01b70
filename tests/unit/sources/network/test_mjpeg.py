"""JPEG pictures over HTTP, from answers as cameras give them."""

import logging

import cv2
import numpy as np
import pytest
from cameras import answered
from clocks import Clock

from edge_app.common.errors import CameraError
from edge_app.sources.network import mjpeg
from edge_app.sources.network.connect import ConnectionLimits

pytestmark = pytest.mark.device

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=f\r\n\r\n"


class RunningClock(Clock):
    """Shows a later time whenever somebody looks."""

    def __init__(self, step_s):
        super().__init__()
        self.step_s = step_s

    def monotonic(self):
        self.now_s += self.step_s
        return self.now_s


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Pictures come ten a second."""
    clock = RunningClock(0.1)
    monkeypatch.setattr(mjpeg, "time", clock)
    return clock


def picture(shade):
    return cv2.imencode(".jpg", np.full((16, 24, 3), shade, np.uint8))[1].tobytes()


def part(content, *, with_length=True):
    length = f"Content-Length: {len(content)}\r\n" if with_length else ""
    head = f"Content-Type: image/jpeg\r\n{length}\r\n".encode()
    return b"--f\r\n" + head + content + b"\r\n"


def read(content, **options):
    """Shades of the pictures in a stream, and how it ended."""
    stream = mjpeg.MJPEGStream(
        "http://me:secret@camera/", answered(HEAD + content, **options), b"f"
    )
    shades = []

    def take():
        for frame in stream.frames():
            assert frame.image.shape == (16, 24, 3)
            shades.append(round(frame.image.mean()))

    with pytest.raises(CameraError) as ended:
        take()
    stream.close()
    return shades, str(ended.value)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/x-mixed-replace;boundary=f", b"f"),
        ("Multipart/X-Mixed-Replace; boundary=--f", b"f"),
        ('multipart/x-mixed-replace; boundary="f-1"', b"f-1"),
        ("multipart/x-mixed-replace", b""),
        ("image/jpeg", None),
        ("multipart/mixed; boundary=f", None),
    ],
)
def test_a_stream_is_known_by_its_kind(content_type, boundary):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n"
    assert mjpeg.boundary(answered(head.encode())) == boundary


@pytest.mark.parametrize("with_length", [True, False])
def test_every_picture_comes(with_length):
    shades = [40, 80, 120, 160]
    content = b"".join(part(picture(s), with_length=with_length) for s in shades)
    found, ended = read(content + b"--f\r\n")
    assert found == shades
    assert ended == "http://camera/: the stream broke off (the server hung up)"


def test_a_boundary_within_a_picture_does_not_end_it():
    """A comment's bytes may be anything; the length is what counts."""
    whole = picture(80)
    comment = b"\xff\xfe\x00\x08\n--f\r\n"
    found, _ = read(part(whole[:2] + comment + whole[2:]) + part(picture(120)))
    assert found == [80, 120]


def test_damaged_pictures_are_left_out_and_said_once(caplog):
    caplog.set_level(logging.WARNING)
    torn = part(picture(80)[:-60])
    found, _ = read(torn + part(picture(120)) + torn + part(picture(160)) + b"--f\r\n")
    assert found == [120, 160]
    assert caplog.messages == ["http://camera/: damaged pictures are left out"]


def test_nothing_but_damaged_pictures_is_a_fault():
    content = 40 * part(b"no picture")
    assert read(content) == ([], "http://camera/: sends only damaged pictures")
    # One good picture in time is enough.
    broken_parts = (
        20 * part(b"no picture") + part(picture(80)) + 20 * part(b"no picture")
    )
    assert read(broken_parts) == (
        [80],
        "http://camera/: the stream broke off (the server hung up)",
    )


def test_pictures_that_come_too_fast_are_left_out(clock):
    clock.step_s = 1 / 250  # two of three come within a hundredth of a second
    shades = list(range(10, 250, 20))
    found, _ = read(b"".join(map(part, map(picture, shades))) + b"--f\r\n")
    assert found == shades[2::3]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the server hung up"),
        (part(picture(80))[:-90], "the server hung up"),
        (b"--f\r\nContent-Length: 99999999\r\n\r\n", "picture of 99999999 bytes is"),
    ],
)
def test_a_stream_that_breaks_off_says_so(content, reason):
    found, ended = read(content)
    assert found == []
    assert ended.startswith("http://camera/: the stream broke off (")
    assert reason in ended


def test_a_picture_without_an_end_is_given_up(monkeypatch):
    few = ConnectionLimits(most_picture_bytes=1000)
    monkeypatch.setattr(mjpeg, "CONNECTION", few)
    endless = b"--f\r\n\r\n" + 20 * (bytes(99) + b"\n")
    found, ended = read(endless)
    assert found == []
    assert "no end of a picture within 1100 bytes" in ended


def test_a_stream_that_falls_silent():
    found, ended = read(part(picture(80)) + b"--f\r\n", hangs_for_s=0.01)
    assert found == [80]
    assert ended == "http://camera/: the stream stalled for 3.5 s"
