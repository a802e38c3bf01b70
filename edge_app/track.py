"""What happens to numbers over time.

Digits are followed from frame to frame, and what the model says of each is averaged
over time, in seconds, so that a slow camera and a fast one read alike.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app import assign, grouping
from edge_app.classify import NUM_DIGITS
from edge_app.geometry import Box
from edge_app.grouping import Number
from edge_app.reading import Digit, Reading

EventKind = Literal["appeared", "settled", "changed", "gone"]

_MEMORY_S = 0.5  # how long what was seen counts: by then its weight is 1/e
_HELD_S = 0.6  # a digit that is missed for a moment is still there
_LONGEST_GAP_S = 2.0  # between two frames, or nothing is known any more
_COVERED = 0.25  # of a digit that is not seen, by one that is: it is there no more
_SHOWN_S = 0.1  # a digit must be there for so long, or it is a flicker
_GONE_S = 1.0  # a number that is missed for so long is gone
_SETTLED_S = 0.25  # a number that reads the same for so long is sure
_SURE = 0.6  # averaged probability of the least sure digit of a settled number
_LEAD = 0.1  # how much likelier another label must be to take the place of one shown
_SHORTEST_S = 1 / 100  # what a frame stands for at least


@dataclass(frozen=True)
class Event:
    """Something that happened to a number before the camera.

    Attributes:
        kind: `appeared`: seen for the first time. `settled`: what it reads is sure.
            `changed`: a settled number now reads otherwise. `gone`: no longer seen.
        time_s: When, in seconds of the source's clock.
        number_id: The same for all events of one number, never used again.
        text: Its labels from left to right.
        confidence: Of the least sure digit, 0..1.
        box_xywh: Where it was seen last, in pixels of the frame.
    """

    kind: EventKind
    time_s: float
    number_id: int
    text: str
    confidence: float
    box_xywh: Box


@dataclass
class _TrackedDigit:
    """A digit that was seen in several frames.

    `evidence` is the sum of the probabilities that the model gave each label, each
    weighted with the time it stands for and how recent it is; `weight` is the sum of
    those weights.
    """

    digit: Digit
    first_s: float
    last_s: float
    label: int
    evidence: NDArray[np.float64] = field(default_factory=lambda: np.zeros(NUM_DIGITS))
    weight: float = 0.0
    number_id: int = 0

    def see(self, digit: Digit, elapsed_s: float) -> None:
        kept = math.exp(-max(elapsed_s, _SHORTEST_S) / _MEMORY_S)
        self.evidence = kept * self.evidence + (1 - kept) * _probabilities(digit)
        self.weight = kept * self.weight + (1 - kept)
        self.digit = digit
        likeliest = int(self.evidence.argmax())
        lead = (self.evidence[likeliest] - self.evidence[self.label]) / self.weight
        if lead > _LEAD:
            self.label = likeliest

    def steadied(self) -> Digit:
        confidence = float(self.evidence[self.label] / self.weight)
        return replace(self.digit, label=self.label, confidence=confidence)


@dataclass
class _TrackedNumber:
    number_id: int
    text: str
    since_s: float  # since when it reads that
    last_s: float = 0.0
    confidence: float = 0.0
    box_xywh: Box = (0, 0, 0, 0)
    settled: str | None = None  # what it read when it was sure last

    def see(self, confidence: float, box_xywh: Box, time_s: float) -> None:
        self.confidence, self.box_xywh, self.last_s = confidence, box_xywh, time_s

    def becomes_sure(self, time_s: float) -> bool:
        lasted = time_s - self.since_s >= _SETTLED_S
        return lasted and self.confidence >= _SURE and self.text != self.settled

    def event(self, kind: EventKind, time_s: float) -> Event:
        number = self.number_id, self.text, round(self.confidence, 4), self.box_xywh
        return Event(kind, time_s, *number)


class Tracker:
    """Follows the digits and numbers of a camera's frames."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._digits: list[_TrackedDigit] = []
        self._numbers: dict[int, _TrackedNumber] = {}
        self._ids = count(1)
        self._started_s: float | None = None
        self._last_s = 0.0
        self._velocity = np.zeros(2)  # of the page, in pixels a second

    def update(
        self, reading: Reading, time_s: float
    ) -> tuple[Reading, tuple[Event, ...]]:
        """What is there, by this frame and those before it, and what happened.

        Args:
            reading: Of the next frame.
            time_s: When that was captured.

        Returns:
            The reading with digits that do not flicker, and with averaged confidences;
            and the events.
        """
        if self._started_s is None:
            self._started_s = self._last_s = time_s
        rejects = self._follow(reading, time_s)
        self._last_s = time_s
        shown = [each for each in self._digits if self._is_shown(each)]
        boxes = [each.digit.box_xywh for each in shown]
        labels = [each.label for each in shown]
        groups = grouping.reading_order(boxes)
        numbers = [grouping.number(group, labels, boxes) for group in groups]
        events = tuple(self._events(shown, numbers, time_s))
        return _steadied(reading, shown, numbers, rejects), events

    def _is_shown(self, tracked: _TrackedDigit) -> bool:
        # What is there at the very start has nothing to wait for.
        at_start = tracked.first_s == self._started_s
        return at_start or tracked.last_s - tracked.first_s >= _SHOWN_S

    def _follow(self, reading: Reading, time_s: float) -> tuple[Digit, ...]:
        """Take the frame's digits into the tracked ones; the rejects that are left."""
        elapsed_s = max(0.0, time_s - self._last_s)
        held_s = max(_HELD_S, min(elapsed_s, _LONGEST_GAP_S))
        known = [each for each in self._digits if time_s - each.last_s <= held_s]
        # A digit may be rejected for a moment: that continues it, but begins none.
        seen = [*reading.digits, *reading.rejects]
        moved = self._velocity * elapsed_s
        pairs = assign.assigned(
            [each.digit.box_xywh for each in known],
            [digit.box_xywh for digit in seen],
            moved,
        )
        shifts = [
            _centre(seen[new].box_xywh) - _centre(known[old].digit.box_xywh)
            for old, new in pairs.items()
        ]
        shift = np.median(shifts, axis=0) if shifts else np.zeros(2)
        if elapsed_s > 0:
            self._velocity = shift / elapsed_s
        for old, tracked in enumerate(known):
            if (new := pairs.get(old)) is None:
                tracked.digit = _shifted(tracked.digit, shift)
                continue
            tracked.see(seen[new], elapsed_s)
            if new < len(reading.digits):
                tracked.last_s = time_s
        taken = set(pairs.values())
        known = self._still_there(known, pairs, reading)
        for new, digit in enumerate(reading.digits):
            if new not in taken:
                begun = _TrackedDigit(digit, time_s, time_s, digit.label)
                begun.see(digit, elapsed_s)
                known.append(begun)
        self._digits = known
        first = len(reading.digits)
        return tuple(
            digit
            for new, digit in enumerate(reading.rejects, first)
            if new not in taken
        )

    def _still_there(
        self,
        known: list[_TrackedDigit],
        pairs: dict[int, int],
        reading: Reading,
    ) -> list[_TrackedDigit]:
        """The tracked digits without those in whose place something else is seen.

        A digit that is not read for a moment is kept; but not beside the digits of
        another page.
        """
        num_new = sum(new not in pairs.values() for new in range(len(reading.digits)))
        unseen = len(known) - len(pairs)
        is_other_page = num_new > len(pairs) and unseen > len(pairs)
        return [
            each
            for old, each in enumerate(known)
            if old in pairs
            or not (is_other_page or _is_covered(each.digit, reading.digits))
        ]

    def _events(
        self, shown: Sequence[_TrackedDigit], numbers: Sequence[Number], time_s: float
    ) -> Iterator[Event]:
        """What happened to the numbers, each of which is some of `shown`."""
        members = [[shown[index] for index in number.digits] for number in numbers]
        ids = self._identified(members)
        for number, own, number_id in zip(numbers, members, ids, strict=True):
            confidence = min(each.steadied().confidence for each in own)
            first_s = max(each.first_s for each in own)
            last_s = max(each.last_s for each in own)
            tracked = self._numbers.get(number_id)
            if tracked is None:
                tracked = _TrackedNumber(number_id, number.text, first_s)
                self._numbers[number_id] = tracked
                tracked.see(confidence, number.box_xywh, last_s)
                yield tracked.event("appeared", time_s)
            if number.text != tracked.text:
                tracked.text, tracked.since_s = number.text, time_s
            tracked.see(confidence, number.box_xywh, last_s)
            if tracked.becomes_sure(time_s):
                kind: EventKind = "settled" if tracked.settled is None else "changed"
                tracked.settled = tracked.text
                yield tracked.event(kind, time_s)
        for number_id in set(self._numbers) - set(ids):
            if time_s - self._numbers[number_id].last_s >= _GONE_S:
                yield self._numbers.pop(number_id).event("gone", time_s)

    def _identified(self, groups: Sequence[Sequence[_TrackedDigit]]) -> list[int]:
        """The identity of each group: that of the number most of its digits were of."""
        votes = [
            (votes, number_id, index)
            for index, group in enumerate(groups)
            for number_id, votes in Counter(each.number_id for each in group).items()
            if number_id in self._numbers
        ]
        ids: dict[int, int] = {}
        for _, number_id, index in sorted(votes, key=lambda vote: -vote[0]):
            if index not in ids and number_id not in ids.values():
                ids[index] = number_id
        for index, group in enumerate(groups):
            if index not in ids:
                ids[index] = next(self._ids)
            for each in group:
                each.number_id = ids[index]
        return [ids[index] for index in range(len(groups))]


def _steadied(
    reading: Reading,
    shown: Sequence[_TrackedDigit],
    numbers: Iterable[Number],
    rejects: tuple[Digit, ...],
) -> Reading:
    """The reading with the tracked digits instead of its own, in reading order."""
    digits: list[Digit] = []
    renumbered = []
    for number in numbers:
        first = len(digits)
        digits += [shown[index].steadied() for index in number.digits]
        own = tuple(range(first, len(digits)))
        renumbered.append(replace(number, digits=own))
    return replace(
        reading, digits=tuple(digits), numbers=tuple(renumbered), rejects=rejects
    )


def _probabilities(digit: Digit) -> NDArray[np.float64]:
    """`(10,)`: what the model says of each label, as far as the digit tells."""
    rest = (1 - digit.confidence) / (NUM_DIGITS - 1)
    probabilities = np.full(NUM_DIGITS, rest)
    probabilities[digit.label] = digit.confidence
    for label, probability in getattr(digit, "alternatives", ()):
        probabilities[label] = probability
    return probabilities


def _is_covered(digit: Digit, by: Iterable[Digit]) -> bool:
    """Whether another digit's box covers a good part of a digit's."""
    x, y, width, height = digit.box_xywh
    for other in by:
        other_x, other_y, other_width, other_height = other.box_xywh
        across = min(x + width, other_x + other_width) - max(x, other_x)
        down = min(y + height, other_y + other_height) - max(y, other_y)
        if min(across, down) > 0 and across * down >= _COVERED * width * height:
            return True
    return False


def _centre(box: Box) -> NDArray[np.float64]:
    x, y, width, height = box
    return np.array([x + width / 2, y + height / 2])


def _shifted(digit: Digit, shift: NDArray[np.float64]) -> Digit:
    """Return a digit where it would be in a frame that does not show it."""
    x, y, width, height = digit.box_xywh
    box = round(x + shift[0]), round(y + shift[1]), width, height
    return replace(digit, box_xywh=box, ink=None)
