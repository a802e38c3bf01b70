"""The numbers that are shown: digits of a page that were read together.

Only those that were read as a number in one frame, just so: what is left of a number
while some of its digits are missed, not yet believed or about to be replaced stands on
no page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge_app.layout import grouping
from edge_app.layout.grouping import Number
from edge_app.live.tracking.tracked_digit import TrackedDigit
from edge_app.live.tracking.tracked_page import TrackedPage
from edge_app.live.tracking.tracking_limits import TRACKING

Key = tuple[tuple[TrackedDigit, ...], tuple[tuple[int, str], ...]]


@dataclass(eq=False)
class DigitGroup:
    """Digits that were read as a number.

    Attributes:
        digits: From left to right.
        signs: The separators between them, by how many digits stand before them.
        first_s: When they were first read so.
        last_s: When they were last read so.
    """

    digits: tuple[TrackedDigit, ...]
    signs: Mapping[int, str]
    first_s: float
    last_s: float

    @property
    def key(self) -> Key:
        """Return what tells it from all others: its digits and separators."""
        return self.digits, tuple(self.signs.items())

    def shares_digits(self, other: "DigitGroup") -> bool:
        """Return whether a digit belongs to both."""
        return not set(self.digits).isdisjoint(other.digits)

    def has_lasted(self, started_s: float) -> bool:
        """Return whether neither it nor any of its digits is a flicker.

        Args:
            started_s: When the first frame of all was captured: what that showed has
                nothing to wait for.
        """
        return self.first_s == started_s or (
            self.last_s - self.first_s >= TRACKING.flicker_s
            and all(digit.has_lasted for digit in self.digits)
        )

    def replaced_after_s(self, other: "DigitGroup") -> float:
        """Return after how many seconds without being read another one replaces it."""
        if self.digits == other.digits:  # a separator may be missed as a digit may
            return (
                TRACKING.flicker_s
                if self.signs.items() < other.signs.items()
                else TRACKING.digit_held_s
            )
        if set(self.digits) < set(other.digits):
            # A digit that was added has lasted, unless it comes and goes.
            return TRACKING.flicker_s if self.last_s > other.first_s else 0.0
        return TRACKING.regrouped_s


class ShownNumbers:
    """The numbers of the page before the camera that are shown."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._shown: list[DigitGroup] = []
        self._read: dict[Key, DigitGroup] = {}  # lately, shown or not

    def remember(
        self, numbers: Sequence[Number], page: TrackedPage, time_s: float
    ) -> None:
        """Take what was read in a frame, be the page it shows before the camera or not.

        Args:
            numbers: As they were read.
            page: Which followed the frame.
            time_s: When it was captured.
        """
        held_s = max(TRACKING.digit_held_s, page.elapsed_s)
        self._read = {
            key: group
            for key, group in self._read.items()
            if group.last_s >= time_s - held_s
        }
        for number in numbers:
            group = _group(number, page, time_s)
            self._read.setdefault(group.key, group).last_s = time_s

    def shown(
        self, page: TrackedPage, time_s: float, started_s: float
    ) -> list[DigitGroup]:
        """Return the groups of digits that are shown, in reading order.

        Args:
            page: What is before the camera.
            time_s: When the frame was captured.
            started_s: When the first one was.
        """
        if not page.is_in_view(time_s):
            self._shown = []
        elif page.seen_s == time_s:  # else it stays as it was: nothing of it is seen
            self._shown = self._chosen(page, time_s, started_s)
        return self._shown

    def _chosen(
        self, page: TrackedPage, time_s: float, started_s: float
    ) -> list[DigitGroup]:
        present = set(page.digits)
        kept = [group for group in self._shown if present.issuperset(group.digits)]
        lacking = _beside_missed(page, time_s)
        for group in self._read.values():
            is_new = group.last_s == time_s and group not in kept
            if not is_new or not group.has_lasted(started_s):
                continue
            if not lacking.isdisjoint(group.digits):
                continue
            before = [shown for shown in kept if shown.shares_digits(group)]
            # Numbers that are joined are read otherwise, not written on.
            least_s = TRACKING.regrouped_s if len(before) > 1 else 0.0
            if all(
                time_s - shown.last_s >= max(least_s, shown.replaced_after_s(group))
                for shown in before
            ):
                kept = [shown for shown in kept if shown not in before] + [group]
        return _in_reading_order(kept)


def _group(number: Number, page: TrackedPage, time_s: float) -> DigitGroup:
    """Return the digits of a number that was read in this frame of the page."""
    digits = tuple(page.read[index] for index in number.digits)
    return DigitGroup(digits, number.separators, time_s, time_s)


def _beside_missed(page: TrackedPage, time_s: float) -> set[TrackedDigit]:
    """Return the digits whose numbers have others that were missed in this frame."""
    missed = {digit for digit in page.digits if page.misses(digit, time_s)}
    if not missed:
        return set()
    digits = [*page.read.values(), *missed]
    groups = grouping.reading_order([digit.digit.box_xywh for digit in digits])
    numbers = [{digits[index] for index in group} for group in groups]
    return set().union(*(number for number in numbers if not missed.isdisjoint(number)))


def _in_reading_order(groups: Sequence[DigitGroup]) -> list[DigitGroup]:
    digits = [digit for group in groups for digit in group.digits]
    order = grouping.reading_order([digit.digit.box_xywh for digit in digits])
    place = {digits[i]: n for n, i in enumerate(i for group in order for i in group)}
    return sorted(groups, key=lambda group: place[group.digits[0]])
