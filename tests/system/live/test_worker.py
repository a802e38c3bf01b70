import itertools
import threading
import time

import numpy as np
import pytest
from clocks import Clock
from prints import page_of_print
from waiting import wait_until

from edge_app.common.errors import CameraError, EdgeDigitsError
from edge_app.live import worker as worker_module
from edge_app.live.following import Following
from edge_app.live.worker import Worker, WorkerLimits
from edge_app.reader import Reader
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device


def frames_of(*images):
    for count, image in enumerate(images):
        yield Frame(image, float(count))


def working(frames, reader, *, limit_s=None, open_reader=None, is_live=False):
    return Worker(
        frames,
        open_reader or (lambda: reader),
        reader=reader,
        following=Following(is_moving=False),
        is_live=is_live,
        limit_s=limit_s,
    )


def taken(worker, limit_s=60.0):
    """The next reading, or `None` at the end."""
    ends_s = time.monotonic() + limit_s
    while time.monotonic() < ends_s:
        if (read := worker.take(0.05)) is not None:
            return read
        if worker.is_over:
            return None
    raise AssertionError("nothing was read")


def test_every_frame_is_read_in_order(reader):
    scenes = [Scene(seed=seed) for seed in (1, 2, 3)]
    worker = working(
        frames_of(*(drawn_scene.frame(0.0)[0] for drawn_scene in scenes)), reader
    )
    for count, scene in enumerate(scenes):
        read = taken(worker)
        assert read.frame.time_s == count
        assert [number.text for number in read.reading.numbers] == scene.numbers
    assert taken(worker) is None
    worker.close()


@pytest.mark.parametrize(("is_live", "age_ms"), [(True, 750), (False, 250)])
def test_age_is_that_of_a_capture_or_of_taking_a_picture_up(
    reader, monkeypatch, is_live, age_ms
):
    clock = Clock()
    monkeypatch.setattr(worker_module, "time", clock)
    page = Scene(seed=1).frame(0.0)[0]
    read = reader.read(page)

    class Slow:
        def read(self, _):
            clock.sleep(0.25)
            return read

    frames = iter([Frame(page, clock.now_s - 0.5)])
    worker = working(frames, Slow(), is_live=is_live)
    assert taken(worker).age_ms == age_ms
    worker.close()


def test_a_frame_that_takes_too_long_is_given_up(reader, caplog, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(worker_module, "time", clock)
    page = Scene(seed=1).frame(0.0)[0]
    slow = page_of_print(4000, 3000)  # a quarter of a minute
    begun = []

    def frames():
        for frame in frames_of(slow, page, slow, slow, page):
            begun.append(frame)
            yield frame

    worker = working(frames(), reader, limit_s=2)
    real_take, late = worker.take, []

    def take(timeout_s):
        """Take, while time passes once in each of the slow frames."""
        # In this order: it may be done with one and begin the next in between.
        is_slow = begun and begun[-1].image is slow and worker._hand.is_reading
        if is_slow and len(begun) not in late:
            late.append(len(begun))
            clock.sleep(3)
        return real_take(timeout_s)

    worker.take = take
    assert [taken(worker).frame.time_s for _ in range(2)] == [1, 4]
    assert worker.num_given_up == 3
    assert worker.fault is None  # since the last one was read
    assert "frames take longer than 2 s to read" in caplog.text
    assert len(caplog.records) == 2  # not one a frame
    assert taken(worker) is None
    worker.close()


def test_a_frame_that_is_done_as_it_would_be_given_up(reader):
    page = Scene(seed=1).frame(0.0)[0]
    read = reader.read(page)
    may_end, has_ended = threading.Event(), threading.Event()

    class Quick:
        def read(self, _):
            may_end.wait()
            has_ended.set()
            return read

    worker = working(frames_of(page, page), Quick(), limit_s=60)
    wait_until(lambda: worker._hand.is_reading)
    with worker._changed:
        may_end.set()
        assert has_ended.wait(60)
        time.sleep(0.1)  # in which it leaves the frame, if it can
        worker._hand.due_s = 0.0
        worker._look_after_thread()
    # Whether it was given up or not: the next one is read.
    while (last := taken(worker)).frame.time_s == 0:
        pass
    assert last.frame.time_s == 1
    worker.close()


def test_without_a_limit_it_takes_what_it_takes(reader):
    may_end = threading.Event()

    class Slow:
        def read(self, image):
            may_end.wait()
            return reader.read(image)

    worker = working(frames_of(Scene(seed=1).frame(0.0)[0]), Slow())
    for _ in range(3):
        assert worker.take(0.005) is None  # and who takes does other things
    may_end.set()
    assert taken(worker).frame.time_s == 0
    assert worker.num_given_up == 0
    worker.close()


class Hanging:
    """A reader in a library's call that does not return before it is told to."""

    def __init__(self, release):
        self._release = release

    def read(self, _image):
        self._release.acquire()


def test_a_call_that_does_not_return_is_left_behind(reader, monkeypatch):
    monkeypatch.setattr(worker_module, "_WORKER", WorkerLimits(grace_s=0.1))
    release = threading.Lock()
    release.acquire()
    page = Scene(seed=1).frame(0.0)[0]
    worker = working(
        frames_of(page, page), Hanging(release), limit_s=5, open_reader=lambda: reader
    )
    worker._hand.due_s = 0.0  # rather than wait for it
    assert taken(worker).frame.time_s == 1
    assert worker.num_given_up == 1
    release.release()
    assert taken(worker) is None
    worker.close()


def test_calls_that_never_return_end_the_program(monkeypatch):
    monkeypatch.setattr(worker_module, "_WORKER", WorkerLimits(grace_s=0.1))
    release = threading.Lock()
    release.acquire()
    hanging = Hanging(release)
    page = np.zeros((8, 8, 3), np.uint8)
    worker = working(frames_of(*[page] * 9), hanging, limit_s=0.1)
    with pytest.raises(EdgeDigitsError, match="3 frames hang"):
        taken(worker)
    release.release()
    worker.close()


def test_errors_of_the_source_come_after_its_frames(reader):
    def failing():
        yield Frame(np.zeros((8, 8, 3), np.uint8), 0.0)
        raise CameraError("broke off")

    worker = working(failing(), reader)
    assert taken(worker).frame.time_s == 0
    with pytest.raises(CameraError, match="broke off"):
        taken(worker)
    worker.close()


def test_closing_ends_the_thread_in_the_middle_of_a_frame():
    from edge_app.model import classify

    reader = Reader(classify.load())
    slow = page_of_print(1920, 1080)
    worker = working(frames_of(*itertools.repeat(slow, 20)), reader)
    while not worker._hand.is_reading:
        time.sleep(0.01)
    worker.close()
    worker._hand.thread.join(60)
    assert not worker._hand.thread.is_alive()
