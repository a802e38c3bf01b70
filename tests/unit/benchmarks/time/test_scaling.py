import pytest

from benchmarks.time import scaling
from benchmarks.time.scaling import ScalingPoint
from train import scenes


def points(times_ms, amounts=(1, 2, 4, 8)):
    return [
        ScalingPoint("digits", "640x480", amount, 307200, time, time)
        for amount, time in zip(amounts, times_ms, strict=True)
    ]


def test_exponent():
    assert scaling.exponent(points((3, 6, 12, 24))) == pytest.approx(1)
    assert scaling.exponent(points((1, 4, 16, 64))) == pytest.approx(2)
    assert scaling.exponent(points((5, 5, 5, 5))) == pytest.approx(0)


def test_steepest_sees_what_a_fixed_cost_hides():
    late = points((100, 100, 100, 400))
    assert scaling.exponent(late) < 1
    assert scaling.steepest(late) == pytest.approx(2)


def test_scenes_of_so_many_digits():
    for count in (1, 7, 64):
        scene = scenes.of_digits(count, 1, size_wh=(640, 480))
        assert len(scene.truth.digits) == count
