import cv2
import numpy as np
import pytest

from edge_app import components
from edge_app.lines import without_lines

pytestmark = pytest.mark.device


def blank():
    return np.zeros((480, 640), np.uint8)


def grid(mask, step=80, width=3, tilt=0):
    for n in range(40, 461, step):
        cv2.line(mask, (40, n), (600, n + tilt), 255, width)
        cv2.line(mask, (n + 100, 20), (n + 100 - tilt, 460), 255, width)


def tallest(mask):
    _, stats = components.find(mask)
    return stats[1:, 3].max(initial=0)


@pytest.mark.parametrize("tilt", [0, 8, 20])
def test_grid_is_removed(tilt):
    mask = blank()
    grid(mask, tilt=tilt)
    assert (without_lines(mask)[0] > 0).sum() < 0.1 * (mask > 0).sum()


def test_digit_in_a_grid_is_kept():
    mask = blank()
    grid(mask)
    cv2.putText(mask, "5", (160, 108), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 4)
    digit = blank()
    cv2.putText(digit, "5", (160, 108), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 4)
    kept = without_lines(mask)[0]
    assert (kept[digit > 0] > 0).mean() > 0.95


@pytest.mark.parametrize("slope", [0, 15, 30])
def test_stroke_that_crosses_a_line_stays_whole(slope):
    mask = blank()
    for y in (100, 200, 300):
        cv2.line(mask, (0, y), (639, y), 255, 2)
    cv2.line(mask, (300, 170), (300 + slope, 240), 255, 5)
    kept = without_lines(mask)[0]
    assert tallest(kept) >= 68


def test_strokes_beside_a_line_do_not_bend_it():
    mask, strokes = blank(), blank()
    for top in (60, 150, 240):
        cv2.ellipse(strokes, (320, top + 35), (16, 34), 0, 0, 360, 255, 7)
    for x in (100, 200, 300, 400, 500):
        cv2.line(mask, (x, 0), (x + 8, 479), 255, 3)
    for y in (50, 150, 250, 350):
        cv2.line(mask, (0, y), (639, y), 255, 3)
    kept = without_lines(cv2.bitwise_or(mask, strokes))[0]
    near = cv2.dilate(strokes, np.ones((9, 9), np.uint8))
    assert not (kept[near == 0] > 0).any()
    assert (kept[strokes > 0] > 0).mean() > 0.75


@pytest.mark.parametrize("digit", ["1", "4", "7", "0"])
def test_large_digit_is_not_taken_for_lines(digit):
    mask = blank()
    strokes = {
        "1": [[(320, 80), (320, 380)]],
        "4": [[(330, 80), (200, 280), (430, 280)], [(370, 120), (370, 400)]],
        "7": [[(220, 100), (420, 100), (300, 400)]],
        "0": [[(320, 80), (230, 240), (320, 400), (410, 240), (320, 80)]],
    }[digit]
    for points in strokes:
        cv2.polylines(mask, [np.array(points)], False, 255, 6)
    np.testing.assert_array_equal(without_lines(mask)[0], mask)


def test_banner_with_light_letters_is_removed():
    mask = blank()
    mask[40:110, :400] = 255
    cv2.line(mask, (400, 108), (639, 108), 255, 3)
    cv2.putText(mask, "SUDOKU", (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 8)
    assert not without_lines(mask)[0][:, 20:].any()


@pytest.mark.parametrize("tilt", [0, 3])
def test_sides_of_boxes_are_removed(tilt):
    mask = blank()
    for n in range(3):
        x, y = 100 + 50 * n, 100 + tilt * n
        corners = [(x, y), (x + 50, y + tilt), (x + 50, y + 65 + tilt), (x, y + 65)]
        cv2.polylines(mask, [np.array(corners)], True, 255, 2)
    digits = blank()
    for n, x in enumerate((110, 160, 210)):
        cv2.putText(digits, "427"[n], (x, 155), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 255, 5)
    kept = without_lines(cv2.bitwise_or(mask, digits))[0]
    assert components.find(kept)[1][1:, 4].size == 3
    assert (kept[digits > 0] > 0).mean() > 0.97


def row_of_boxes(width=2, gap=20):
    mask = blank()
    for n in range(5):
        x = 100 + (40 + gap) * n
        mask[100:156, x : x + 40] = 255
        mask[100 + width : 156 - width, x + width : x + 40 - width] = 0
    return mask


@pytest.mark.parametrize("gap", [3, 5, 20])
@pytest.mark.parametrize("width", [2, 4])
def test_sides_of_boxes_beside_each_other_are_removed(width, gap):
    digits = blank()
    for n in range(5):
        x = 110 + (40 + gap) * n
        cv2.putText(digits, "4", (x, 140), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 4)
    kept = without_lines(cv2.bitwise_or(row_of_boxes(width, gap), digits))[0]
    np.testing.assert_array_equal(kept, digits)


def test_sides_that_digits_reach_into_are_removed():
    digits = blank()
    for n in range(4):
        x = 108 + 60 * n
        cv2.ellipse(digits, (x + 12, 133), (10, 20), 0, 0, 360, 255, 8)
    kept = without_lines(cv2.bitwise_or(row_of_boxes(), digits))[0]
    assert not (kept[cv2.dilate(digits, np.ones((5, 5), np.uint8)) == 0] > 0).any()
    assert (kept[digits > 0] > 0).mean() > 0.9


def test_dividers_of_a_row_of_boxes_below_another_are_removed():
    mask, digits = blank(), blank()
    for x, y, count in ((120, 100, 3), (40, 164, 6)):
        for n in range(count):
            cv2.rectangle(mask, (x + 40 * n, y), (x + 40 * n + 40, y + 60), 255, 1)
            place = (x + 40 * n + 11, y + 42)
            cv2.putText(digits, "4", place, cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 4)
    kept, _ = without_lines(cv2.bitwise_or(mask, digits))
    np.testing.assert_array_equal(kept, digits)


def test_strokes_nearly_as_high_as_a_box_are_no_sides():
    strokes = blank()
    for x in range(120, 420, 60):
        cv2.line(strokes, (x, 107), (x, 148), 255, 2)
    kept = without_lines(cv2.bitwise_or(row_of_boxes(), strokes))[0]
    np.testing.assert_array_equal(kept, strokes)


def test_slanted_strokes_from_side_to_side_of_a_box_are_no_sides():
    strokes = blank()
    for x in range(115, 355, 60):
        cv2.line(strokes, (x + 14, 101), (x, 155), 255, 3)
    cv2.line(strokes, (369, 110), (355, 140), 255, 3)
    kept = without_lines(cv2.bitwise_or(row_of_boxes(), strokes))[0]
    np.testing.assert_array_equal(kept[105:151], strokes[105:151])


def test_strokes_that_span_a_cell_are_no_lines():
    mask = blank()
    grid(mask, step=40, width=2)
    stems = blank()
    for y in (122, 162, 202):
        cv2.line(stems, (324, y), (316, y + 36), 255, 2)
    kept = without_lines(cv2.bitwise_or(mask, stems))[0]
    assert (kept[stems > 0] > 0).mean() > 0.8


def test_what_a_thick_frame_surrounds_is_kept():
    mask = blank()
    cv2.rectangle(mask, (40, 40), (600, 440), 255, 24)
    cv2.line(mask, (0, 45), (639, 45), 255, 3)
    digit = blank()
    cv2.putText(digit, "5", (300, 250), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 5)
    kept = without_lines(cv2.bitwise_or(mask, digit))[0]
    assert (kept[digit > 0] > 0).all()


@pytest.mark.parametrize("direction", ["across", "down"])
def test_a_stroke_along_a_fainter_line_is_kept(direction):
    lines, stroke = blank(), blank()
    for n in (100, 200, 300):
        lines[n : n + 3] = 255
    cv2.line(stroke, (300, 201), (340, 201), 255, 3)
    cv2.line(stroke, (340, 201), (320, 260), 255, 3)
    if direction == "down":
        lines, stroke = (
            np.ascontiguousarray(each[:, :480].T) for each in (lines, stroke)
        )
    ink = np.where(stroke > 0, 200, lines // 3).astype(np.uint8)
    kept, _ = without_lines(cv2.bitwise_or(lines, stroke), ink=ink)
    np.testing.assert_array_equal(kept, stroke)
