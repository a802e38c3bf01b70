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
