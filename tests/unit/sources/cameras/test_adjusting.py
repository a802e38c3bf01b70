"""Exposure and focus of a camera, by its driver."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("video devices of Linux", allow_module_level=True)

from edge_app.sources.cameras.adjusting import Adjusting
from edge_app.sources.source import Adjustment

pytestmark = pytest.mark.device


def test_exposure_and_focus_are_set_and_left_to_the_camera(driver, path):
    camera = Adjusting(path)
    assert camera.adjustments() == [
        Adjustment("exposure", 0.3, 204.7, 0.1, 15.7, is_automatic=True),
        Adjustment("focus", 0.0, 250.0, 5.0, 30.0, is_automatic=True),
    ]
    camera.adjust("exposure", 8.0)
    camera.adjust("focus", 55)
    exposure, focus = camera.adjustments()
    assert (exposure.value, exposure.is_automatic) == (8.0, False)
    assert (focus.value, focus.is_automatic) == (55.0, False)
    for control in ("exposure", "focus"):
        camera.adjust(control, None)
    assert all(adjustment.is_automatic for adjustment in camera.adjustments())
    with pytest.raises(OSError, match="Invalid"):
        camera.adjust("exposure", 1000.0)


def test_a_camera_without_them_has_nothing_to_adjust(driver, path, tmp_path):
    driver.values.clear()
    driver.ranges.clear()
    assert Adjusting(path).adjustments() == []
    assert Adjusting(str(tmp_path / "away")).adjustments() == []
