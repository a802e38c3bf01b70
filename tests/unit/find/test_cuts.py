from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks import photos, reading
from edge_app import cuts
from edge_app.classify import Classification
from edge_app.segment import Region
from train import scenes

pytestmark = pytest.mark.device


def region_of(*strokes, size=(60, 120)):
    ink = np.zeros(size, np.uint8)
    for points in strokes:
        cv2.polylines(ink, [np.array(points)], False, 255, 5)
    x, y, w, h = cv2.boundingRect(ink)
    return Region((x + 10, y + 20, w, h), ink[y : y + h, x : x + w])


def zero(x):
    return [(x, 30), (x + 12, 5), (x + 30, 8), (x + 38, 30), (x + 20, 55), (x, 30)]


def sure(confidence, label=0):
    return Classification(label, confidence, accepted=True)


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


def test_each_digit_of_a_long_chain_may_be_cut_out():
    starts = range(5, 280, 39)
    region = region_of(*map(zero, starts), size=(60, 330))
    boxes = [piece.region.box_xywh for piece in cuts.pieces(region)]
    for start in starts:
        assert any(
            abs(x - 10 - start) <= 5 and 36 <= width <= 46 for x, _, width, _ in boxes
        )


def test_stroke_of_two_digits_belongs_to_both():
    stroke = [(50, 5), (50, 55)]
    left, right = region_of(stroke, zero(10)), region_of(stroke, zero(50))
    both = region_of(stroke, zero(10), zero(50))
    boxes = [piece.region.box_xywh for piece in cuts.pieces(both)]
    for box_xywh in (left.box_xywh, right.box_xywh):
        assert max(photos.overlap(box_xywh, box) for box in boxes) > 0.95


def test_small_digit_beside_a_long_leg_may_be_cut_out():
    # A zero as high as a third of the seven that its end touches.
    small = np.add(np.multiply(zero(0), 0.6), (10, 4)).astype(int)
    region = region_of(small, [(34, 14), (50, 14), (50, 95)], size=(100, 70))
    boxes = [piece.region.box_xywh for piece in cuts.pieces(region)]
    assert any(w <= 30 and h <= 40 for _, _, w, h in boxes)


def test_no_cut_runs_down_a_stroke():
    region = region_of([(20, 5), (20, 55), (50, 55), (50, 5), (20, 5)], size=(60, 70))
    solid = Region(region.box_xywh, np.full_like(region.ink, 255))
    assert len(cuts.pieces(solid)) == 1


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


def test_best_takes_no_wide_region_for_ones():
    wide, stroke = (
        region_of([(10, 5), (60, 5), (60, 55)]),
        region_of([(20, 5), (20, 55)]),
    )
    candidates = [
        cuts.Piece(0, 3, wide),
        cuts.Piece(0, 1, stroke),
        cuts.Piece(1, 2, stroke),
        cuts.Piece(2, 3, stroke),
    ]
    ones = [sure(0.2), sure(0.99, 1), sure(0.99, 7), sure(0.99, 1)]
    assert cuts.best(candidates, ones) == [0]
    sevens = [sure(0.2), sure(0.99, 7), sure(0.99, 1), sure(0.99, 7)]
    assert cuts.best(candidates, sevens) == [1, 2, 3]


def test_best_takes_no_side_of_a_zero_for_a_one():
    # A zero and a three that touch: the zero's left side is lower than a one would be,
    # and its right side makes the three an eight.
    whole = region_of(zero(10), zero(48))
    x, y, _, h = whole.box_xywh

    def part(left, right, top=0):
        return replace(whole, box_xywh=(x + left, y + top, right - left, h - 2 * top))

    candidates = [
        cuts.Piece(0, 3, whole),
        cuts.Piece(0, 1, part(0, 12, top=6)),
        cuts.Piece(1, 3, part(12, 79)),
        cuts.Piece(0, 2, part(0, 40)),
        cuts.Piece(2, 3, part(40, 79)),
    ]
    readings = [sure(0.0), sure(0.99, 1), sure(0.99, 8), sure(0.8), sure(0.9, 3)]
    assert cuts.best(candidates, readings) == [3, 4]
    readings[1] = sure(0.99, 6)
    assert cuts.best(candidates, readings) == [1, 2]


def test_best_takes_no_digit_much_too_broad():
    both, half = region_of(zero(10), zero(48)), region_of(zero(10))
    candidates = [
        cuts.Piece(0, 2, both),
        cuts.Piece(0, 1, half),
        cuts.Piece(1, 2, half),
    ]
    readings = [sure(0.85, 8), sure(0.9), sure(0.9)]
    assert cuts.best(candidates, readings) == [1, 2]
    narrow = [replace(each, region=half) for each in candidates]
    assert cuts.best(narrow, readings) == [0]


def test_best_takes_no_digit_much_wider_than_those_of_its_page():
    x, y, w, h = region_of(zero(10)).box_xywh
    whole, left, right = (
        replace(region_of(zero(10)), box_xywh=box)
        for box in ((x, y, w, h), (x, y, w // 2, h), (x + w // 2, y, w // 2, h))
    )
    candidates = [
        cuts.Piece(0, 2, whole),
        cuts.Piece(0, 1, left),
        cuts.Piece(1, 2, right),
    ]
    readings = [sure(0.85, 7), sure(0.95), sure(0.95)]
    assert cuts.best(candidates, readings, w) == [0]
    assert cuts.best(candidates, readings, w / 2.5) == [1, 2]


def test_best_takes_what_is_hopeless_for_narrow():
    widths = (0, 40), (40, 55), (55, 100)
    whole = region_of(zero(10))
    regions = [
        replace(whole, box_xywh=(left, 0, right - left, 50)) for left, right in widths
    ]
    wide = replace(whole, box_xywh=(0, 0, 100, 50))
    wider = replace(whole, box_xywh=(40, 0, 60, 50))
    candidates = [cuts.Piece(0, 3, wide), cuts.Piece(1, 3, wider)]
    candidates += [cuts.Piece(n, n + 1, each) for n, each in enumerate(regions)]
    readings = [sure(0.0), sure(0.01), sure(0.99), sure(0.0), sure(0.99)]
    assert cuts.best(candidates, readings) == [2, 3, 4]


def test_letters_are_not_cut_into_digits(reader):
    scenes_read = [scenes.make("no digits: letters", seed) for seed in range(1, 5)]
    assert sum(len(reader.read(scene.frame).digits) for scene in scenes_read) <= 2


def test_touching_digits_of_scenes_are_read(reader):
    def score(seed):
        scene = scenes.make("touching", seed)
        return photos.score(scene.truth, reading.labelled(reader.read(scene.frame)))

    assert photos.total(score(seed) for seed in range(20, 28)).f1 >= 0.88
