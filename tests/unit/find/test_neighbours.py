import math

import numpy as np
import pytest

from edge_app import neighbours
from edge_app.classify import Classification

DIGIT, LETTER = 5.0, -5.0  # what a sure picture says


def row(*xs, w=20, h=30):
    return [(x, 0, w, h) for x in xs]


def read(label, share):
    return Classification(label, share, accepted=share >= 0.5, digit_share=share)


def sums(boxes, own):
    """What pictures and company say together."""
    return np.add(own, neighbours.context(boxes, own)).tolist()


def test_a_picture_says_what_the_classifier_makes_of_it():
    assert neighbours.evidence(read(3, 6 / 7)) == pytest.approx(0)
    assert neighbours.evidence(read(3, 1.0)) == DIGIT
    assert neighbours.evidence(read(3, 0.0)) == LETTER
    assert 0 < neighbours.evidence(read(1, 1.0)) < DIGIT / 2  # i and l look like it


def test_pieces_that_are_ones_do_not_speak_for_digits():
    two, one, none = read(2, 1.0), read(1, 1.0), read(0, 0.0)
    assert neighbours.evidence_of_pieces([two, two]) > 2
    assert neighbours.evidence_of_pieces([two, two, one]) > 2
    assert neighbours.evidence_of_pieces([two, one]) == pytest.approx(0, abs=0.5)
    assert neighbours.evidence_of_pieces([one, one]) == LETTER
    assert neighbours.evidence_of_pieces([two, none]) < 0


def test_alone_a_region_is_what_models_expect():
    assert neighbours.context([], []) == []
    (alone,) = neighbours.context(row(0), [0.0])
    assert alone == pytest.approx(math.log(neighbours.EXPECTED_ODDS))


def test_letters_of_a_word_are_letters_though_some_look_like_digits():
    own = [LETTER, LETTER, 4.0, LETTER, 3.5]
    assert max(sums(row(0, 25, 50, 75, 100), own)) < 0


def test_digits_of_a_number_are_digits_though_some_cannot_be_read():
    own = [DIGIT, DIGIT, -4.0, DIGIT]
    assert min(sums(row(0, 25, 50, 75), own)) > 0


def test_a_word_before_a_number_does_not_spoil_it():
    boxes = row(0, 25, 50, 75, 120, 145, 170, 195)
    said = sums(boxes, [LETTER] * 4 + [DIGIT] * 4)
    assert max(said[:4]) < 0 < min(said[4:])


def test_what_stands_apart_is_told_by_the_page_alone():
    words = [(0, y, 20, 30) for y in range(0, 500, 50)]
    (among_digits, *_), (among_letters, *_) = (
        neighbours.context([(400, 0, 20, 30), *words], [0.0, *[each] * len(words)])
        for each in (DIGIT, LETTER)
    )
    assert among_letters < 0 < among_digits


def test_dirt_beside_a_digit_makes_it_no_letter():
    dirt = [(-12, 20, 5, 5), (26, 10, 8, 9)]
    said = neighbours.context([(0, 0, 20, 30), *dirt], [DIGIT, LETTER, LETTER])
    assert said[0] + DIGIT > 0


def test_boxes_around_digits_are_no_letters():
    boxes = [(x - 5, -5, 30, 40) for x in (0, 30, 60)]
    said = neighbours.context([*row(0, 30, 60), *boxes], [DIGIT] * 3 + [LETTER] * 3)
    assert min(said[:3]) > 0


def test_a_reading_is_accepted_where_all_speaks_for_a_digit():
    likely, unlikely = read(7, 0.98), read(7, 0.3)
    assert neighbours.given(likely, 2.0, accept_threshold=0.5).accepted
    assert not neighbours.given(likely, -3.0, accept_threshold=0.5).accepted
    assert not neighbours.given(unlikely, 2.0, accept_threshold=0.5).accepted
    assert neighbours.given(unlikely, 5.0, accept_threshold=0.5).accepted
    # Among letters not even what looks exactly like a one is one.
    assert not neighbours.given(read(1, 1.0), -2.0, accept_threshold=0.5).accepted
