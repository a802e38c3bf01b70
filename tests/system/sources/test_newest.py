import random
import shutil
import signal
import subprocess
import threading
import time

import cv2
import psutil
import pytest
from cameras import mjpeg_camera, rtsp_camera, why_no_rtsp_server
from ports import free_port
from waiting import wait_until

from benchmarks.live.camera_server import stamped_age_s
from edge_app.sources import open_source
from edge_app.sources.newest import Newest

LIMIT_S = 60.0  # what takes longer is taken for something that never comes
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

    def __init__(self, url, *, first=None):
        self._url = url
        self._newest = Newest(first or open_source(url), self._reopen)
        self.num_frames = self.num_waits = self.num_attempts = 0
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
            else:
                self.num_waits += 1

    def _reopen(self):
        self.num_attempts += 1
        return open_source(self._url)

    def gets(self, count):
        before = self.num_frames
        wait_until(lambda: self.num_frames >= before + count, LIMIT_S)

    def notices(self, what):
        """Wait for a fault that says so."""
        wait_until(lambda: any(what in fault for fault in self.faults), LIMIT_S)
        self.faults.clear()

    def close(self):
        self._newest.close()
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()


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
    wait_until(lambda: consumer.fault is None or mode == "small", LIMIT_S)


def test_camera_that_is_stopped_and_goes_on(camera, consumer):
    camera.stops()
    consumer.notices("")
    camera.goes_on()
    consumer.gets(10)
    wait_until(lambda: consumer.fault is None, LIMIT_S)


def test_camera_that_is_killed_and_comes_back(camera, consumer):
    camera.is_killed()
    consumer.notices("")
    attempts, waits = consumer.num_attempts, consumer.num_waits
    wait_until(lambda: consumer.num_attempts >= attempts + 3, LIMIT_S)
    # It is asked for less often than who reads is told that there is no frame.
    assert consumer.num_attempts - attempts < consumer.num_waits - waits
    camera.start("--port", camera.port)
    consumer.gets(10)
    wait_until(lambda: consumer.fault is None, LIMIT_S)


def test_a_single_damaged_picture_is_left_out(camera, consumer):
    camera.becomes("torn")
    time.sleep(0.3)
    camera.becomes("well")
    consumer.gets(5)
    assert consumer.faults == []


class Counted:
    """A source that remembers when each of its pictures was made."""

    is_live = is_moving = True

    def __init__(self, source):
        self._source = source
        self.name = source.name
        self.made_s = []

    def frames(self):
        for frame in self._source.frames():
            self.made_s.append(made_s(frame))
            yield frame

    def close(self):
        self._source.close()


def made_s(frame):
    """When the camera made a picture, by the clock of this machine."""
    return frame.time_s - stamped_age_s(frame.image, frame.time_s)


def test_frames_stay_young_when_reading_is_slow(camera):
    """Whoever reads so slowly that six frames go by is given none of those."""
    source = Counted(open_source(camera.url))
    newest = Newest(source, lambda: open_source(camera.url))
    num_taken, passed_s = 0, 0.0
    for frame in newest.frames():
        if frame is None:
            continue
        num_taken += 1
        assert made_s(frame) >= passed_s - 0.002  # stamps are whole milliseconds
        if num_taken == 5:
            break
        num_before = len(source.made_s)
        wait_until(lambda n=num_before: len(source.made_s) >= n + 7, LIMIT_S)
        passed_s = source.made_s[num_before + 5]
    assert newest.fault is None
    newest.close()


@pytest.mark.skipif(why_no_rtsp_server() is not None, reason=str(why_no_rtsp_server()))
def test_rtsp_server_that_is_stopped_killed_and_restarted():
    with rtsp_camera() as camera:
        consumer = Consumer(camera.url)
        consumer.gets(5)
        camera.stops()
        consumer.notices("")
        camera.goes_on()
        consumer.gets(10)
        wait_until(lambda: consumer.fault is None, LIMIT_S)
        camera.is_killed()
        consumer.notices("")
        consumer.close()


@pytest.fixture
def listening(monkeypatch):
    """FFmpeg, in OpenCV, waits for somebody who sends to it."""
    options = "rtsp_flags;listen|listen_timeout;4"
    monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", options)
    return f"rtsp://127.0.0.1:{free_port()}/live"


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

    consumer = Consumer(listening, first=Ended())
    sending = threading.Thread(target=send)
    sending.start()
    try:
        consumer.gets(5)
        consumer.faults.clear()
        sender[0].send_signal(signal.SIGSTOP)
        consumer.notices("")
        sender[0].kill()
        consumer.gets(10)
    finally:
        ended.set()
        while sending.is_alive():  # it may begin once more
            sender[0].kill()
            sending.join(0.3)
        consumer.close()


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
        consumer.gets(20)
    assert process.num_threads() <= num_threads + 2


class Ended:
    """A source that is over at once."""

    name = "ended"
    is_live = is_moving = True

    def frames(self):
        yield from ()

    def close(self):
        pass


def test_opencv_waits_no_longer_than_we_do():
    # An older OpenCV without these would wait for 30 s.
    assert hasattr(cv2, "CAP_PROP_READ_TIMEOUT_MSEC")
