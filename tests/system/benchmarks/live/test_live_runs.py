import contextlib
import itertools
import json
from types import SimpleNamespace

import pytest
from clocks import Clock

from benchmarks.live import live_runs
from edge_app.common.errors import EdgeDigitsError


def test_percentiles_are_rounded():
    ages_ms = [float(n) for n in range(101)]
    found = [live_runs._percentile(ages_ms, percent) for percent in (50, 95, 99)]
    assert found == [50, 95, 99]
    assert live_runs._percentile([1.0, 2.0, 2.26], 75) == 2.1


def test_rows_are_read_until_the_program_ends():
    rows = live_runs._rows(iter(json.dumps({"age_ms": n}) + "\n" for n in (3, 4)))
    assert [next(rows)["age_ms"], next(rows)["age_ms"]] == [3, 4]
    with pytest.raises(EdgeDigitsError, match="run ended by itself; see above"):
        next(rows)


def test_a_real_camera_sends_frames_until_its_block_ends_even_by_an_error():
    with (
        contextlib.suppress(ZeroDivisionError),
        live_runs.camera((320, 240), fps=30) as (url, process),
    ):
        ages_ms = live_runs._ages(url, reader_s=0.0, seconds=1)
        assert process.poll() is None
        1 / 0  # noqa: B018
    # How old they are depends on the machine; of another clock, they would be days.
    assert ages_ms
    assert all(0 <= age_ms < 60_000 for age_ms in ages_ms)
    assert process.poll() is not None


class Waiting:
    """The newest frames of a camera, which passes over those that nobody takes."""

    def __init__(self, clock):
        self._clock = clock

    def frames(self):
        while True:
            yield SimpleNamespace(image=self._clock.now_s)
            yield None  # a moment without one
            self._clock.sleep(1 / 16)

    def close(self):
        self.is_closed = True


def test_a_slow_reader_takes_fewer_frames(monkeypatch):
    clock = Clock(now_s=1024.0)
    newest = Waiting(clock)
    monkeypatch.setattr(live_runs, "time", clock)
    monkeypatch.setattr(live_runs, "open_source", lambda _: None)
    monkeypatch.setattr(live_runs, "Newest", lambda *_: newest)
    monkeypatch.setattr(live_runs, "stamped_age_s", lambda made_s, now_s: 0.25)
    for reader_s, num_frames in ((0, 33), (1 / 16, 17), (15 / 16, 3)):
        # In two seconds, and the one that comes as they end.
        found = live_runs._ages("http://nowhere", reader_s, seconds=2)
        assert found == [250.0] * num_frames
        assert newest.is_closed


class Program:
    """An ``edge-digits run`` whose rows come every tenth of a second, each older."""

    pid, is_ended = 4711, False

    def __init__(self, clock):
        self._clock = clock
        self.stdout = self._lines()

    def _lines(self):
        for age_ms in itertools.count():
            self._clock.sleep(0.1)
            yield json.dumps({"age_ms": age_ms}) + "\n"

    def terminate(self):
        self.is_ended = True

    def wait(self):
        assert self.is_ended

    def cpu_times(self):
        """Half of the time it computes, a tenth of that in the system."""
        return SimpleNamespace(
            user=0.45 * self._clock.now_s, system=0.05 * self._clock.now_s
        )

    def memory_info(self):
        return SimpleNamespace(rss=75 * 2**20)


def test_a_program_is_measured_after_its_first_frames(monkeypatch):
    clock = Clock(now_s=1024.0)
    program = Program(clock)
    monkeypatch.setattr(live_runs, "time", clock)
    monkeypatch.setattr(live_runs.subprocess, "Popen", lambda *_, **__: program)
    monkeypatch.setattr(live_runs.psutil, "Process", {program.pid: program}.get)
    found = live_runs._measured("http://nowhere", (320, 240), 15, seconds=10)
    # The first row, and fifteen that warm it up, had the ages 0 to 15 ms.
    assert found == live_runs.Live(
        frame="320x240",
        camera_fps=15,
        fps=10,
        age_p50_ms=pytest.approx(66, abs=0.6),
        age_p95_ms=pytest.approx(110, abs=1),
        age_p99_ms=pytest.approx(114, abs=1.1),
        cpu_percent=50,
        memory_mb=75,
        first_s=0.1,
    )
    assert program.is_ended


def test_ages_are_summed_up_for_each_reader(monkeypatch):
    waits = []

    def ages(url, reader_s, seconds):
        waits.append((url.partition(":")[0], reader_s, seconds))
        return [10.0, 20.04, 30.26]

    monkeypatch.setattr(live_runs, "_ages", ages)
    monkeypatch.setattr(live_runs, "camera", Nobody)
    first, *_, last = live_runs.ages(5)
    assert waits == [("http", 0.01, 5), ("http", 0.2, 5), ("http", 1.0, 5)]
    assert (first.reader_ms, last.reader_ms) == (10, 1000)
    assert (last.frames, last.age_p50_ms, last.age_last_ms) == (3, 20.0, 30.3)


class Nobody:
    """A camera that need not be there."""

    def __enter__(self):
        return "http://nowhere", None

    def __exit__(self, *_):
        pass
