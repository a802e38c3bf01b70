import cv2
import numpy as np
import pytest

from benchmarks.live.shaken import shaken


@pytest.fixture(scope="module")
def page():
    """Fine lines, far from black and white, which noise would be cut at."""
    image = np.full((240, 320, 3), 150, np.uint8)
    image[::8] = image[:, ::8] = 90
    return image


def test_the_same_seed_and_moment_give_the_same_picture(page):
    first, shift = shaken(page, 1, 0.5)
    again, same_shift = shaken(page, 1, 0.5)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(shift, same_shift)
    assert (first.shape, first.dtype) == (page.shape, np.uint8)
    for other, _ in (shaken(page, 2, 0.5), shaken(page, 1, 0.501)):
        assert not np.array_equal(first, other)


@pytest.mark.parametrize("time_s", [0.0, 0.3, 12.34])
def test_a_hand_moves_it_by_less_than_a_hundredth_of_its_width(page, time_s):
    _, shift = shaken(page, 1, time_s)
    assert shift.shape == (2,)
    assert np.abs(shift).max() <= 0.008 * 320
    wide = np.hstack([page] * 2)
    assert shaken(wide, 1, time_s)[1] == pytest.approx(2 * shift)


def test_the_shift_is_where_the_picture_went():
    spot = np.full((240, 320, 3), 60, np.uint8)
    cv2.circle(spot, (160, 120), 20, (200, 200, 200), -1)
    seen, shift = shaken(spot, 1, 0.2)
    ys, xs = np.nonzero(cv2.GaussianBlur(seen, (0, 0), 2)[..., 1] > 130)
    assert [xs.mean() - 160, ys.mean() - 120] == pytest.approx(shift, abs=0.5)


def test_it_is_noisy_and_loses_its_focus_now_and_then(page):
    # Of each 1.7 seconds the first 15% are blurred, but in the first second none.
    sharp = [contrast(page, time_s) for time_s in (0.1, 0.5, 1.6, 2.0)]
    blurred = [contrast(page, time_s) for time_s in (1.75, 1.9, 3.5)]
    assert min(sharp) > 1.5 * max(blurred)
    flat = np.full((240, 320, 3), 128, np.uint8)
    assert shaken(flat, 1, 0.5)[0].std() == pytest.approx(12, rel=0.03)


def contrast(page, time_s):
    """How far lines still differ from what is between them, noise averaged out."""
    seen, _ = shaken(page, 1, time_s)
    return seen.mean(axis=(0, 2)).std()
