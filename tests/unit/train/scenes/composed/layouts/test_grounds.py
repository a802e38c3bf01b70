import numpy as np
import pytest
from authors import author

from train.scenes.composed.layouts.grounds import rule_page
from train.scenes.composed.planning.ruling import Ruling

TOPS = np.array([100.0, 160.0])
PITCH, HEIGHT = 60.0, 36.0


def ruled(kind, seed=1, **changes):
    ruling = Ruling(kind, "solid", (20.0,) * 3, strength=1.0, width=1.0, offset=1.0)
    page = author(seed, ruling=ruling, **changes)
    rule_page(page, TOPS, PITCH)
    inked = page.canvas.picture.mean(axis=2) < 200
    return inked[2:-2, 2:-2]  # where OpenCV draws lines whole


def test_plain_paper_stays_blank():
    assert not ruled("none").any()


@pytest.mark.parametrize("seed", range(4))
def test_writing_stands_on_its_rules(seed):
    rows = np.flatnonzero(ruled("ruled", seed).all(axis=1))
    # From the first base line, up and down over the whole frame.
    expected = np.arange((100 + HEIGHT) % PITCH, 360, PITCH)
    assert rows + 2 == pytest.approx(expected, abs=1)


def test_some_ruled_paper_has_a_margin():
    margins = [ruled("ruled", seed).all(axis=0).any() for seed in range(30)]
    assert 1 <= sum(margins) <= 14


@pytest.mark.parametrize("seed", range(4))
def test_squares_are_as_wide_as_high(seed):
    lines = ruled("squared", seed)
    rows, columns = (np.flatnonzero(lines.all(axis=axis)) for axis in (1, 0))
    assert len(rows) > 3
    steps = [np.diff(places)[np.diff(places) > 1] for places in (rows, columns)]
    assert np.median(steps[0]) == pytest.approx(np.median(steps[1]), abs=1)
    assert np.median(steps[0]) >= 7


def test_dots_stand_where_squares_would_cross():
    dots = ruled("dots")
    rows, columns = (np.flatnonzero(dots.any(axis=axis)) for axis in (1, 0))
    assert 0.001 < dots.mean() < 0.1
    assert 3 < len(rows) < 360
    assert 3 < len(columns) < 480
