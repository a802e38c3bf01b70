"""Pictures of one digit and nothing else."""

import cv2
import numpy as np
import pytest

from edge_app.find.only_digit import only_digit
from edge_app.model import classify

pytestmark = pytest.mark.device


@pytest.fixture(scope="module")
def classifier():
    return classify.load()


def picture(text="2", *, scale=1, left=50, shape=(200, 160), size=4.0):
    """A picture with something written in it, all of it times a scale."""
    height, width = (round(scale * side) for side in shape)
    frame = np.full((height, width, 3), 225, np.uint8)
    place = round(scale * left), round(scale * (shape[0] / 2 + 11 * size))
    font, thickness = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(scale * 3 * size))
    cv2.putText(frame, text, place, font, scale * size, (40,) * 3, thickness)
    return frame


@pytest.mark.parametrize("scale", [0.25, 1, 3])
def test_the_digit_is_read_whatever_the_size_of_its_picture(classifier, scale):
    frame = picture(scale=scale)
    digit = only_digit(frame, classifier)
    assert digit.label == 2
    drawn = cv2.boundingRect((frame[..., 0] < 130).astype(np.uint8))
    # The picture is looked at no larger than 112 pixels.
    within = 2 + max(frame.shape) / 112
    assert digit.box_xywh == pytest.approx(drawn, abs=within)


def in_a_shadow():
    """A part of a photograph rather than a drawing."""
    shade = np.linspace(0.5, 1.0, 160)[:, np.newaxis]
    return (picture() * shade).astype(np.uint8)


@pytest.mark.parametrize(
    "frame",
    [
        np.full((200, 160, 3), 225, np.uint8),
        picture("28", left=10, size=3),
        picture(left=-12),  # the border may cut it
        picture(size=1.5),  # there may be others of its size
        in_a_shadow(),
        picture("X"),
    ],
    ids=["blank", "two", "cut", "small", "uneven", "letter"],
)
def test_all_else_is_no_such_picture(classifier, frame):
    assert only_digit(frame, classifier) is None
