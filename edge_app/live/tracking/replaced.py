"""Digits that are not seen any more, where others came into their places."""

from collections.abc import Sequence

from edge_app.live.tracking.tracked_digit import TrackedDigit
from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.reading import Digit


def joined_to(
    digits: Sequence[TrackedDigit], time_s: float
) -> dict[TrackedDigit, TrackedDigit]:
    """Join those that were taken for new to the digits that they are.

    Returns:
        The digits that go on, by those that they go on as.
    """
    joined: dict[TrackedDigit, TrackedDigit] = {}
    for digit in digits:
        same = [
            other
            for other in _covering(digit, digits, time_s)
            if digit.is_digit and other.label == digit.label and other not in joined
        ]
        if same:
            digit.go_on_as(same[0])
            joined[same[0]] = digit
    return joined


def uncovered(digits: Sequence[TrackedDigit], time_s: float) -> list[TrackedDigit]:
    """Return the digits without those in whose place others are seen, and last."""
    return [digit for digit in digits if not _covering(digit, digits, time_s)]


def _covering(
    digit: TrackedDigit, digits: Sequence[TrackedDigit], time_s: float
) -> list[TrackedDigit]:
    """Return what came into the place of a digit that is not seen, and lasts."""
    # It may be missed for a moment.
    if digit.present(time_s - TRACKING.flicker_s) is not None:
        return []
    return [
        other
        for other in digits
        if other.last_s == time_s
        and other.has_lasted
        and (other.first_s > digit.first_s or not digit.is_digit)
        and _covers(other.digit, digit.digit)
    ]


def _covers(other: Digit, digit: Digit) -> bool:
    """Return whether another digit's box covers a good part of a digit's."""
    x, y, width, height = digit.box_xywh
    other_x, other_y, other_width, other_height = other.box_xywh
    across = min(x + width, other_x + other_width) - max(x, other_x)
    down = min(y + height, other_y + other_height) - max(y, other_y)
    return (
        min(across, down) > 0
        and across * down >= TRACKING.covered_share * width * height
    )
