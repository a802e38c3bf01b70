"""Time that passes when a test says so."""

import threading


class Clock:
    """What a module has for `time`: it stands still, but for who sleeps.

    Attributes:
        now_s: What it shows.
        meanwhile: Called while somebody waits at a `condition` without an end.
    """

    def __init__(self, now_s=1000.0):
        self.now_s = now_s
        self.meanwhile = lambda: None

    def monotonic(self):
        return self.now_s

    perf_counter = monotonic

    def sleep(self, seconds):
        self.now_s += seconds

    def condition(self):
        """A condition at which waits with an end take the clock there."""
        return _Condition(self)


class _Condition(threading.Condition):
    def __init__(self, clock):
        super().__init__()
        self._clock = clock

    def wait_for(self, predicate, timeout=None):
        if not predicate():
            if timeout is None:
                self._clock.meanwhile()
                return super().wait_for(predicate)
            self._clock.sleep(max(0.0, timeout))
        return predicate()
