import cv2
import numpy as np

from edge_app import cuts
from edge_app.classify import Classification
from edge_app.segment import Region


def region_of(*strokes, size=(60, 120)):
    ink = np.zeros(size, np.uint8)
    for points in strokes:
        cv2.polylines(ink, [np.array(points)], False, 255, 5)
    x, y, w, h = cv2.boundingRect(ink)
    return Region((x + 10, y + 20, w, h), ink[y : y + h, x : x + w])


def zero(x):
    return [(x, 30), (x + 12, 5), (x + 30, 8), (x + 38, 30), (x + 20, 55), (x, 30)]


def sure(confidence):
    return Classification(0, confidence, accepted=True)


def test_narrow_region_is_one_piece():
    region = region_of([(20, 5), (20, 55)])
    assert cuts.pieces(region) == [cuts.Piece(0, 1, region)]


def test_touching_digits_may_be_cut_where_they_touch():
    region = region_of(zero(10), zero(48))
    pieces = cuts.pieces(region)
    assert pieces[0].region is region
    halves = [p for p in pieces[1:] if abs(p.region.box_xywh[2] - 41) <= 6]
    assert any(p.start == 0 for p in halves)
    assert any(p.end == pieces[0].end for p in halves)


def test_pieces_lie_within_the_region():
    region = region_of(zero(10), zero(48))
    x, y, w, h = region.box_xywh
    for piece in cuts.pieces(region):
        px, py, pw, ph = piece.region.box_xywh
        assert x <= px
        assert y <= py
        assert px + pw <= x + w
        assert py + ph <= y + h


def test_best_prefers_two_sure_halves_to_one_doubtful_whole():
    region, half = region_of(zero(10), zero(48)), region_of(zero(10))
    candidates = [
        cuts.Piece(0, 2, region),
        cuts.Piece(0, 1, half),
        cuts.Piece(1, 2, half),
    ]
    assert cuts.best(candidates, [sure(0.3), sure(0.99), sure(0.99)]) == [1, 2]


def test_best_keeps_a_sure_whole():
    region = region_of([(20, 5), (50, 5), (20, 55)])
    candidates = [
        cuts.Piece(0, 2, region),
        cuts.Piece(0, 1, region),
        cuts.Piece(1, 2, region),
    ]
    assert cuts.best(candidates, [sure(0.95), sure(0.99), sure(0.99)]) == [0]
