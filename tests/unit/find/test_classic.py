import cv2
import numpy as np
import pytest

from edge_app.find.classic import ClassicFinder
from edge_app.model.normalize import normalize
from edge_app.reader import Reader

pytestmark = pytest.mark.device

BLACK, WHITE = (30, 30, 30), (245, 245, 245)


def page(size_wh=(320, 240), color=WHITE):
    return np.full((size_wh[1], size_wh[0], 3), color, np.uint8)


def put(frame, text, xy, color=BLACK, scale=2.0, thickness=4):
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(frame, text, xy, font, scale, color, thickness, cv2.LINE_AA)


def three_digits(pen=BLACK, paper=WHITE):
    frame = page(color=paper)
    for digit, x in zip("285", (40, 130, 220), strict=True):
        put(frame, digit, (x, 140), pen)
    return frame


def boxes(frame):
    return sorted(candidate.box_xywh for candidate in ClassicFinder()(frame))


@pytest.mark.parametrize(
    ("pen", "paper"),
    [
        (BLACK, WHITE),
        ((215, 215, 215), WHITE),  # faint pencil
        (WHITE, BLACK),  # chalk
        ((160, 60, 20), (120, 230, 250)),  # blue on yellow
    ],
)
def test_three_digits(pen, paper):
    candidates = ClassicFinder()(three_digits(pen, paper))
    assert len(candidates) == 3
    for candidate in sorted(candidates, key=lambda found: found.box_xywh):
        _, y, w, h = candidate.box_xywh
        assert candidate.ink.shape == (h, w)
        assert candidate.ink.dtype == np.uint8
        assert 90 <= y < y + h <= 150
        assert 40 <= h <= 55
        assert candidate.scores is candidate.reject is None
    assert [x // 90 for x, *_ in boxes(three_digits(pen, paper))] == [0, 1, 2]


def test_ink_is_graded_and_alone():
    frame = three_digits()
    cv2.circle(frame, (60, 116), 80, BLACK, 3)  # its box holds the 2, which is no piece
    two = min(ClassicFinder()(frame), key=lambda found: found.box_xywh[3])
    assert two.ink[0, 0] == 0
    assert len(np.unique(two.ink)) > 10
    assert normalize(two.ink).max() == 255


def test_digits_in_a_shadow():
    shade = np.linspace(0.35, 1, 320)[:, np.newaxis]
    shaded = np.rint(three_digits() * shade).astype(np.uint8)
    assert len(boxes(shaded)) == 3


def test_noise_changes_nothing():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 5, (240, 320, 3))
    noisy = np.clip(three_digits(WHITE, BLACK) + noise, 0, 255).astype(np.uint8)
    assert len(boxes(noisy)) == 3
    assert boxes(np.rint(page(color=(128,) * 3) + noise).astype(np.uint8)) == []


@pytest.mark.parametrize("color", [WHITE, BLACK, (0, 0, 0), (255, 255, 255)])
def test_blank_page(color):
    assert boxes(page(color=color)) == []


@pytest.mark.parametrize("end", [(300, 182), (22, 230)])
def test_a_ruled_line_is_no_candidate(end):
    frame = three_digits()
    cv2.line(frame, (20, 180 if end[0] == 300 else 10), end, BLACK, 2)
    assert boxes(frame) == boxes(three_digits())


def test_specks_are_no_candidates():
    frame = three_digits()
    frame[200:204, 100:104] = 0
    assert boxes(frame) == boxes(three_digits())


def test_a_table_around_digits_is_no_candidate():
    frame = three_digits()
    cv2.rectangle(frame, (10, 10), (310, 230), BLACK, 3)
    assert boxes(frame) == boxes(three_digits())


def test_pieces_that_overlap_are_one_digit():
    frame = page()
    body = [(120, 130), (120, 160), (150, 160), (150, 200), (110, 200)]
    cv2.polylines(frame, [np.array(body)], False, BLACK, 3)
    cv2.line(frame, (126, 140), (160, 124), BLACK, 3)  # a 5's bar that misses its body
    ((x, y, w, h),) = boxes(frame)
    assert (x, y) == pytest.approx((109, 123), abs=2)
    assert (w, h) == pytest.approx((53, 79), abs=3)


def test_a_shadow_beside_a_digit_is_no_piece_of_it():
    frame = page((640, 480))
    put(frame, "2", (150, 300))
    alone = boxes(frame)
    corner = [(0, 280), (200, 470), (210, 479), (0, 479)]  # its box holds most of the 2
    cv2.fillPoly(frame, [np.array(corner)], BLACK)
    assert set(alone) < set(boxes(frame))


def test_what_the_border_cuts_is_rejected():
    frame = three_digits()
    put(frame, "6", (300, 140))
    cut = {candidate.box_xywh: candidate.is_cut for candidate in ClassicFinder()(frame)}
    assert [cut[box] for box in sorted(cut)] == [False, False, False, True]
    reading = Reader(finder="classic").read(frame)
    assert [digit.label for digit in reading.digits] == [2, 8, 5]
    assert [reject.reject for reject in reading.rejects] == ["border"]


def test_a_whole_digit_at_the_border_is_rejected_however_surely_it_reads():
    frame = three_digits()
    put(frame, "0", (284, 140))
    cropped = frame[:, : max(x + w for x, _, w, _ in boxes(frame))]
    reading = Reader(finder="classic").read(cropped)
    (rejected,) = reading.rejects
    assert (rejected.label, rejected.reject) == (0, "border")
    assert rejected.confidence > 0.9


def test_the_only_digit_may_touch_the_border():
    digit = page((30, 48))
    put(digit, "3", (-4, 48))
    (candidate,) = ClassicFinder()(digit)
    assert not candidate.is_cut


@pytest.mark.parametrize("digit", "0123456789")
def test_tiny_frame_with_a_light_digit(digit):
    frame = page((28, 28), (0, 0, 0))
    put(frame, digit, (6, 23), (255, 255, 255), 0.85, 2)
    (candidate,) = ClassicFinder()(frame)
    x, y, w, h = candidate.box_xywh
    assert 15 <= h <= 22
    assert x + w <= 28
    assert y + h <= 28


def test_boxes_of_a_huge_frame_are_in_its_pixels():
    frame = page((4000, 1500))
    put(frame, "4", (3000, 900), scale=5.0, thickness=12)
    ((x, y, w, h),) = boxes(frame)
    left, top, width, height = cv2.boundingRect(255 - frame[..., 0] & 0xC0)
    assert (x, y, w, h) == pytest.approx((left, top, width, height), abs=4)


def test_a_crowded_page_is_capped():
    frame = page((1200, 900))
    for y in range(10, 880, 20):
        for x in range(10, 1180, 20):
            cv2.line(frame, (x, y), (x + 4, y + 12), BLACK, 2)
    assert len(boxes(frame)) == 300


@pytest.mark.parametrize(
    "size_wh", [(1, 1), (2, 1), (1, 50), (5, 5), (11, 3000), (1, 600), (60000, 3)]
)
def test_any_size_works(size_wh):
    assert boxes(page(size_wh)) == []
    noise = np.random.default_rng(0).integers(0, 256, (size_wh[1], size_wh[0], 3))
    for x, y, w, h in boxes(noise.astype(np.uint8)):
        assert 0 <= x < x + w <= size_wh[0]
        assert 0 <= y < y + h <= size_wh[1]
