"""The tuned numbers that digits, pages and numbers are followed by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrackingLimits:
    """Limits that tell digits from flicker, a page from the next, sure from unsure.

    `python -m benchmarks tracking` counts what goes wrong with others.

    Attributes:
        flicker_s: What is there for less is a flicker.
        digit_held_s: A digit that is missed for less is still there.
        page_held_s: A page of which nothing is seen for longer is not shown.
        longest_gap_s: Between two frames; after a longer one nothing is known.
        regrouped_s: Digits are read in other numbers for so long before these are
            shown.
        gone_s: A number that is missed for so long is gone.
        settled_s: A number that reads the same for so long is sure.
        rested_s: The same of a digit that was seen being written: a pen is lifted for
            less between two strokes. `python -m benchmarks tracking --of rests` tries
            others: of 58 numbers 4 settled too early with 0.25, 2 with 0.4, none with
            0.5 and more.
        settled_confidence: Averaged probability of the least sure digit of a number
            that settles.
        memory_s: What was seen so long ago has a weight of 1/e.
        shortest_frame_s: What a frame stands for at least.
        lead_share: By how much another label must be likelier to take the place of one
            that is shown.
        whole_s: A digit of which a part is seen is taken for whole so long.
        most_moved_heights: A digit moves by less between frames, in its heights.
        reject_penalty_heights: By how many of its heights a digit is rather one that
            was read as such before, than what was rejected at the same place: a part
            of it, or it and its neighbor.
        num_pens: So many digits are written at a time.
        most_partial_rejects: That may be half a digit; a page with more is printed.
        covered_share: Of a digit that is not seen, by one that is: it is there no more.
    """

    flicker_s: float = 0.1
    digit_held_s: float = 0.6
    page_held_s: float = 0.25
    longest_gap_s: float = 2.0
    regrouped_s: float = 0.25
    gone_s: float = 1.0
    settled_s: float = 0.25
    rested_s: float = 0.6
    settled_confidence: float = 0.6
    memory_s: float = 0.8
    shortest_frame_s: float = 1 / 100
    lead_share: float = 0.1
    whole_s: float = 0.6
    most_moved_heights: float = 1.0
    reject_penalty_heights: float = 0.3
    num_pens: int = 1
    most_partial_rejects: int = 8
    covered_share: float = 0.25


@dataclass(frozen=True)
class LookLimits:
    """Limits of how alike two looks of one digit are.

    Of the same digit before a shaky, noisy camera that loses its focus, one pair of
    frames in a thousand is less alike than 0.89; of digits with different labels at the
    same place on two pages, one pair in a thousand is more alike than 0.84.

    Attributes:
        least_correlation: Of the normalized ink of one digit in two frames.
        most_larger: Times as large: a box of 15 pixels is seen a pixel or two too
            large.
        center_off_px: Pixels of normalized ink, by which its center of mass is rounded.
        kept_share: Of the ink before, where a digit was written on: a raster loses
            some.
        grown_ratio: Of all its ink to that before: focus and exposure change some.
        page_moved_px: At the size of normalized ink, by which a page may have moved.
    """

    least_correlation: float = 0.87
    most_larger: float = 1.2
    center_off_px: int = 1
    kept_share: float = 0.9
    grown_ratio: float = 1.1
    page_moved_px: int = 2


TRACKING = TrackingLimits()
LOOKS = LookLimits()
