from dataclasses import replace

import cv2
import numpy as np

from edge_app.common.geometry import overlap
from edge_app.find import cuts


def ink_of(*strokes, size=(60, 120)):
    """Return the ink of strokes, cropped, and where it lies."""
    ink = np.zeros(size, np.uint8)
    for points in strokes:
        cv2.polylines(ink, [np.array(points)], False, 255, 5)
    x, y, w, h = cv2.boundingRect(ink)
    return ink[y : y + h, x : x + w], (x, y, w, h)


def zero(x):
    return [(x, 30), (x + 12, 5), (x + 30, 8), (x + 38, 30), (x + 20, 55), (x, 30)]


def piece(start, end, ink, box_xywh=None):
    return cuts.Piece(start, end, box_xywh or (0, 0, *ink.shape[::-1]), ink)


def test_narrow_ink_is_one_piece():
    ink, _ = ink_of([(20, 5), (20, 55)])
    (only,) = cuts.pieces(ink)
    assert only.ink is ink
    assert only.box_xywh == (0, 0, *ink.shape[::-1])


def test_touching_digits_may_be_cut_where_they_touch():
    ink, _ = ink_of(zero(10), zero(48))
    pieces = cuts.pieces(ink)
    assert pieces[0].ink is ink
    halves = [p for p in pieces[1:] if abs(p.box_xywh[2] - 41) <= 6]
    assert any(p.start == 0 for p in halves)
    assert any(p.end == pieces[0].end for p in halves)


def test_each_digit_of_a_long_chain_may_be_cut_out():
    starts = range(5, 280, 39)
    ink, (left, *_) = ink_of(*map(zero, starts), size=(60, 330))
    boxes = [piece.box_xywh for piece in cuts.pieces(ink)]
    for start in starts:
        assert any(
            abs(x + left - start) <= 5 and 36 <= width <= 46 for x, _, width, _ in boxes
        )


def test_stroke_of_two_digits_belongs_to_both():
    stroke = [(50, 5), (50, 55)]
    both, (left, top, *_) = ink_of(stroke, zero(10), zero(50))
    boxes = [
        (x + left, y + top, w, h)
        for x, y, w, h in (piece.box_xywh for piece in cuts.pieces(both))
    ]
    for strokes in ((stroke, zero(10)), (stroke, zero(50))):
        _, box_xywh = ink_of(*strokes)
        assert max(overlap(box_xywh, box) for box in boxes) > 0.95


def test_small_digit_beside_a_long_leg_may_be_cut_out():
    # A zero as high as a third of the seven that its end touches.
    small = np.add(np.multiply(zero(0), 0.6), (10, 4)).astype(int)
    ink, _ = ink_of(small, [(34, 14), (50, 14), (50, 95)], size=(100, 70))
    boxes = [piece.box_xywh for piece in cuts.pieces(ink)]
    assert any(w <= 30 and h <= 40 for _, _, w, h in boxes)


def test_no_cut_runs_down_a_stroke():
    assert len(cuts.pieces(np.full((55, 36), 255, np.uint8))) == 1


def test_pieces_are_where_their_boxes_say():
    ink, _ = ink_of(zero(10), zero(48))
    for cut_piece in cuts.pieces(ink):
        x, y, w, h = cut_piece.box_xywh
        assert cut_piece.ink.shape == (h, w)
        place = ink[y : y + h, x : x + w]
        assert place.shape == (h, w)
        # What it shares with its neighbor is left out, nothing is added.
        assert ((cut_piece.ink == place) | (cut_piece.ink == 0)).all()


def test_best_prefers_two_sure_halves_to_one_doubtful_whole():
    (both, _), (half, _) = ink_of(zero(10), zero(48)), ink_of(zero(10))
    candidates = [piece(0, 2, both), piece(0, 1, half), piece(1, 2, half)]
    assert cuts.best(candidates, [0, 0, 0], [0.3, 0.99, 0.99]) == [1, 2]


def test_best_keeps_a_sure_whole():
    ink, _ = ink_of([(20, 5), (50, 5), (20, 55)])
    candidates = [piece(0, 2, ink), piece(0, 1, ink), piece(1, 2, ink)]
    assert cuts.best(candidates, [0, 0, 0], [0.95, 0.99, 0.99]) == [0]


def test_best_takes_no_wide_ink_for_ones():
    wide, _ = ink_of([(10, 5), (60, 5), (60, 55)])
    stroke, _ = ink_of([(20, 5), (20, 55)])
    candidates = [piece(0, 3, wide)]
    candidates += [piece(n, n + 1, stroke) for n in range(3)]
    confidences = [0.2, 0.99, 0.99, 0.99]
    assert cuts.best(candidates, [0, 1, 7, 1], confidences) == [0]
    assert cuts.best(candidates, [0, 7, 1, 7], confidences) == [1, 2, 3]


def test_best_takes_no_side_of_a_zero_for_a_one():
    # A zero and a three that touch: the zero's left side is lower than a one would be,
    # and its right side makes the three an eight.
    whole, (*_, h) = ink_of(zero(10), zero(48))

    def part(start, end, left, right, top=0):
        return piece(start, end, whole, (left, top, right - left, h - 2 * top))

    candidates = [
        piece(0, 3, whole),
        part(0, 1, 0, 12, top=6),
        part(1, 3, 12, 79),
        part(0, 2, 0, 40),
        part(2, 3, 40, 79),
    ]
    confidences = [0.0, 0.99, 0.99, 0.8, 0.9]
    assert cuts.best(candidates, [0, 1, 8, 0, 3], confidences) == [3, 4]
    assert cuts.best(candidates, [0, 6, 8, 0, 3], confidences) == [1, 2]


def test_best_takes_no_digit_much_too_broad():
    (both, _), (half, narrow) = ink_of(zero(10), zero(48)), ink_of(zero(10))
    candidates = [piece(0, 2, both), piece(0, 1, half), piece(1, 2, half)]
    labels, confidences = [8, 0, 0], [0.85, 0.9, 0.9]
    assert cuts.best(candidates, labels, confidences) == [1, 2]
    narrow = [replace(candidate, ink=half, box_xywh=narrow) for candidate in candidates]
    assert cuts.best(narrow, labels, confidences) == [0]


def test_best_takes_what_is_hopeless_for_narrow():
    ink, _ = ink_of(zero(10))
    candidates = [piece(0, 3, ink, (0, 0, 100, 50)), piece(1, 3, ink, (40, 0, 60, 50))]
    for number, (left, right) in enumerate(((0, 40), (40, 55), (55, 100))):
        box_xywh = left, 0, right - left, 50
        candidates.append(piece(number, number + 1, ink, box_xywh))
    confidences = [0.0, 0.01, 0.99, 0.0, 0.99]
    assert cuts.best(candidates, [0] * 5, confidences) == [2, 3, 4]
