"""Fields cut out of a frame, and what is read in them put back."""

import cv2
import numpy as np
import pytest

from edge_app.live.fields.locating.cut import CUT, corners_of, cut_out, placed
from edge_app.reading import Digit

pytestmark = pytest.mark.device

TO_PIXELS = np.diag([640.0, 480.0, 1.0])  # from fractions of a frame of 640x480


@pytest.fixture
def ramps():
    """A frame that says by its colors where each pixel lies."""
    x, y = np.meshgrid(np.arange(640) / 640, np.arange(480) / 480)
    return np.dstack([250 * x, 250 * y, np.zeros_like(x)]).astype(np.uint8)


def test_corners_go_around_clockwise_from_the_top_left():
    corners = corners_of(TO_PIXELS, (0.25, 0.5, 0.5, 0.25))
    assert corners.tolist() == [[160, 240], [480, 240], [480, 360], [160, 360]]


@pytest.mark.parametrize(
    ("place", "inner_wh"),
    [
        ((0.1, 0.1, 0.5, 0.5), (187, 140)),  # shrunk, of 320x240 pixels
        ((0.1, 0.1, 0.25, 0.125), (373, 140)),  # enlarged, of 160x60
        ((0.1, 0.1, 0.05, 0.025), (128, 48)),  # by no more than four times, of 32x12
    ],
)
def test_a_field_is_as_high_as_it_is_read_best(ramps, place, inner_wh):
    crop, to_frame, (x, y, w, h) = cut_out(ramps, corners_of(TO_PIXELS, place))
    assert (w, h) == inner_wh
    margin = round(CUT.margin_heights * h)
    assert (x, y) == (margin, margin)
    assert crop.shape == (h + 2 * margin, w + 2 * margin, 3)
    # In the middle of the crop stands what stands in the middle of the place.
    middle = np.array([[[x + w / 2, y + h / 2]]])
    expected = np.array([place[0] + place[2] / 2, place[1] + place[3] / 2])
    found = cv2.perspectiveTransform(middle, to_frame)[0, 0]
    np.testing.assert_allclose(found, expected * (640, 480), atol=0.01)
    color = crop[y + h // 2, x + w // 2, :2]
    np.testing.assert_allclose(color, 250 * expected, atol=2)


def test_a_field_that_lies_aslant_is_cut_upright():
    frame = np.full((480, 640, 3), 240, np.uint8)
    # A bar from the middle of the field to its right end, in a turned camera.
    turn = np.vstack([cv2.getRotationMatrix2D((320, 240), 20, 1.0), [0, 0, 1]])
    upright = np.array([[[320, 230], [420, 230], [420, 250], [320, 250]]], np.float64)
    bar = cv2.perspectiveTransform(upright, turn)[0]
    cv2.fillPoly(frame, [np.rint(bar).astype(np.int32)], (0, 0, 0))
    corners = corners_of(turn @ TO_PIXELS, (220 / 640, 190 / 480, 200 / 640, 100 / 480))
    crop, to_frame, (x, y, w, h) = cut_out(frame, corners)
    assert (w, h) == (280, 140)
    left, top, width, height = cv2.boundingRect((crop[..., 0] < 128).astype(np.uint8))
    np.testing.assert_allclose(
        (left, top, width, height), (x + 140, y + 56, 140, 28), atol=3
    )
    (found,) = placed([Digit((left, top, width, height), 1, 0.9)], to_frame)
    around = cv2.boundingRect(bar.astype(np.float32))
    np.testing.assert_allclose(found.box_xywh, around, atol=3)


def test_a_place_that_reaches_out_of_the_frame_shows_its_border(ramps):
    crop, _, _ = cut_out(ramps, corners_of(TO_PIXELS, (0.9, 0.0, 0.1, 0.2)))
    assert crop[0, 0, 1] == 0
    assert crop[:, -1, 0].min() >= 248


def test_digits_lie_where_they_do_in_the_frame():
    digits = [Digit((3, 4, 10, 20), 7, 0.9), Digit((0, 0, 1, 1), 1, 0.8)]
    to_frame = np.array([[0.5, 0, 100], [0, 0.5, 60], [0, 0, 1]])
    first, second = placed(digits, to_frame)
    assert first.box_xywh == (101, 62, 6, 10)  # whole pixels around it
    assert second.box_xywh == (100, 60, 1, 1)
    assert (first.label, first.confidence) == (7, 0.9)
