import os
import random
import shutil
import signal
import subprocess
import threading
import time

import cv2
import numpy as np
import psutil
import pytest
from cameras import mjpeg_camera, rtsp_camera, seconds_until, why_no_rtsp_server

from benchmarks.live.camera_server import stamped_age_s
from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.sources import awaited, open_source
from edge_app.sources.newest import Newest
from edge_app.sources.source import Frame

NOTICED_S = 5.0
BACK_S = 15.0
FAULTS = [
    ("garbage", ""),
    ("torn", "only damaged pictures"),
    ("silent", "stalled"),
    ("end", "broke off"),
    ("small", "changed from 640x480 to 320x240"),
    ("black", "black for 4 s"),
    ("frozen", "frozen for 4 s"),
]


class Consumer:
    """Takes frames as the program's loop does, and remembers the last one."""

    def __init__(self, url, *, works_s=0.0, first=None):
        self._newest = Newest(first or open_source(url), lambda: open_source(url))
        self._works_s = works_s
        self.num_frames = 0
        self.ages_s = []
        self.faults = []
        self._thread = threading.Thread(target=self._consume, daemon=True)
        self._thread.start()

    @property
    def fault(self):
        return self._newest.fault

    def _consume(self):
        for frame in self._newest.frames():
            fault = self._newest.fault
            if fault and fault not in self.faults:
                self.faults.append(fault)
            if frame is not None:
                self.num_frames += 1
                self.ages_s.append(stamped_age_s(frame.image, time.monotonic()))
                time.sleep(self._works_s)

    def gets(self, count, limit_s=BACK_S):
        before = self.num_frames
        return seconds_until(lambda: self.num_frames >= before + count, limit_s)

    def notices(self, what):
        """Wait for a fault that says so; seconds it took."""
        seconds = seconds_until(
            lambda: any(what in fault for fault in self.faults), NOTICED_S + 1
        )
        assert seconds < NOTICED_S
        self.faults.clear()
        return seconds

    def close(self):
        started = time.monotonic()
        self._newest.close()
        self._thread.join(2)
        assert not self._thread.is_alive()
        assert time.monotonic() - started < 1.0


@pytest.fixture
def camera():
    with mjpeg_camera() as camera:
        yield camera


@pytest.fixture
def consumer(camera):
    consumer = Consumer(camera.url)
    consumer.gets(3)
    yield consumer
    consumer.close()


@pytest.mark.parametrize(("mode", "message"), FAULTS)
def test_fault_is_noticed_and_over_when_the_camera_is_well(
    camera, consumer, mode, message
):
    camera.becomes(mode)
    consumer.notices(message)
    camera.becomes("well")
    consumer.gets(10)
    seconds_until(lambda: consumer.fault is None or mode == "small", NOTICED_S)


def test_camera_that_is_stopped_and_goes_on(camera, consumer):
    camera.stops()
    consumer.notices("")
    camera.goes_on()
    consumer.gets(10)
    assert consumer.fault is None


def test_camera_that_is_killed_and_comes_back(camera, consumer):
    camera.is_killed()
    consumer.notices("")
    used = os.times()
    time.sleep(2)
    now = os.times()
    # Waiting costs next to nothing.
    assert now.user + now.system - used.user - used.system < 0.5
    camera.start("--port", camera.port)
    consumer.gets(10)
    assert consumer.fault is None


def test_a_single_damaged_picture_is_left_out(camera, consumer):
    camera.becomes("torn")
    time.sleep(0.3)
    camera.becomes("well")
    consumer.gets(5)
    assert consumer.faults == []


def test_frames_stay_young_when_reading_is_slow(camera):
    slow = Consumer(camera.url, works_s=0.4)
    slow.gets(8)
    slow.close()
    # 15 a second come, 2.5 are read: with a queue the last would be seconds old.
    assert np.percentile(slow.ages_s[1:], 95) < 0.2


@pytest.mark.skipif(why_no_rtsp_server() is not None, reason=str(why_no_rtsp_server()))
def test_rtsp_server_that_is_stopped_killed_and_restarted():
    with rtsp_camera() as camera:
        consumer = Consumer(camera.url)
        consumer.gets(5)
        camera.stops()
        consumer.notices("")
        camera.goes_on()
        consumer.gets(10)
        assert consumer.fault is None
        camera.is_killed()
        consumer.notices("")
        consumer.close()


@pytest.fixture
def listening(monkeypatch):
    """FFmpeg, in OpenCV, waits for somebody who sends to it."""
    options = "rtsp_flags;listen|listen_timeout;4"
    monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", options)
    return "rtsp://127.0.0.1:18654/live"


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.skipif(
    tuple(map(int, cv2.__version__.split(".")[:2])) < (4, 12),
    reason="this OpenCV's FFmpeg cannot listen",
)
def test_ffmpeg_as_rtsp_peer(listening):
    source = ["-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=15"]
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"]
    rtsp = ["-g", "15", "-f", "rtsp", "-rtsp_transport", "tcp", listening]
    sender = []
    ended = threading.Event()

    def send():
        while not ended.is_set():  # it gives up when nobody listens yet
            command = ["ffmpeg", "-loglevel", "quiet", *source, *encoded, *rtsp]
            sender[:] = [subprocess.Popen(command)]
            sender[0].wait()
            ended.wait(0.3)

    consumer = Consumer(listening, first=Ended(None))
    sending = threading.Thread(target=send)
    sending.start()
    try:
        consumer.gets(5, 40)
        consumer.faults.clear()
        sender[0].send_signal(signal.SIGSTOP)
        consumer.notices("")
        sender[0].kill()
        consumer.gets(10, 40)
    finally:
        ended.set()
        sender[0].kill()
        sending.join()
        consumer.close()


class Hung:
    """A driver whose read does not return before it is told to."""

    name = "hung"
    is_live = is_moving = True

    def __init__(self, release):
        self._release = release

    def frames(self):
        yield Frame(np.zeros((4, 4, 3), np.uint8), time.monotonic())
        self._release.wait(60)

    def close(self):
        pass


@pytest.mark.soak
def test_faults_in_any_order_for_ten_minutes(camera, consumer):
    choose = random.Random(0)
    process = psutil.Process()
    num_threads = process.num_threads()
    ends = time.monotonic() + 600
    while time.monotonic() < ends:
        camera.becomes(choose.choice([mode for mode, _ in FAULTS]))
        time.sleep(choose.uniform(0.1, 8))
        if choose.random() < 0.3:
            camera.stops()
            time.sleep(choose.uniform(0.1, 8))
            camera.goes_on()
        if choose.random() < 0.3:
            camera.is_killed()
            time.sleep(choose.uniform(0.1, 8))
            camera.start("--port", camera.port)
        camera.becomes("well")
        consumer.gets(20, 30)
    assert process.num_threads() <= num_threads + 2


class Ended(Hung):
    """A source that is over at once."""

    def frames(self):
        yield from ()


class Well(Hung):
    def frames(self):
        rng = np.random.default_rng(0)
        while not self._release.is_set():
            image = rng.integers(0, 255, (48, 64, 3), np.uint8)
            yield Frame(image, time.monotonic())
            time.sleep(0.05)


def test_a_driver_that_never_returns_is_left_behind():
    release = threading.Event()
    newest = Newest(Hung(release), lambda: Well(release))
    frames = newest.frames()
    assert next(frame for frame in frames if frame is not None).image.shape == (4, 4, 3)
    started = time.monotonic()
    assert next(each for each in frames if each is not None).image.shape == (48, 64, 3)
    assert time.monotonic() - started < NOTICED_S + 1
    closing = time.monotonic()
    newest.close()
    assert time.monotonic() - closing < 1
    release.set()


def test_attempts_to_reopen_become_rare():
    attempts = []

    def reopen():
        attempts.append(time.monotonic())
        raise CameraError("gone")

    newest = Newest(Ended(None), reopen)
    time.sleep(4)
    newest.close()
    assert len(attempts) == 3  # after 0.5, 1 and 2 s


def test_opencv_waits_no_longer_than_we_do():
    # An older OpenCV without these would wait for 30 s.
    assert hasattr(cv2, "CAP_PROP_READ_TIMEOUT_MSEC")


def test_a_source_that_is_away_at_the_start_is_waited_for():
    release = threading.Event()
    answers = [CameraError("not yet"), CameraError("not yet"), Well(release)]

    def reopen():
        answer = answers.pop(0)
        if isinstance(answer, CameraError):
            raise answer
        return answer

    newest = Newest("well", reopen, fault="not yet")
    assert (newest.name, newest.fault) == ("well", "not yet")
    assert next(each for each in newest.frames() if each is not None).image.any()
    assert newest.fault is None
    newest.close()
    release.set()


def test_what_can_never_be_read_is_not_asked_for_again():
    def reopen():
        raise UnfitSourceError("a web page")

    newest = Newest("page", reopen)
    with pytest.raises(UnfitSourceError, match="a web page"):
        list(newest.frames())
    newest.close()


def test_what_was_read_before_is_waited_for_whatever_is_there_now():
    class Once(Well):
        def frames(self):
            yield next(super().frames())

    def reopen():
        raise UnfitSourceError("a web page")

    newest = Newest(Once(threading.Event()), reopen)
    frames = newest.frames()
    assert next(each for each in frames if each is not None) is not None
    for each in frames:
        assert each is None
        if newest.fault == "a web page":
            break
    newest.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("0", "/dev/video7", "HD Webcam", "picamera:1")),
        *((name, True) for name in ("rtsp://camera/live", "http://camera/")),
        *((name, False) for name in ("clip.mp4", "my clip.mp4", "shots", "demo")),
        *((name, False) for name in ("my shots/page", "my *.jpg", "auto")),
    ],
)
def test_which_names_are_those_of_what_may_come_later(name, expected):
    assert awaited.is_awaited(name) == expected
