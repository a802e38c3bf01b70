"""What sources give, and what they can do besides."""

import sys

import numpy as np
import pytest

from edge_app.sources import open_source
from edge_app.sources.source import AdjustableSource, Frame, PolledSource

pytestmark = pytest.mark.device

IMAGE = np.zeros((4, 4, 3), np.uint8)


def test_numbers_are_followed_by_the_frame_s_time_or_else_by_a_clock_of_its_own():
    assert Frame(IMAGE, 12.5).followed_s == 12.5
    assert Frame(IMAGE, 12.5, clock_s=3.0).followed_s == 3.0
    assert Frame(IMAGE, 12.5, clock_s=0.0).followed_s == 0.0


def test_a_frame_is_of_no_file_and_whole_unless_it_says_so():
    frame = next(open_source("demo").frames())
    assert frame.name is frame.fault is None
    assert not frame.is_upright


@pytest.mark.skipif(sys.platform != "linux", reason="video devices of Linux")
def test_what_a_source_can_do_besides_is_seen_by_what_it_has():
    from edge_app.sources.cameras.adjusting import Adjusting

    demo = open_source("demo")
    assert not isinstance(demo, PolledSource | AdjustableSource)
    assert isinstance(Adjusting("/dev/video0"), AdjustableSource)
