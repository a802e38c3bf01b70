import numpy as np

from edge_app.draw import draw
from edge_app.reader import Digit, Reading


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


def test_doubt_shows_in_the_colour():
    frame = np.full((100, 100, 3), 255, np.uint8)
    sure = draw(frame, reading(Digit((40, 40, 20, 30), 7, 0.99)))
    doubtful = draw(frame, reading(Digit((40, 40, 20, 30), 7, 0.7)))
    assert (sure != doubtful).any()


def test_rejects_are_drawn_without_a_label():
    frame = np.full((100, 100, 3), 255, np.uint8)
    picture = draw(frame, reading(rejects=[Digit((40, 40, 20, 30), 7, 0.3)]))
    assert (picture[:36] == 255).all()
    assert (picture[38:72, 38:62] != 255).any()
