"""The sighting of a digit in one frame."""

from dataclasses import dataclass

from edge_app.live.tracking import look
from edge_app.live.tracking.look import Look
from edge_app.reading import Digit, Reading


@dataclass(frozen=True)
class Sighting:
    """A digit, or a reject, of one frame.

    Attributes:
        digit: As read.
        look: What it looks like; `None` where its ink is not known.
        is_accepted: Whether it is read as a digit.
    """

    digit: Digit
    look: Look | None
    is_accepted: bool


def sightings(reading: Reading) -> list[Sighting]:
    """Return what is seen in a frame: its digits, then its rejects."""
    return [
        Sighting(digit, look.of(digit, reading.rotation), is_accepted)
        for digits, is_accepted in ((reading.digits, True), (reading.rejects, False))
        for digit in digits
    ]
