import numpy as np
import pytest

from train.scenes.composed.planning.close_plan import one_digit, strip

BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)


def plans(make, num=60):
    rng = np.random.default_rng(1)
    return [make(rng) for _ in range(num)]


def test_a_strip_is_a_line_of_writing_high():
    for plan in plans(strip):
        assert (plan.template, plan.crop) == ("strip", "number")
        width, height = plan.size_wh
        assert 52 <= height <= 220
        assert 0.8 * height < width <= 900
        assert plan.setting.height == pytest.approx(1 / 2.2, rel=0.02)
        assert len(plan.contents) == 1
        assert 0 <= plan.margin <= 0.2
    assert any(plan.contents == ("cheque",) for plan in plans(strip))


def test_one_digit_has_a_square_frame():
    for plan in plans(one_digit):
        assert (plan.template, plan.crop) == ("one digit", "digit")
        width, height = plan.size_wh
        assert 57 <= width == height <= 456
        assert plan.setting.height == pytest.approx(1 / 2.4, rel=0.02)
        assert plan.contents == ("number",)
        assert plan.zeros == 1
        assert plan.ruling.kind == "none"
        assert plan.setting.touching == 0 or plan.setting.touching >= 0.2


@pytest.mark.parametrize(("make", "share"), [(strip, 0.2), (one_digit, 0.4)])
def test_some_are_stored_as_data_sets_are(make, share):
    found = plans(make, 250)
    flat = [plan for plan in found if plan.stored != "photo"]
    assert len(flat) / len(found) == pytest.approx(share, abs=0.09)
    assert {plan.stored for plan in flat} == {"gray", "binary"}
    for plan in flat:
        setting = plan.setting
        assert (setting.contrast, setting.creases, setting.show_through) == (1, 0, 0)
        assert plan.ruling.kind == "none"
        if plan.stored == "binary":
            assert {setting.paper_bgr, setting.ink_bgr} == {BLACK, WHITE}
            assert (setting.pen.strength, setting.pen.grain) == (1, 0)
    papers = {p.setting.paper_bgr for p in flat if p.stored == "binary"}
    assert papers == {BLACK, WHITE}


def test_blur_is_that_of_the_small_frame():
    for plan in plans(one_digit):
        pixels = plan.setting.blur * plan.size_wh[1] / 480
        assert 0.2 <= pixels <= 1
