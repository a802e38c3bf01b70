import numpy as np
import pytest

from edge_app.common.draw import draw
from edge_app.reading import Digit, Reading

pytestmark = pytest.mark.device


def reading(*digits, rejects=()):
    return Reading(100, 100, tuple(digits), (), tuple(rejects), {"total": 1.0})


def test_the_frame_itself_is_not_drawn_on():
    frame = np.full((100, 100, 3), 255, np.uint8)
    picture = draw(frame, reading(Digit((40, 40, 20, 30), 7, 0.99)))
    assert (frame == 255).all()
    assert (picture != 255).any()


def test_box_is_around_the_digit():
    frame = np.full((100, 100, 3), 255, np.uint8)
    picture = draw(frame, reading(Digit((40, 40, 20, 30), 7, 0.99)))
    assert (picture[40:70, 40:60] == 255).all()
    assert (picture[38, 45:55] != 255).any(axis=1).all()


def test_label_of_a_digit_at_the_top_is_inside_the_picture():
    frame = np.full((100, 100, 3), 255, np.uint8)
    picture = draw(frame, reading(Digit((40, 3, 20, 30), 7, 0.99)))
    assert (picture[36:50, 40:50] != 255).any()


def test_doubt_shows_in_the_color():
    frame = np.full((100, 100, 3), 255, np.uint8)
    sure = draw(frame, reading(Digit((40, 40, 20, 30), 7, 0.99)))
    alternatives = ((7, 0.7), (1, 0.25))
    digit = Digit((40, 40, 20, 30), 7, 0.7, alternatives)
    doubtful = draw(frame, reading(digit))
    assert (sure[38, 45:55] != doubtful[38, 45:55]).any()


def test_turned_frames_are_drawn_upright():
    frame = np.full((100, 60, 3), 255, np.uint8)
    frame[10:20, 5:10] = 0
    turned = Reading(60, 100, (Digit((5, 10, 5, 10), 1, 0.99),), (), (), {}, 90)
    picture = draw(frame, turned)
    assert picture.shape == (60, 100, 3)
    assert (picture[5:10, 80:90] == 0).all()
    assert (picture[3, 82:88] != 255).any()


def test_rejects_are_drawn_without_a_label():
    frame = np.full((100, 100, 3), 255, np.uint8)
    picture = draw(frame, reading(rejects=[Digit((40, 40, 20, 30), 7, 0.3)]))
    assert (picture[:36] == 255).all()
    assert (picture[38:72, 38:62] != 255).any()
