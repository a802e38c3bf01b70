import cv2
import numpy as np
import pytest

from edge_app.common import geometry

pytestmark = pytest.mark.device


@pytest.mark.parametrize("rotation", geometry.QUARTERS)
def test_a_box_turns_with_its_pixels(rotation):
    image = np.zeros((40, 70), np.uint8)
    image[5:15, 20:50] = 255
    turned = geometry.turned(image, rotation)
    x, y, w, h = geometry.turned_box((20, 5, 30, 10), (70, 40), rotation)
    assert (turned[y : y + h, x : x + w] == 255).all()
    assert turned.sum() == image.sum()
    size_wh = turned.shape[1], turned.shape[0]
    back = geometry.turned_box((x, y, w, h), size_wh, geometry.back(rotation))
    assert back == (20, 5, 30, 10)


@pytest.mark.parametrize("shape", [(480, 640), (481, 640, 3), (97, 131), (2, 2)])
@pytest.mark.parametrize("scale", [1.0, 0.7, 0.5, 0.26, 0.1])
def test_shrunk_pictures_are_means_of_areas(shape, scale):
    frame = np.random.default_rng(7).integers(0, 256, shape).astype(np.uint8)
    found = geometry.scaled(frame, scale)
    assert found.shape[:2] == tuple(max(1, round(side * scale)) for side in shape[:2])
    # Of noise, any pixel that is left out or counted twice shows in the mean.
    assert found.mean() == pytest.approx(frame.mean(), abs=0.5)


@pytest.mark.parametrize("width", [1023, 1024])  # the other one is not halved first
def test_what_is_halved_first_stays_where_it_is(width):
    ramp = np.tile(np.linspace(0, 255, width), (64, 1)).astype(np.uint8)
    found = geometry.scaled(ramp, 0.13)
    at_once = cv2.resize(ramp, found.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - at_once).max() <= 1  # of 2 a pixel
