"""The tracking of numbers over time.

Digits are followed from frame to frame, and what the model says of each is averaged
over time, in seconds, so that a slow camera and a fast one read alike.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

from edge_app.common.geometry import Box
from edge_app.layout import grouping
from edge_app.layout.grouping import Number
from edge_app.live.fields.values.value import FieldReading
from edge_app.live.tracking.shown_numbers import DigitGroup, ShownNumbers
from edge_app.live.tracking.sighting import Sighting, sightings
from edge_app.live.tracking.tracked_digit import TrackedDigit
from edge_app.live.tracking.tracked_page import TrackedPage
from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.reading import Digit, Reading

EventKind = Literal["appeared", "settled", "changed", "gone", "fault"]


@dataclass(frozen=True)
class Event:
    """Something that happened to a number before the camera.

    Attributes:
        kind: `appeared`: seen for the first time. `settled`: what it reads is sure.
            `changed`: a settled number now reads otherwise. `gone`: no longer seen.
            `fault`: a field has no number that can be believed.
        time_s: When, in seconds of the source's clock.
        number_id: The same for all events of one number, never used again.
        text: Its labels from left to right.
        confidence: Of the least sure digit, 0..1.
        box_xywh: Where it was seen last, in pixels of the frame.
        field: Whose number it is, where there are fields.
    """

    kind: EventKind
    time_s: float
    number_id: int
    text: str
    confidence: float
    box_xywh: Box
    field: FieldReading | None = field(default=None, compare=False)


@dataclass
class _TrackedNumber:
    number_id: int
    text: str
    since_s: float  # since when it reads that
    last_s: float = 0.0
    confidence: float = 0.0
    box_xywh: Box = (0, 0, 0, 0)
    num_digits: int = 0
    rests_s: float = math.inf  # when all its digits will have rested, as they are now
    settled: str | None = None  # what it read when it was sure last

    def see(
        self, number: Number, digits: Sequence[TrackedDigit], rested_s: float
    ) -> None:
        self.confidence = min(digit.steadied().confidence for digit in digits)
        self.box_xywh, self.num_digits = number.box_xywh, len(digits)
        self.last_s = max(digit.last_s for digit in digits)
        self.rests_s = max(_rests_s(digit, rested_s) for digit in digits)

    def becomes_sure(self, time_s: float) -> bool:
        lasted = time_s >= max(self.since_s + TRACKING.settled_s, self.rests_s)
        return (
            lasted
            and self.confidence >= TRACKING.settled_confidence
            and self.text != self.settled
        )

    def event(self, kind: EventKind, time_s: float) -> Event:
        number = self.number_id, self.text, round(self.confidence, 4), self.box_xywh
        return Event(kind, time_s, *number)


def _rests_s(digit: TrackedDigit, rested_s: float) -> float:
    """Return when a digit will have looked for long enough as it does now."""
    if digit.rival is not None:
        return math.inf
    return max(digit.first_s + TRACKING.settled_s, digit.written_s + rested_s)


class Tracker:
    """Follows the digits and numbers of a camera's frames.

    Examples:
        >>> from edge_app import Reader, open_source
        >>> reader, tracker = Reader(), Tracker()
        >>> source = open_source("demo")
        >>> for frame in source.frames():
        ...     reading = reader.read(frame.image)
        ...     steady, events = tracker.update(reading, frame.followed_s)
        ...     if events:
        ...         break
        >>> events[0].kind
        'appeared'
        >>> source.close()
    """

    def __init__(self, *, rested_s: float = TRACKING.rested_s) -> None:
        """Follow nothing yet.

        Args:
            rested_s: Seconds after its last ink that a digit that was seen being
                written settles.
        """
        self._rested_s = rested_s
        self._page: TrackedPage | None = None
        self._next_page: TrackedPage | None = None  # until that has lasted
        self._shown = ShownNumbers()
        self._numbers: dict[int, _TrackedNumber] = {}
        self._ids = count(1)
        self._started_s = 0.0

    def update(
        self, reading: Reading, time_s: float
    ) -> tuple[Reading, tuple[Event, ...]]:
        """Return what is there, by this frame and those before it, and what happened.

        Args:
            reading: Of the next frame.
            time_s: When that was captured.

        Returns:
            The reading with digits that do not flicker, and with averaged confidences;
            and the events.
        """
        if self._page is None:
            self._page, self._started_s = TrackedPage(time_s), time_s
        followed, rejects = self._follow(self._page, sightings(reading), time_s)
        self._shown.remember(reading.numbers, followed, time_s)
        groups = self._shown.shown(self._page, time_s, self._started_s)
        shown = [digit for group in groups for digit in group.digits]
        numbers = _numbers(groups)
        events = tuple(self._events(groups, numbers, time_s))
        return _steadied(reading, shown, numbers, rejects), events

    def _follow(
        self, page: TrackedPage, seen: Sequence[Sighting], time_s: float
    ) -> tuple[TrackedPage, tuple[Digit, ...]]:
        """Return the page that a frame shows, and the frame's rejects that are left.

        A frame that shows another page is not taken for one of this page, nor is this
        page given up before the other one has lasted: it may be a blurred frame. A page
        of which nothing has lasted yet is: that frame itself was blurred, or showed two
        pages at once.
        """
        match = page.match(seen, time_s)
        is_over = not any(tracked.is_digit for tracked in match.known)
        if is_over and self._next_page is not None:
            self._page = page = self._next_page
            match = page.match(seen, time_s)
        if not match.is_other_page:
            self._next_page = None
            return page, page.follow(match, time_s)
        has_lasted = any(tracked.has_lasted for tracked in match.known)
        other = self._next_page or TrackedPage(time_s)
        match = other.match(seen, time_s)
        if match.is_other_page:
            other = TrackedPage(time_s)
            match = other.match(seen, time_s)
        rejects = other.follow(match, time_s)
        if not has_lasted or time_s - other.started_s >= TRACKING.flicker_s:
            self._page, self._next_page = other, None
        else:
            self._next_page = other
        return other, rejects

    def _events(
        self, groups: Sequence[DigitGroup], numbers: Sequence[Number], time_s: float
    ) -> Iterator[Event]:
        """Yield what happened to the numbers, each of which is one of the groups."""
        members = [group.digits for group in groups]
        are_new = [not any(digit.number_id for digit in digits) for digits in members]
        ids = self._identified(members)
        for number, group, is_new, number_id in zip(
            numbers, groups, are_new, ids, strict=True
        ):
            digits = group.digits
            tracked = self._numbers.get(number_id)
            if tracked is None:
                # Made of digits of other numbers, it is younger than these.
                since_s = max(digit.first_s for digit in digits) if is_new else time_s
                tracked = _TrackedNumber(number_id, number.text, since_s)
                self._numbers[number_id] = tracked
                tracked.see(number, digits, self._rested_s)
                yield tracked.event("appeared", time_s)
            if number.text != tracked.text:
                tracked.text, tracked.since_s = number.text, time_s
            tracked.see(number, digits, self._rested_s)
            is_read = group.last_s == time_s
            is_seen = is_read and all(digit.last_s == time_s for digit in digits)
            if is_seen and tracked.becomes_sure(time_s):
                kind: EventKind = "settled" if tracked.settled is None else "changed"
                tracked.settled = tracked.text
                yield tracked.event(kind, time_s)
        for number_id in set(self._numbers) - set(ids):
            if time_s - self._numbers[number_id].last_s >= TRACKING.gone_s:
                yield self._numbers.pop(number_id).event("gone", time_s)

    def _identified(self, groups: Sequence[Sequence[TrackedDigit]]) -> list[int]:
        """Return each group's identity: that of the number with half of its digits.

        And of which it has half the digits: else it is another one.
        """
        votes = [
            (votes, number_id, index)
            for index, group in enumerate(groups)
            for number_id, votes in Counter(digit.number_id for digit in group).items()
            if number_id in self._numbers
            and 2 * votes >= max(len(group), self._numbers[number_id].num_digits)
        ]
        ids: dict[int, int] = {}
        for _, number_id, index in sorted(votes, key=lambda vote: -vote[0]):
            if index not in ids and number_id not in ids.values():
                ids[index] = number_id
        for index, group in enumerate(groups):
            if index not in ids:
                ids[index] = next(self._ids)
            for digit in group:
                digit.number_id = ids[index]
        return [ids[index] for index in range(len(groups))]


def _numbers(groups: Sequence[DigitGroup]) -> list[Number]:
    """Return the numbers that are shown, of all their digits in one row."""
    shown = [digit for group in groups for digit in group.digits]
    boxes = [digit.digit.box_xywh for digit in shown]
    labels = [digit.label for digit in shown]
    numbers, first = [], 0
    for group in groups:
        indexes = range(first, first + len(group.digits))
        numbers.append(grouping.number(indexes, labels, boxes, group.signs))
        first += len(group.digits)
    return numbers


def _steadied(
    reading: Reading,
    shown: Sequence[TrackedDigit],
    numbers: Sequence[Number],
    rejects: tuple[Digit, ...],
) -> Reading:
    """Return the reading with the tracked digits instead of those it came with."""
    digits = tuple(digit.steadied() for digit in shown)
    return replace(reading, digits=digits, numbers=tuple(numbers), rejects=rejects)
