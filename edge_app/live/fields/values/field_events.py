"""The events of fields' numbers."""

from collections.abc import Iterable, Iterator
from itertools import count

from edge_app.live.fields.values.kept_values import KeptValues
from edge_app.live.fields.values.steady_values import Values
from edge_app.live.fields.values.value import FieldReading
from edge_app.live.tracking.track import Event
from edge_app.sources.source import Frame


class FieldEvents:
    """Follows fields, and tells of each that has another value or fault than before.

    A value `settled` when it is the first, or the first after a fault; else it
    `changed`.
    """

    def __init__(self, *, is_moving: bool, kept: KeptValues | None = None) -> None:
        """Know nothing yet but what is kept.

        Args:
            is_moving: Whether frames show what the ones before did.
            kept: Where values outlive the program, if they do.
        """
        self._values = Values(is_moving=is_moving, kept=kept)
        self._ids: dict[str, int] = {}
        self._next = count(1)
        self._well: set[str] = set()  # names of fields with a value and no fault

    def follow(
        self, fields: Iterable[FieldReading], frame: Frame, forgotten: Iterable[str]
    ) -> tuple[tuple[FieldReading, ...], tuple[Event, ...]]:
        """Return what is known of the fields after a frame, and what happened."""
        known = self._values.follow(fields, frame, forgotten=forgotten)
        return known, tuple(self._events(known, frame))

    def _events(self, known: Iterable[FieldReading], frame: Frame) -> Iterator[Event]:
        for reading in known:
            if reading.name not in self._ids:
                self._ids[reading.name] = next(self._next)
            if not reading.is_news:
                continue
            yield Event(
                "fault"
                if reading.fault is not None
                else "changed"
                if reading.name in self._well
                else "settled",
                frame.followed_s,
                self._ids[reading.name],
                "" if reading.fault is not None else reading.text or "",
                reading.confidence or 0.0,
                reading.box_xywh,
                reading,
            )
            if reading.fault is None:
                self._well.add(reading.name)
            else:
                self._well.discard(reading.name)
