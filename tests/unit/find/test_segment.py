import cv2
import numpy as np
import pytest

from benchmarks.photos import overlap
from edge_app.segment import MAX_SIDE, _is_on_paper, segment
from edge_app.stages import Stages

pytestmark = pytest.mark.device

WHITE = (250, 250, 250)


def page(size_wh=(640, 480), color=WHITE):
    return np.full((size_wh[1], size_wh[0], 3), color, np.uint8)


def draw_seven(frame, box, pen=(40, 40, 40), width=4):
    """A seven whose ink fills the box."""
    x, y, w, h = box
    half = width // 2
    points = [
        (x + half, y + half),
        (x + w - half, y + half),
        (x + w // 3, y + h - half),
    ]
    cv2.polylines(frame, [np.array(points)], False, pen, width, cv2.LINE_AA)


def boxes(frame):
    return [region.box_xywh for region in segment(frame)]


def found(frame, box):
    return max((overlap(box, each) for each in boxes(frame)), default=0.0) > 0.7


def test_blank_page_holds_nothing():
    assert segment(page()) == []


def test_noise_is_no_ink():
    rng = np.random.default_rng(0)
    noisy = page(color=(150, 150, 150)) + rng.normal(0, 6, (480, 640, 3))
    assert segment(np.clip(noisy, 0, 255).astype(np.uint8)) == []


@pytest.mark.parametrize(
    "size_wh", [(1, 1), (2, 1), (1, 50), (5, 5), (11, 3000), (1, 600), (60000, 3)]
)
def test_tiny_frames(size_wh):
    assert segment(page(size_wh)) == []


@pytest.mark.parametrize(
    ("paper", "pen"),
    [
        (WHITE, (40, 40, 40)),  # black on white
        (WHITE, (180, 175, 175)),  # pencil
        (WHITE, (60, 60, 220)),  # red
        (WHITE, (200, 120, 60)),  # light blue
        ((120, 230, 250), (170, 60, 20)),  # blue on yellow
        ((90, 160, 90), (30, 60, 30)),  # dark on green
        ((120, 120, 130), (60, 55, 60)),  # in the dark
    ],
)
def test_pens_and_papers(paper, pen):
    frame = page(color=paper)
    draw_seven(frame, (300, 200, 40, 60), pen)
    assert found(frame, (300, 200, 40, 60))


def test_uneven_light():
    frame = page()
    places = [(60, 60), (300, 200), (560, 380)]
    for x, y in places:
        draw_seven(frame, (x, y, 30, 50))
    ramp = np.linspace(0.25, 1.0, 640)[np.newaxis, :, np.newaxis]
    frame = (frame * ramp).astype(np.uint8)
    assert len(boxes(frame)) == len(places)
    assert all(found(frame, (x, y, 30, 50)) for x, y in places)


def test_hard_shadow():
    frame = page()
    draw_seven(frame, (100, 100, 40, 60))
    draw_seven(frame, (500, 300, 40, 60))
    frame[:, 300:] = frame[:, 300:] // 2
    assert len(boxes(frame)) == 2
    assert found(frame, (100, 100, 40, 60))
    assert found(frame, (500, 300, 40, 60))


def test_digits_of_very_different_sizes():
    frame = page()
    draw_seven(frame, (50, 50, 180, 240), width=22)
    draw_seven(frame, (400, 100, 60, 80), width=5)
    draw_seven(frame, (550, 400, 11, 16), width=2)
    assert len(boxes(frame)) == 3
    assert found(frame, (50, 50, 180, 240))
    assert found(frame, (400, 100, 60, 80))
    assert found(frame, (550, 400, 11, 16))


def test_low_zero_beside_tall_digits():
    frame = page()
    draw_seven(frame, (300, 200, 20, 30), width=2)
    cv2.circle(frame, (340, 214), 4, (40, 40, 40), 2)
    assert found(frame, (335, 209, 10, 10))


def test_specks_are_ignored():
    frame = page()
    draw_seven(frame, (300, 200, 40, 60))
    for x, y in np.random.default_rng(1).integers(20, 440, (40, 2)):
        cv2.circle(frame, (int(x), int(y)), 1, (60, 60, 60), cv2.FILLED)
    kept = [box for box in boxes(frame) if box[3] < 40]
    assert kept == []


@pytest.mark.parametrize("line", [(170, 170, 170), (150, 150, 150)])
def test_digit_in_a_faint_dashed_box(line):
    frame = page()
    box = (302, 206, 26, 40)
    draw_seven(frame, box, width=5)
    for x in range(288, 342, 9):
        frame[191:193, x : x + 5] = frame[258:260, x : x + 5] = line
    for y in range(194, 256, 12):
        frame[y : y + 10, 290:292] = frame[y : y + 10, 338:340] = line
    assert found(frame, box)


def test_what_touches_the_border_is_ignored():
    frame = page()
    frame[:, :30] = 20  # the desk beside the paper
    cv2.circle(frame, (640, 480), 60, (120, 140, 190), cv2.FILLED)  # a thumb
    draw_seven(frame, (300, 200, 40, 60))
    assert len(boxes(frame)) == 1


def test_broken_stroke_is_joined():
    frame = page()
    cv2.line(frame, (300, 200), (335, 198), (40, 40, 40), 4)  # a five's bar
    body = np.array([(300, 206), (298, 222), (322, 222), (332, 240), (300, 256)])
    cv2.polylines(frame, [body], False, (40, 40, 40), 4)
    assert len(boxes(frame)) == 1


def test_neighbours_are_not_joined():
    frame = page()
    for x in (100, 136, 172):
        draw_seven(frame, (x, 200, 32, 60))
    assert len(boxes(frame)) == 3


def test_boxes_of_a_large_photograph_are_in_its_own_pixels():
    frame = page((4000, 3000))
    draw_seven(frame, (3000, 2000, 240, 360), width=24)
    assert max(frame.shape) > MAX_SIDE
    assert found(frame, (3000, 2000, 240, 360))


@pytest.mark.parametrize("size_wh", [(256, 255), (513, 1025), (1279, 959)])
def test_frames_of_odd_sizes(size_wh):
    frame = page(size_wh)
    frame[:, size_wh[0] // 2 :] //= 2  # a shadow that the paper's colour follows
    draw_seven(frame, (30, 40, 40, 60))
    draw_seven(frame, (size_wh[0] - 70, size_wh[1] - 100, 40, 60))
    assert len(boxes(frame)) == 2


def test_ink_is_the_regions_own():
    frame = page()
    draw_seven(frame, (300, 200, 60, 80), width=6)
    draw_seven(frame, (349, 240, 50, 60), width=6)  # lies within the first one's box
    regions = segment(frame)
    assert len(regions) == 2
    for region in regions:
        assert region.ink.shape == region.box_xywh[3:1:-1]
        count, *_ = cv2.connectedComponentsWithStats((region.ink > 60).astype(np.uint8))
        assert count == 2  # the background and one digit


@pytest.mark.parametrize("board", [(40, 45, 40), (60, 40, 30), (20, 20, 20)])
def test_chalk_on_a_board(board):
    frame = page(color=board)
    draw_seven(frame, (300, 200, 40, 60), (225, 230, 230))
    assert found(frame, (300, 200, 40, 60))


def test_faint_ink_on_smooth_paper():
    frame = page(color=(230, 230, 230))
    draw_seven(frame, (300, 200, 40, 60), (212, 212, 212))
    assert found(frame, (300, 200, 40, 60))


@pytest.mark.parametrize(("darker", "is_on_paper"), [(200, True), (60, False)])
def test_ground_of_a_stroke_is_even(darker, is_on_paper):
    frame = page((60, 80), (200, 200, 200))
    for x in range(0, 60, 8):
        frame[:, x : x + 4] = darker  # the stripes of a cloth
    frame[20:60, 27:31] = 100
    ink = 200 - frame.min(axis=2)
    part = np.pad(ink[20:60, 27:31], 2)
    assert _is_on_paper(frame, ink, (25, 18, 8, 44), part, 100) == is_on_paper


def test_digit_in_a_tight_box():
    frame = page()
    draw_seven(frame, (300, 200, 20, 32))
    cv2.rectangle(frame, (294, 194), (325, 237), (60, 60, 60), 3)
    assert found(frame, (300, 200, 20, 32))


def test_stages_hold_a_picture_each():
    frame = page()
    draw_seven(frame, (300, 200, 40, 60), (40, 40, 40))
    stages = Stages()
    segment(frame, stages)
    assert list(stages.pictures) == ["ink", "mask", "without-lines", "regions"]
    for picture in stages.pictures.values():
        assert picture.shape == frame.shape[:2]
        assert picture[200:260, 300:340].any()
        assert not picture[:100].any()


def test_tells_what_it_passes_over():
    frame = np.full((300, 400, 3), 220, np.uint8)
    cv2.rectangle(frame, (40, 50), (60, 90), (30, 30, 30), 4)  # like a digit
    zigzag = np.array([[(104 + 8 * n, 60 + 30 * (n % 2)) for n in range(25)]])
    cv2.polylines(frame, zigzag, False, (30, 30, 30), 4)  # too wide
    cv2.rectangle(frame, (310, 80), (315, 86), (30, 30, 30), 2)  # too small
    passed_over = []
    regions = segment(frame, passed_over=passed_over)
    assert len(regions) == 1
    assert sorted(box[0] // 100 for box in passed_over) == [1, 3]
