"""The digits of one page, and whether a frame still shows it."""

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.live.tracking import assign, replaced
from edge_app.live.tracking.sighting import Sighting
from edge_app.live.tracking.tracked_digit import GOES_ON, SightingKind, TrackedDigit
from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.reading import Digit


@dataclass(frozen=True)
class Match:
    """A match of a frame with a page that it would continue.

    Attributes:
        elapsed_s: Since the page's frame before.
        known: The page's digits that may still be there.
        seen: The frame's digits, then its rejects.
        pairs: Index of what is seen at the place of a known digit, by its own.
        kinds: What that is to the known digit, by the same index.
    """

    elapsed_s: float
    known: list[TrackedDigit]
    seen: Sequence[Sighting]
    pairs: dict[int, int]
    kinds: dict[int, SightingKind]

    @property
    def is_other_page(self) -> bool:
        """Return whether most of what is seen is new, and of what was known missing.

        A digit that is not read for a moment is kept; but not beside those of another
        page. What was there for a moment only, as in a frame that was exposed while
        pages changed, says nothing.
        """
        lasted = {old for old, tracked in enumerate(self.known) if tracked.has_lasted}
        counted = lasted or {
            o for o, tracked in enumerate(self.known) if tracked.is_digit
        }
        same = [old for old in counted if self.kinds.get(old) in GOES_ON]
        written = [old for old in counted if self.kinds.get(old) == "written on"]
        going_on = same + written[: TRACKING.num_pens]
        continuing = {self.pairs[old] for old in going_on}
        num_new = sum(
            sighting.is_accepted and new not in continuing
            for new, sighting in enumerate(self.seen)
        )
        return min(num_new, len(counted) - len(going_on)) > len(going_on)

    def shift(self) -> NDArray[np.float64]:
        """Return `(2,)`: how far the page has moved, in pixels."""
        shifts = [
            _center(self.seen[new].digit.box_xywh)
            - _center(self.known[old].digit.box_xywh)
            for old, new in self.pairs.items()
            # What was rejected may be anything.
            if self.known[old].is_digit and self.kinds[old] in GOES_ON
        ]
        return np.median(shifts, axis=0) if shifts else np.zeros(2)


class TrackedPage:
    """The digits on one page, followed from frame to frame."""

    def __init__(self, started_s: float) -> None:
        """Begin a page of which nothing is known.

        Args:
            started_s: When its first frame was captured.
        """
        self.started_s = started_s
        self.seen_s = started_s  # when any of its digits was
        self.digits: list[TrackedDigit] = []
        # The digits that were read in its last frame, by their index in that.
        self.read: dict[int, TrackedDigit] = {}
        self._last_s = started_s
        self.elapsed_s = 0.0  # between its last two frames
        self._velocity = np.zeros(2)  # in pixels a second

    def is_in_view(self, time_s: float) -> bool:
        """Return whether any of it was seen lately."""
        return time_s - self.seen_s <= max(TRACKING.page_held_s, self.elapsed_s)

    def misses(self, digit: TrackedDigit, time_s: float) -> bool:
        """Return whether a digit is there, but was not read in this frame.

        What was no flicker is there as long as it is held; what may yet be none, if it
        was read in the frame before.
        """
        if digit.present(time_s) is not None:
            return False
        before_s = max(TRACKING.flicker_s, 1.5 * self.elapsed_s)
        return digit.has_lasted or (
            digit.is_digit and time_s - digit.last_s <= before_s
        )

    def match(self, seen: Sequence[Sighting], time_s: float) -> Match:
        """Return how a frame would continue the page, which stays as it is."""
        elapsed_s = max(0.0, time_s - self._last_s)
        held_s = max(TRACKING.digit_held_s, min(elapsed_s, TRACKING.longest_gap_s))
        # Digits are missed beside others: while none is seen, all wait alike.
        is_known = time_s - self.seen_s <= held_s
        present = [digit.present(self.seen_s - held_s) for digit in self.digits]
        known = [
            digit
            for digit in present
            if digit is not None
            and (is_known if digit.is_digit else digit.last_s >= time_s - held_s)
        ]
        pairs = assign.assigned(
            [tracked.places for tracked in known],
            [sighting.digit.box_xywh for sighting in seen],
            self._velocity * elapsed_s,
            TRACKING.reject_penalty_heights
            * np.not_equal.outer(
                [tracked.is_digit for tracked in known],
                [sighting.is_accepted for sighting in seen],
            ),
        )
        kinds = {old: known[old].kind(seen[new]) for old, new in pairs.items()}
        return Match(elapsed_s, known, seen, pairs, kinds)

    def _begun(
        self, match: Match, standing: Container[int], time_s: float
    ) -> dict[int, TrackedDigit]:
        """Begin what a frame shows beside what stood there, by its index in that."""
        num_rejects = sum(not sighting.is_accepted for sighting in match.seen)
        begun = {
            new: TrackedDigit.begun(sighting, time_s, match.elapsed_s)
            for new, sighting in enumerate(match.seen)
            if new not in standing
            and (sighting.is_accepted or num_rejects <= TRACKING.most_partial_rejects)
        }
        num_begun = sum(tracked.is_digit for tracked in begun.values())
        is_written = num_begun <= TRACKING.num_pens and self._stands(time_s)
        for tracked in begun.values():
            tracked.was_shown = num_begun > TRACKING.num_pens
            if is_written:
                tracked.written_s = time_s
        return begun

    def _stands(self, time_s: float) -> bool:
        """Return whether the page was there before, so that what comes is written.

        That may happen between two frames, and is not seen to grow then. Had it only
        been missed, it would be held.
        """
        return any(
            time_s - digit.first_s > TRACKING.digit_held_s for digit in self.digits
        )

    def follow(self, match: Match, time_s: float) -> tuple[Digit, ...]:
        """Take a frame as the page's next one; returns its rejects that are left."""
        shift = match.shift()
        if match.elapsed_s > 0:
            self._velocity = shift / match.elapsed_s
        self._last_s, self.elapsed_s = time_s, match.elapsed_s
        digits = {new for old, new in match.pairs.items() if match.known[old].is_digit}
        _go_on(match, shift, time_s)
        _check_written(match.known, time_s)
        standing = {
            new: match.known[old].present(time_s) or match.known[old]
            for old, new in match.pairs.items()
        }
        begun = self._begun(match, standing, time_s)
        goes_on_as = replaced.joined_to(match.known, time_s)
        self.read = {
            new: goes_on_as.get(tracked, tracked)
            for new, tracked in (standing | begun).items()
            if match.seen[new].is_accepted
        }
        known = [digit for digit in match.known if digit not in goes_on_as]
        self.digits = [*replaced.uncovered(known, time_s), *begun.values()]
        if any(digit.is_digit and digit.last_s == time_s for digit in self.digits):
            self.seen_s = time_s
        return tuple(
            sighting.digit
            for new, sighting in enumerate(match.seen)
            if not sighting.is_accepted and new not in digits
        )


def _go_on(match: Match, shift: NDArray[np.float64], time_s: float) -> None:
    """Let what is known be seen in the frame, or move along with the page."""
    for old, tracked in enumerate(match.known):
        kind = match.kinds.get(old)
        if kind not in GOES_ON:
            tracked.move(shift)
        if kind is not None:
            seen = match.seen[match.pairs[old]]
            match.known[old] = tracked.see(seen, kind, time_s, match.elapsed_s)


def _check_written(digits: Sequence[TrackedDigit], time_s: float) -> None:
    """Take back that digits were written on if there are too many for one hand.

    All ink grows where the focus or the exposure changes.
    """
    with_rivals = [
        *digits,
        *(digit.rival for digit in digits if digit.rival is not None),
    ]
    grown = [digit for digit in with_rivals if digit.written_s == time_s]
    if len(grown) > TRACKING.num_pens:
        for digit in grown:
            digit.written_s = -math.inf


def _center(box: Box) -> NDArray[np.float64]:
    x, y, width, height = box
    return np.array([x + width / 2, y + height / 2])
