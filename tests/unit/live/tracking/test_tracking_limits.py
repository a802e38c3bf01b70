import pytest

from edge_app.live.tracking.tracking_limits import LOOKS, TRACKING

pytestmark = pytest.mark.device


def test_what_is_missed_is_held_longer_than_a_flicker_and_gone_later():
    held_s = TRACKING.digit_held_s
    assert TRACKING.flicker_s < held_s < TRACKING.gone_s < TRACKING.longest_gap_s
    assert TRACKING.flicker_s < TRACKING.page_held_s <= held_s
    assert TRACKING.flicker_s < TRACKING.regrouped_s <= held_s


def test_a_pen_that_rests_between_strokes_settles_nothing():
    # Of the hands that were measured none rests for longer.
    assert max(0.5, TRACKING.settled_s) <= TRACKING.rested_s


def test_looks_are_told_apart_where_those_that_were_measured_part():
    assert 0.84 < LOOKS.least_correlation < 0.89
