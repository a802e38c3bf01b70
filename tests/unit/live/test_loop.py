"""What happens with each reading, and while there is none."""

from itertools import chain

import numpy as np
import pytest
from clocks import Clock
from tracks import number, reading

from edge_app.live import loop as loop_module
from edge_app.live.ending import Ending
from edge_app.live.following import Following
from edge_app.live.loop import Loop
from edge_app.live.service import Service
from edge_app.live.worker import Read
from edge_app.sinks import Sinks
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device

IMAGE = np.zeros((8, 8, 3), np.uint8)


class Script:
    """A source and its worker: what comes of one `take` after the other."""

    name, player, is_moving = "script", None, True

    def __init__(self, *steps, clock=None):
        self.fault, self.num_given_up, self.is_over = None, 0, False
        self._steps, self._clock = list(steps), clock

    def take(self, timeout_s):
        if self._clock is not None:
            self._clock.sleep(timeout_s)
        if not self._steps:
            self.is_over = True
            return None
        step = self._steps.pop(0)
        if isinstance(step, Read):
            self.fault = None
            return step
        if step == "slow":
            self.num_given_up += 1
        else:
            self.fault = step
        return None


class Worker:
    """The reading of a script, whose faults are the source's."""

    fault = None

    def __init__(self, script):
        self._script = script

    def __getattr__(self, name):
        return getattr(self._script, name)


class Recorder:
    """A sink that keeps what it is told."""

    def __init__(self, most=100):
        self.received, self._most = [], most

    @property
    def updates(self):
        return [call for call in self.received if not isinstance(call, tuple)]

    def write(self, update):
        self.received.append(update)
        return len(self.updates) < self._most

    def wait(self, fault):
        self.received.append(("wait", fault))
        return True

    def reconnected(self):
        self.received.append(("reconnected",))

    def given_up(self):
        self.received.append(("given up",))

    def close(self):
        pass


class Shows(Recorder):
    """A view that shows once more what stays."""

    def repeat(self, update):
        self.received.append(("repeat", update.frame.time_s))


class Heard(Service):
    """A service manager that keeps what it hears."""

    def __init__(self):
        self.heard = []

    def ready(self):
        self.heard.append("ready")

    def alive(self, status):
        self.heard.append(status)

    def stopping(self):
        self.heard.append("stopping")


def read(time_s, *texts, name=None, following=None):
    digits = [number(text, y=100 * n) for n, text in enumerate(texts or ["12"], 1)]
    frame, found = Frame(IMAGE, time_s, name), reading(*chain(*digits))
    events = ()
    if following is not None:
        found, events = following.follow(frame, found)
    return Read(frame, found, events, 5.0)


def ran(script, *kept, view=None, following=None, max_frames=None, ending=None):
    heard = Heard()
    Loop(
        script,
        Worker(script),
        following or Following(is_moving=True),
        Sinks(list(kept), view),
        max_frames=max_frames,
        service=heard,
    ).run(ending or Ending())
    return heard.heard


def test_each_reading_goes_to_all_sinks():
    sinks = Recorder(), Recorder()
    heard = ran(Script(read(0.0), read(0.1)), *sinks, view=(view := Recorder()))
    for sink in (*sinks, view):
        assert [update.frame.time_s for update in sink.updates] == [0.0, 0.1]
        assert {update.source for update in sink.updates} == {"script"}
    assert heard[0] == "ready"
    assert set(heard[1:-1]) == {"reading script"}
    assert heard[-1] == "stopping"


def test_it_ends_when_it_is_told_to():
    steps = [read(n / 10) for n in range(9)]
    ran(Script(*steps), sink := Recorder(), max_frames=2)
    assert len(sink.updates) == 2
    ran(
        Script(*steps), sink := Recorder(), view=Recorder(most=3)
    )  # its window is closed
    assert len(sink.updates) == 3
    ending = Ending()
    ending._asked.set()  # as a signal does
    ran(Script(*steps), sink := Recorder(), ending=ending)
    assert sink.updates == []


def test_a_fault_is_told_until_it_is_over():
    steps = "unplugged", "unplugged", read(1.0), read(1.1)
    heard = ran(Script(*steps), sink := Recorder())
    first = sink.updates[0]
    assert sink.received[: sink.received.index(first)] == [
        ("wait", "unplugged"), ("wait", "unplugged"), ("wait", None)
    ]  # fmt: skip
    assert heard[2:4] == ["unplugged", "unplugged"]


@pytest.mark.parametrize(("was_there", "count"), [(True, 1), (False, 0)])
def test_only_a_source_that_was_there_can_be_lost(was_there, count):
    steps = [read(0.0)] * was_there + ["unplugged", "unplugged", read(1.0)]
    ran(Script(*steps), sink := Recorder())
    assert sink.received.count(("reconnected",)) == count


def test_numbers_are_gone_while_no_frame_can_show_them(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(loop_module, "time", clock)
    following = Following(is_moving=True)
    steps = [read(n / 10, following=following) for n in range(9)]
    script = Script(*steps, *["unplugged"] * 20, clock=clock)
    ran(script, sink := Recorder(), following=following)
    *_, last = sink.updates
    assert last.reading.numbers == ()
    assert [(event.kind, event.text) for event in last.events] == [("gone", "12")]
    assert last.age_ms == pytest.approx(5 + 1000 * (last.events[0].time_s - 0.8))
    assert len(sink.updates) == len(steps) + 1  # told once


class Gone(Recorder):
    """A sink that keeps what is gone: its text, what the clock shows, time and age."""

    def __init__(self, clock):
        super().__init__()
        self.gone, self._clock = [], clock

    def write(self, update):
        for event in update.events:
            if event.kind == "gone":
                times = self._clock.now_s, event.time_s, update.age_ms
                self.gone.append((event.text, pytest.approx(times)))
        return super().write(update)


def test_each_that_is_gone_is_told_by_the_time_since_the_last_frame(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(loop_module, "time", clock)
    following = Following(is_moving=True)
    both = [read(n / 10, "34", "12", following=following) for n in range(9)]
    one = [read(0.9 + n / 10, "34", following=following) for n in range(5)]
    script = Script(*both, *one, *["unplugged"] * 20, clock=clock)
    ran(script, sink := Gone(clock), following=following)
    # The last frame was captured at 1.3 s, which is 1001.4 s here; its age was 5 ms.
    assert sink.gone == [
        ("12", (1001.9, 1.8, 505)),
        ("34", (1002.4, 2.3, 1005)),
    ]


def test_frames_that_are_given_up_are_counted():
    ran(Script("slow", "slow", read(1.0)), sink := Recorder())
    assert sink.received.count(("given up",)) == 2


def test_a_picture_that_is_seen_again_is_not_recorded_again():
    names = "a.png", "b.png", "a.png", None, None
    steps = [read(float(n), name=name) for n, name in enumerate(names)]
    ran(Script(*steps), kept := Recorder(), view=(view := Recorder()))
    assert [update.frame.time_s for update in kept.updates] == [0, 1, 3, 4]
    assert [update.frame.time_s for update in view.updates] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("ends", [False, True])
def test_what_somebody_looks_at_stays(monkeypatch, caplog, ends):
    clock = Clock()
    monkeypatch.setattr(loop_module, "time", clock)
    script = Script(read(0.0), *([] if ends else [None] * 40), clock=clock)
    script.player, script.is_moving = object(), ends
    ending = Ending()
    monkeypatch.setattr(
        Heard, "alive", lambda *_: clock.now_s >= 1003.5 and ending._asked.set()
    )
    ran(script, kept := Recorder(), view=(view := Shows()), ending=ending)
    assert view.received[1:] == [("repeat", 0.0)] * 3  # once a second
    assert len(kept.updates) == 1
    assert caplog.text.count("ended; shown until you quit") == int(ends)
