import numpy as np
import pytest

from train.scenes.setting import DARK_INKS, one_of, ordinary, pen


def test_an_ordinary_sheet_is_in_good_light():
    drawn = [ordinary(np.random.default_rng(seed)) for seed in range(200)]
    for setting in drawn:
        assert setting.exposure >= 0.75
        assert setting.blur <= 0.7
        assert setting.jpeg >= 80
        assert setting.shadow <= 0.2
        assert 0.14 <= setting.gap <= 0.4
        assert np.mean(setting.ink_bgr) < 100 < 200 < np.mean(setting.paper_bgr)
        assert (setting.ground, setting.nearby) == ("plain", "nothing")
        assert setting.touching == setting.broken == setting.quarter_turns == 0
    heights = [setting.height for setting in drawn]
    assert (min(heights), max(heights)) == pytest.approx((0.055, 0.17), abs=0.01)
    # As many between 5.5% and 9.7% as above: sizes are drawn by their logarithm.
    assert np.median(heights) == pytest.approx(0.097, abs=0.01)


def test_a_pens_width_lies_in_its_range_and_the_rest_is_as_said():
    rng = np.random.default_rng(1)
    pens = [pen(rng, (0.05, 0.12), strength=0.5) for _ in range(100)]
    assert all(0.05 <= drawn_pen.width <= 0.12 for drawn_pen in pens)
    assert all(0 <= drawn_pen.variation <= 0.3 for drawn_pen in pens)
    assert {drawn_pen.strength for drawn_pen in pens} == {0.5}
    assert pen(rng, (0.1, 0.1), variation=0.0).variation == 0


def test_a_color_is_nearly_one_of_those_there_are():
    rng = np.random.default_rng(1)
    found = np.array([one_of(rng, DARK_INKS) for _ in range(200)])
    away = np.abs(found[:, None] - np.array(DARK_INKS)).max(axis=2)
    assert (away.min(axis=1) < 30).all()
    assert set(away.argmin(axis=1)) == {0, 1, 2}
    assert len({tuple(color) for color in found}) == 200


@pytest.mark.parametrize("color", [(0.0, 0.0, 0.0), (255.0, 255.0, 255.0)])
def test_a_color_stays_within_what_a_picture_holds(color):
    rng = np.random.default_rng(1)
    found = np.array([one_of(rng, (color,)) for _ in range(50)])
    assert found.min() >= 0
    assert found.max() <= 255
    assert (found == color).any()
