"""A digit, followed from frame to frame.

It goes on where its place, its size and its ink do. Where the ink is otherwise, what
is seen there has to last before it takes the digit's place, and begins without evidence
and without age.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.live.tracking.look import Look
from edge_app.live.tracking.sighting import Sighting
from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.model.classify import NUM_DIGITS
from edge_app.reading import Digit

# What is seen at a digit's place: the same ink; ink that is as it was a frame ago, but
# no longer as at first; all that ink and more; another digit.
SightingKind = Literal["same", "drifted", "written on", "other"]
GOES_ON = ("same", "drifted")


@dataclass(eq=False)
class TrackedDigit:
    """A digit that was seen in several frames and looked the same in all of them.

    Attributes:
        digit: As it was seen last.
        first_s: Since when it is read as a digit that looks as it does; infinite for
            what was never, of which only the ink is followed.
        last_s: When it was seen last.
        label: What is shown.
        first_look: What it looked like when its evidence began, or nearly so.
        last_look: What it looked like last.
        whole_s: When it last looked so.
        written_s: When it was last seen to become what it is by more ink.
        begun_s: When it was first seen, whatever it was read as.
        was_shown: Whether it was seen first together with others: so many digits are
            not written at a time.
        number_id: Of the number that it belongs to; 0 for none yet.
        rival: What is seen in its place and looks otherwise, until that has lasted.
        likelier: A label that is likelier than the one shown.
        likelier_s: Since when it is.
        evidence: `(10,)`: sum of the probabilities that the model gave each label, each
            weighted with the time it stands for and how recent it is.
        weight: Sum of those weights.
    """

    digit: Digit
    first_s: float
    last_s: float
    label: int
    first_look: Look | None
    last_look: Look | None
    whole_s: float = -math.inf
    written_s: float = -math.inf
    begun_s: float = -math.inf
    was_shown: bool = False
    number_id: int = 0
    rival: "TrackedDigit | None" = None
    likelier: int | None = None
    likelier_s: float = math.inf
    evidence: NDArray[np.float64] = field(default_factory=lambda: np.zeros(NUM_DIGITS))
    weight: float = 0.0

    @classmethod
    def begun(cls, seen: Sighting, time_s: float, elapsed_s: float) -> "TrackedDigit":
        """Return a digit that was not seen before."""
        digit, look = seen.digit, seen.look
        first_s = time_s if seen.is_accepted else math.inf
        tracked = cls(digit, first_s, time_s, digit.label, look, look, begun_s=time_s)
        tracked._take(seen, time_s, elapsed_s)
        return tracked

    @property
    def has_lasted(self) -> bool:
        """Return whether it was there long enough to be no flicker."""
        return self.last_s - self.first_s >= TRACKING.flicker_s

    @property
    def places(self) -> list[Box]:
        """Return the boxes in which it may be seen again: its own, and its rival's."""
        boxes = [self.digit.box_xywh]
        return boxes if self.rival is None else [*boxes, *self.rival.places]

    @property
    def may_be_written(self) -> bool:
        """Return whether more ink of it may be written, or is only seen now."""
        return not self.was_shown or self.last_s - self.begun_s >= TRACKING.flicker_s

    @property
    def is_digit(self) -> bool:
        """Return whether it was ever read as one."""
        return self.first_s < math.inf

    def kind(self, seen: Sighting) -> SightingKind:
        """Return what a sighting at its place is to it."""
        if self.first_look is None or self.last_look is None or seen.look is None:
            return "same"  # there is nothing that tells
        if self.first_look.is_like(seen.look):
            return "same"
        if self.last_look.is_like(seen.look):
            return "drifted"
        if self.last_look.has_grown_to(seen.look):
            return "written on"
        rival = self.rival
        if rival is None or rival.number_id != self.number_id:
            return "other"
        return "other" if rival.kind(seen) == "other" else "written on"

    def see(
        self, seen: Sighting, kind: SightingKind, time_s: float, elapsed_s: float
    ) -> "TrackedDigit":
        """Take a sighting at its place; returns what stands there from now on."""
        is_seen_otherwise = self.is_digit and self._is_seen_otherwise(seen, kind)
        if kind not in GOES_ON and not is_seen_otherwise:
            return self._contest(seen, kind, time_s, elapsed_s)
        if is_seen_otherwise and self._shows_part(seen, time_s):
            self._weigh(seen.digit, time_s, elapsed_s)
            self.last_s, self.rival = time_s, None
            return self
        if kind != "same":
            self._renew(seen.look, time_s)
        if self.first_look is None:  # what was rejected may have had no ink
            self.first_look = seen.look
        if seen.is_accepted and not self.is_digit:
            self.first_s = time_s
            self.evidence, self.weight = np.zeros(NUM_DIGITS), 0.0
        self._take(seen, time_s, elapsed_s)
        self.rival = None
        # A digit may be rejected for a moment: that continues it, but not for long.
        if seen.is_accepted or not self.is_digit:
            self.last_s = time_s
        return self

    def move(self, shift: NDArray[np.float64]) -> None:
        """Go with the page, `(2,)` pixels, in a frame that does not show it."""
        x, y, width, height = self.digit.box_xywh
        box = round(x + shift[0]), round(y + shift[1]), width, height
        self.digit = replace(self.digit, box_xywh=box, ink=None, image=None)
        if self.last_look is not None:
            self.last_look = replace(self.last_look, box_xywh=box)

    def present(self, since_s: float) -> "TrackedDigit | None":
        """Return what stands at its place, if anything was seen there since then."""
        if self.last_s >= since_s:
            return self
        return None if self.rival is None else self.rival.present(since_s)

    def steadied(self) -> Digit:
        """Return it with the label that is shown and that one's averaged share."""
        confidence = float(self.evidence[self.label] / self.weight)
        return replace(self.digit, label=self.label, confidence=confidence)

    def _is_seen_otherwise(self, seen: Sighting, kind: SightingKind) -> bool:
        """Return whether a sighting has other ink of the same digit.

        Ink of digits that touch is cut now so, now so; of thin strokes in noise now all
        is seen, now a part. If it is another page that happens to have such a digit
        there, that is read rightly.
        """
        if not seen.is_accepted or seen.digit.label != self.label:
            return False
        return kind == "other" or not self.may_be_written

    def _shows_part(self, seen: Sighting, time_s: float) -> bool:
        """Return whether a sighting has only a part of the ink seen a moment ago."""
        return (
            time_s - self.whole_s < TRACKING.whole_s
            and self.last_look is not None
            and seen.look is not None
            and seen.look.has_grown_to(self.last_look)
        )

    def _contest(
        self, seen: Sighting, kind: SightingKind, time_s: float, elapsed_s: float
    ) -> "TrackedDigit":
        """Take what looks otherwise; that takes its place once it has lasted.

        Or at once, if it has not lasted itself.
        """
        if self.is_digit and not seen.is_accepted:
            return self
        of_rival = "other" if self.rival is None else self.rival.kind(seen)
        if self.rival is None or of_rival not in GOES_ON:
            self.rival = TrackedDigit.begun(seen, time_s, elapsed_s)
            self.rival.was_shown = self.was_shown
            if "written on" in (kind, of_rival) and self.may_be_written:
                self.rival.written_s = time_s
            elif not self.has_lasted:  # more of it may have come at once
                self.rival.written_s = self.written_s
        else:
            self.rival.see(seen, of_rival, time_s, elapsed_s)
        self.rival.number_id = self.number_id if kind == "written on" else 0
        if self.has_lasted and not self.rival.has_lasted:
            return self
        if self.rival.label != self.label:
            return self.rival
        self.go_on_as(self.rival)
        return self

    def go_on_as(self, other: "TrackedDigit") -> None:
        """Take what was seen as another digit: it is this one, with more or less ink.

        What the model says of it counts anew since that was seen.
        """
        if not self.is_digit:
            self.first_s = other.first_s
        self.digit, self.last_s = other.digit, other.last_s
        self.first_look, self.last_look = other.first_look, other.last_look
        self.whole_s = other.whole_s
        self.written_s = max(self.written_s, other.written_s)
        self.evidence, self.weight = other.evidence, other.weight
        self.likelier, self.rival = None, None

    def _renew(self, seen: Look | None, time_s: float) -> None:
        """Take what it looks like now; what has grown loses its evidence."""
        if (
            self.may_be_written
            and self.first_look
            and seen
            and self.first_look.has_grown_to(seen)
        ):
            self.written_s = time_s
            self.evidence, self.weight = np.zeros(NUM_DIGITS), 0.0
        self.first_look = seen

    def _take(self, seen: Sighting, time_s: float, elapsed_s: float) -> None:
        self.digit, self.last_look, self.whole_s = seen.digit, seen.look, time_s
        self._weigh(seen.digit, time_s, elapsed_s)

    def _weigh(self, digit: Digit, time_s: float, elapsed_s: float) -> None:
        kept = math.exp(-max(elapsed_s, TRACKING.shortest_frame_s) / TRACKING.memory_s)
        self.evidence = kept * self.evidence + (1 - kept) * _probabilities(digit)
        self.weight = kept * self.weight + (1 - kept)
        likeliest = int(self.evidence.argmax())
        lead = (self.evidence[likeliest] - self.evidence[self.label]) / self.weight
        if lead <= TRACKING.lead_share:
            self.likelier = None
            return
        if likeliest != self.likelier:
            self.likelier, self.likelier_s = likeliest, time_s
        # One frame, blurred or of two pages at once, changes nothing that has lasted.
        if not self.has_lasted or time_s - self.likelier_s >= TRACKING.flicker_s:
            self.label, self.likelier = likeliest, None


def _probabilities(digit: Digit) -> NDArray[np.float64]:
    """Return `(10,)`, what the model says of each label, as far as the digit tells."""
    rest = (1 - digit.confidence) / (NUM_DIGITS - 1)
    probabilities = np.full(NUM_DIGITS, rest)
    probabilities[digit.label] = digit.confidence
    for label, probability in digit.alternatives:
        probabilities[label] = probability
    return probabilities
