import numpy as np
import pytest

from benchmarks import photos, reading
from edge_app import choose
from edge_app.classify import Classification
from edge_app.cuts import Piece
from edge_app.segment import Region
from train import scenes

NONE = Classification(3, 0.0, accepted=False, digit_share=0.0)
ONE, TWO, SEVEN = (Classification(label, 1.0, accepted=True) for label in (1, 2, 7))


def region(x, width=40, height=50):
    ink = np.full((height, width), 255, np.uint8)
    return Region((x, 20, width, height), ink)


def pair(x):
    """What two digits may be that touch: whole, left, right."""
    return [
        Piece(0, 2, region(x, 80)),
        Piece(0, 1, region(x)),
        Piece(1, 2, region(x + 40)),
    ]


def row(first, each, count):
    """So many regions that stand side by side, all read alike."""
    pieces = [[Piece(0, 1, region(x))] for x in range(first, first + 50 * count, 50)]
    return pieces, [[each] for _ in pieces]


def labels(candidates, readings):
    regions = [pieces[0].region for pieces in candidates]
    context = choose.context(regions, [own[0] for own in readings])
    accepted, _ = choose.chosen(
        candidates, readings, context, [], None, accept_threshold=0.5
    )
    return [digit.label for digit in accepted]


def test_two_sure_digits_are_cut_wherever_they_stand():
    assert labels([pair(0)], [[NONE, TWO, SEVEN]]) == [2, 7]


@pytest.mark.parametrize("before", [0, 4])
def test_a_one_is_cut_off_among_digits_and_not_among_letters(before):
    own = [NONE, SEVEN, ONE]
    for neighbour, expected in ((TWO, [7, 1]), (NONE, [])):
        candidates, readings = row(100, neighbour, 4)
        candidates.insert(before, pair(50 * before + 10 if before == 0 else 310))
        readings.insert(before, own)
        found = [label for label in labels(candidates, readings) if label != 2]
        assert found == expected


def test_what_reads_better_whole_is_not_cut():
    likely = Classification(0, 0.8, accepted=True, digit_share=0.8)
    assert labels([pair(0)], [[likely, ONE, ONE]]) == [0]


def test_sure_digits_and_what_stands_among_letters_are_not_tried_in_pieces():
    regions, wholes = [region(x) for x in (0, 60, 120)], [TWO, NONE, NONE]
    assert choose.perhaps_several(regions, wholes, [5.0, 5.0, -5.0]) == {1}


def test_what_is_much_wider_than_the_digits_of_its_page_is_tried_in_pieces():
    regions = [*(region(x) for x in (0, 60, 120)), region(180, 60), region(250, 70)]
    context = [5.0] * 5
    assert choose.perhaps_several(regions, [TWO] * 5, context) == {4}
    assert choose.perhaps_several(regions[2:], [TWO] * 3, context[2:]) == set()


@pytest.mark.parametrize("condition", ["print nearby", "letters nearby"])
def test_letters_beside_digits_are_not_read(condition, reader):
    def score(seed):
        scene = scenes.make(condition, seed)
        return photos.score(scene.truth, reading.labelled(reader.read(scene.frame)))

    total = photos.total(score(seed) for seed in range(500, 510))
    assert total.false <= 1
    assert total.recall >= 0.95
