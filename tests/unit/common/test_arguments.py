"""What callers of the library pass, checked."""

import numpy as np
import pytest

from edge_app.common import arguments

pytestmark = pytest.mark.device


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, np.int64(90)])
def test_quarters_of_a_turn_are_taken(rotate):
    arguments.check_rotate(rotate, or_auto=False)
    arguments.check_rotate("auto", or_auto=True)


@pytest.mark.parametrize("rotate", [45, 360, -90, 90.0, True, "90", None, [90]])
@pytest.mark.parametrize("or_auto", [False, True])
def test_other_turns_are_not(rotate, or_auto):
    expected = "0, 90, 180, 270 or 'auto'" if or_auto else "0, 90, 180 or 270"
    with pytest.raises(ValueError, match=f"^rotate: {expected} expected, got "):
        arguments.check_rotate(rotate, or_auto=or_auto)


def test_auto_is_no_turn_of_a_source():
    with pytest.raises(ValueError, match="0, 90, 180 or 270 expected, got 'auto'"):
        arguments.check_rotate("auto", or_auto=False)


@pytest.mark.parametrize(
    "roi_xywh", [(0, 0, 1, 1), [-5, 3, 10, 20], np.array([1, 2, 3, 4])]
)
def test_a_part_of_a_frame_is_four_integers(roi_xywh):
    arguments.check_region(roi_xywh)


@pytest.mark.parametrize(
    "roi_xywh",
    [(), 5, None, "1234", (0, 0, 1), (0, 0, 1, 0), (0, 0, -1, 1), (0, 0, 1.5, 1)],
)
def test_what_is_no_part_of_a_frame(roi_xywh):
    with pytest.raises(ValueError, match=r"^roi_xywh: four integers expected, .* got"):
        arguments.check_region(roi_xywh)


def test_expressions_are_compiled():
    assert arguments.compiled(None) is None
    assert arguments.compiled("[0-9]{2}").fullmatch("42")
    with pytest.raises(ValueError, match=r"^'\[0-9': not a regular expression \(unt"):
        arguments.compiled("[0-9")
    with pytest.raises(ValueError, match=r"not a regular expression \(the repetition"):
        arguments.compiled("[0-9]{99999999999}")
    with pytest.raises(ValueError, match="a regular expression expected, got 42"):
        arguments.compiled(42)


@pytest.mark.parametrize("share", [0, 1, 0.5, np.float32(0.25)])
def test_shares_are_taken(share):
    arguments.check_confidence(share)


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), "0.5", None, 1j])
def test_what_is_no_share(share):
    with pytest.raises(ValueError, match=r"^min_confidence: 0 to 1 expected, got "):
        arguments.check_confidence(share)


def test_threads_can_be_started():
    for num_threads in (1, 256):
        arguments.check_threads(num_threads)
    for num_threads in (0, 257, True, 2.0, "2"):
        with pytest.raises(ValueError, match="num_threads: 1 to 256 expected, got"):
            arguments.check_threads(num_threads)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (5, 7, 3)])
def test_pictures_are_passed_on(shape):
    frame = np.zeros(shape, np.uint8)
    assert arguments.check_frame(frame) is frame


@pytest.mark.parametrize(
    ("frame", "got"),
    [
        (np.zeros((5, 7, 4), np.uint8), r"\(5, 7, 4\) uint8"),
        (np.zeros((5, 7), np.float32), r"\(5, 7\) float32"),
        (np.zeros((0, 7), np.uint8), r"\(0, 7\) uint8"),
        ([[0, 0]], "list$"),
        (None, "NoneType; cv2.imread gives None for what it cannot read"),
    ],
)
def test_what_is_no_picture(frame, got):
    with pytest.raises(ValueError, match=f"dtype uint8 expected, got {got}"):
        arguments.check_frame(frame)
