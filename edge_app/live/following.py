"""Numbers followed from frame to frame, in the thread that reads them."""

import threading
from dataclasses import replace

from edge_app.live.fields.setup import LiveSetup
from edge_app.live.fields.values.field_events import FieldEvents
from edge_app.live.fields.values.kept_values import KeptValues
from edge_app.live.tracking.track import Event, Tracker
from edge_app.reading import Reading
from edge_app.sources.source import Frame

Followed = tuple[Reading, tuple[Event, ...]]


class Following:
    """A tracker for the thread that reads, and for the one that misses its frames."""

    def __init__(
        self,
        *,
        is_moving: bool,
        setup: LiveSetup | None = None,
        kept: KeptValues | None = None,
    ) -> None:
        """Follow, if frames show what the ones before did.

        Args:
            is_moving: Whether they do.
            setup: Says of which fields the values before do not count any more.
            kept: Where fields' values outlive the program, if they do.
        """
        self._values = FieldEvents(is_moving=is_moving, kept=kept)
        self._setup = setup
        self._tracker = Tracker() if is_moving else None
        self._in_use = threading.Lock()

    def follow(self, frame: Frame, reading: Reading) -> Followed:
        """Return the frame's reading, steadied, and what happened; may take a while."""
        if reading.fields:
            forgotten = self._setup.take_forgotten() if self._setup else ()
            fields, events = self._values.follow(reading.fields, frame, forgotten)
            return replace(reading, fields=fields), events
        if self._tracker is None:
            return reading, ()
        with self._in_use:
            return self._tracker.update(reading, frame.followed_s)

    def forget(self, last: Reading, time_s: float) -> Followed:
        """Return what is gone while there is no frame to show it; takes no time.

        Args:
            last: What was read last.
            time_s: Now, by the clock of `Frame.followed_s`.
        """
        still = tuple(replace(field, is_news=False) for field in last.fields)
        nothing = replace(last, digits=(), numbers=(), rejects=(), fields=still)
        # While the other thread follows a frame, nothing is missed.
        if self._tracker is None or not self._in_use.acquire(blocking=False):
            return nothing, ()
        try:
            return self._tracker.update(nothing, time_s)
        finally:
            self._in_use.release()
