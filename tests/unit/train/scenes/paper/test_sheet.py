from dataclasses import replace

import numpy as np
import pytest

from train.scenes.paper.sheet import DrawnPage, camera_matrix, warped
from train.scenes.setting import ordinary
from train.scenes.writing.pens import Pen
from train.scenes.writing.written import Layout, Written

PAGE_WH = (320, 240)
WHITE, BLACK = (240.0, 240.0, 240.0), (20.0, 20.0, 20.0)
AREA = (20.0, 80.0, 280.0, 60.0)


def rng():
    return np.random.default_rng(1)


def setting(**changes):
    level = {"tilt_deg": 0.0, "slope_deg": 0.0, "perspective": 0.0}
    even = Pen(width=0.1, strength=1.0, variation=0.0)
    colors = {"pen": even, "paper_bgr": WHITE, "ink_bgr": BLACK}
    return replace(ordinary(rng()), **{**level, **colors, **changes})


def page(**changes):
    return DrawnPage(setting(**changes), PAGE_WH, rng())


def bar(x=100.0):
    stroke = np.array([(x, 60), (x, 110), (x, 160)], np.float32)
    return Written(1, 100, [stroke])


def dark(picture):
    return picture.mean(axis=2) < 130


def inside(mask, box):
    x, y, w, h = (int(n) for n in box)
    return mask[y : y + h, x : x + w]


def test_a_level_camera_sees_the_page_as_it_is():
    assert camera_matrix(setting(), PAGE_WH, rng()) == pytest.approx(np.eye(3))


def test_tilt_and_slope_turn_the_page_around_its_middle():
    matrix = camera_matrix(setting(tilt_deg=60, slope_deg=30), PAGE_WH, rng())
    middle, right = (matrix @ (x, 120, 1) for x in (160, 260))
    assert middle / middle[2] == pytest.approx((160, 120, 1))
    assert right / right[2] == pytest.approx((160, 220, 1))


def test_an_enlarged_image_keeps_sharp_edges():
    image = np.full((20, 10), 255, np.uint8)
    corners = np.array([(30, 40), (80, 40), (80, 140), (30, 140)], np.float32)
    patch, place = warped(image, corners)
    assert place == (28, 38)
    assert patch.shape == (104, 54)
    assert (patch.min(), patch.max()) == (0, 1)
    middle = patch[50]
    # A pixel of the image is five of the frame; its edge takes fewer.
    assert 0 < ((middle > 0) & (middle < 1)).sum() <= 4
    assert (middle > 0.5).sum() == pytest.approx(50, abs=5)


def test_a_written_digit_is_seen_once_the_page_is_finished():
    drawn = page()
    x, y, w, h = drawn.write(bar())
    assert (x, y) == pytest.approx((95, 55), abs=2)
    assert (w, h) == pytest.approx((10, 110), abs=3)
    assert not dark(drawn.picture).any()
    ink = drawn.digit_ink
    assert ink.dtype == np.uint8
    assert (ink.min(), ink.max()) == (0, 255)
    assert np.array_equal(dark(drawn.finish()), ink > 127)


def test_a_digit_beside_the_frame_has_no_box():
    assert page().write(bar(-200.0)) is None


def test_an_image_of_a_digit_is_laid_where_its_corners_are():
    image = np.full((20, 10), 255, np.uint8)
    corners = np.array([(50, 50), (100, 50), (100, 150), (50, 150)], np.float32)
    drawn = page()
    box = drawn.write(Written(1, 100, [corners], image))
    assert box == pytest.approx((50, 50, 50, 100), abs=5)
    assert inside(dark(drawn.finish()), box).mean() > 0.9


def test_little_contrast_leaves_ink_nearly_as_bright_as_paper():
    drawn = page(contrast=0.25)
    drawn.write(bar())
    assert drawn.finish()[110, 100].mean() == pytest.approx(240 - 0.25 * 220, abs=4)


def test_rules_and_dots_run_where_the_layout_says():
    layout = Layout(segments=[((0, 50), (320, 50))], dots=[(100.0, 150.0)])
    drawn = page(line_strength=1.0)
    blank = drawn.picture.copy()
    drawn.rule(layout)
    lines = np.abs(drawn.picture - blank).max(axis=2) > 20
    assert lines[50].all()
    assert lines[150, 100]
    assert not lines[100:140].any()
    assert not drawn.digit_ink.any()


def test_of_what_is_printed_digits_have_boxes():
    layout = Layout(printed=[("7", (50.0, 100.0), 60.0), ("K", (150.0, 100.0), 60.0)])
    drawn = page()
    (box,) = drawn.print_cells(layout)
    assert [other.kind for other in drawn.others] == ["print", "print"]
    assert box == drawn.others[0].box
    assert inside(dark(drawn.picture), drawn.others[1].box).any()


@pytest.mark.parametrize(
    ("fill", "kinds"),
    [
        (lambda drawn, _: drawn.write_letters(AREA), {"letter"}),
        (lambda drawn, _: drawn.scribble(AREA), {"symbol"}),
        (lambda drawn, hand: drawn.write_letters(AREA, hand), {"letter", "symbol"}),
    ],
)
def test_what_is_no_digit_fills_its_place(fill, kinds, hands):
    drawn = page()
    fill(drawn, hands.writer(rng()))
    assert drawn.others
    # A real hand's minus, colon and the like have kinds of their own.
    found = {other.kind for other in drawn.others}
    assert found <= kinds | {"slash", "minus", "point", "comma", "colon"}
    assert found & kinds
    assert not drawn.digit_ink.any()
    written = dark(drawn.finish())
    for other in drawn.others:
        x, y, w, h = other.box
        assert 0 < x < x + w < 320
        assert 30 < y < y + h < 200
        assert inside(written, other.box).any()


def test_printed_text_fills_its_place():
    drawn = page()
    boxes = drawn.print_text(AREA)
    assert len(drawn.others) > 5
    assert {other.kind for other in drawn.others} == {"print"}
    assert set(boxes) <= {other.box for other in drawn.others}
    rows, _ = np.nonzero(dark(drawn.picture))
    assert 75 < rows.min() < rows.max() < 165


@pytest.mark.parametrize(
    "changes",
    [{"desk": True}, {"fingers": True}, {"creases": 3}, {"show_through": 0.9}],
)
def test_what_lies_around_and_below_is_seen(changes):
    plain, changed = (page(**options).finish() for options in ({}, changes))
    assert (np.abs(plain - changed).max(axis=2) > 10).mean() > 0.01
