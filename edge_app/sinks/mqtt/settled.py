"""The numbers that are settled now, by the events that tell of them."""

from collections.abc import Iterable
from dataclasses import replace

from edge_app.common.geometry import Box
from edge_app.layout import grouping
from edge_app.layout.grouping import Number
from edge_app.live.tracking.track import Event
from edge_app.reading import Reading


class Settled:
    """Follows events; what is only about to settle, or to change, is not among it."""

    def __init__(self) -> None:
        """Begin with nothing settled."""
        self._numbers: dict[int, Event] = {}

    def follow(self, events: Iterable[Event]) -> None:
        """Take what happened."""
        for event in events:
            if event.kind in ("settled", "changed"):
                self._numbers[event.number_id] = event
            elif event.kind == "gone":
                self._numbers.pop(event.number_id, None)

    def now(self, reading: Reading) -> list[Event]:
        """Return the settled numbers in reading order.

        Args:
            reading: Of the last frame: numbers may have moved since they settled.

        Returns:
            The event by which each of them settled or changed last, its place that
            where the number is now.
        """
        events = []
        for number_id, event in self._numbers.items():
            moved = replace(event, box_xywh=_box_now(event, reading))
            self._numbers[number_id] = moved
            events.append(moved)
        order = grouping.reading_order([event.box_xywh for event in events])
        return [events[index] for group in order for index in group]


def _box_now(event: Event, reading: Reading) -> Box:
    """Return where a number is: the nearest place that reads the same, if any does."""
    same = [number for number in reading.numbers if number.text == event.text]
    if not same:
        return event.box_xywh

    def distance(number: Number) -> int:
        here, there = number.box_xywh, event.box_xywh
        return abs(here[0] - there[0]) + abs(here[1] - there[1])

    return min(same, key=distance).box_xywh
