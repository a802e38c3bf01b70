"""Digits in reading order, as numbers that are expected and sure."""

import re

import pytest

from edge_app.layout.arrangement import arranged
from edge_app.reading import Digit

pytestmark = pytest.mark.device


def digit(x, label, *, y=0, confidence=0.9, reject=None, alternatives=()):
    return Digit((x, y, 20, 30), label, confidence, alternatives, reject)


def texts(arrangement):
    return [number.text for number in arrangement.numbers]


@pytest.fixture
def two_numbers():
    """42 above 17, whose 7 may be a 1, and a letter; in no order."""
    doubtful = digit(24, 7, y=100, confidence=0.5, alternatives=((7, 0.5), (1, 0.4)))
    return [
        doubtful, digit(24, 2), digit(0, 1, y=100), digit(200, 3, reject="letter"),
        digit(0, 4),
    ]  # fmt: skip


def test_digits_are_in_reading_order(two_numbers):
    found = arranged(two_numbers, [])
    assert texts(found) == ["42", "17"]
    assert [digit.label for digit in found.digits] == [4, 2, 1, 7]
    assert [number.digits for number in found.numbers] == [(0, 1), (2, 3)]
    assert [digit.reject for digit in found.rejects] == ["letter"]


def test_a_doubtful_digit_is_read_as_its_number_matches(two_numbers):
    found = arranged(two_numbers, []).matching(re.compile("11"))
    assert texts(found) == ["11"]
    assert found.numbers[0].digits == (0, 1)  # of the digits that are left
    assert [(digit.label, digit.confidence) for digit in found.digits] == [
        (1, 0.9),
        (1, 0.4),
    ]
    assert [(digit.label, digit.reject) for digit in found.rejects] == [
        (3, "letter"),
        (4, "pattern"),
        (2, "pattern"),
    ]


def test_a_number_with_an_unsure_digit_is_rejected_whole(two_numbers):
    seen = arranged(two_numbers, [])
    found = seen.sure(0.8)
    assert texts(found) == ["42"]
    assert [digit.reject for digit in found.rejects] == ["letter", "unsure", "unsure"]
    assert texts(seen) == ["42", "17"]  # it stays as it was
    assert len(seen.rejects) == 1
