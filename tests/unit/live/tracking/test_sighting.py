import cv2
import numpy as np
import pytest
from tracks import arc, digit, one, reading, seen

from edge_app.live.tracking.sighting import sightings
from edge_app.reading import Digit, Reading

pytestmark = pytest.mark.device


def test_digits_are_seen_before_rejects():
    digits, rejects = [digit(1, 100), digit(2, 126)], [digit(3, 200)]
    found = seen(*digits, rejects=rejects)
    assert [sighting.digit for sighting in found] == digits + rejects
    assert [sighting.is_accepted for sighting in found] == [True, True, False]
    assert sightings(reading()) == []


def test_what_has_ink_has_a_look():
    plain, inked = seen(digit(0, 100), arc(1))
    assert plain.look is None
    assert inked.look.box_xywh == inked.digit.box_xywh
    assert inked.look.ink is inked.digit.ink


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_digit_looks_as_it_lies_in_the_frame(rotation):
    """Its ink is upright, its box is not."""
    upright = one(100)
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180}
    codes[270] = cv2.ROTATE_90_COUNTERCLOCKWISE
    back = codes[360 - rotation]
    lying = cv2.rotate(upright.ink, back)
    height, width = lying.shape
    image = np.zeros((28, 28), np.uint8)
    read = Digit((7, 9, width, height), 1, 0.9, ink=upright.ink, image=image)
    (found,) = sightings(Reading(640, 480, (read,), (), (), {}, rotation=rotation))
    np.testing.assert_array_equal(found.look.ink, lying)
    assert found.look.image is None  # the model saw it upright
