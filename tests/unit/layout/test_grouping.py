import pytest

from edge_app.layout import grouping
from edge_app.layout.grouping import GROUPING

pytestmark = pytest.mark.device


def row(y, *xs, w=20, h=30):
    return [(x, y, w, h) for x in xs]


def texts(boxes, labels):
    return [
        grouping.number(group, labels, boxes).text
        for group in grouping.reading_order(boxes)
    ]


def test_nothing():
    assert grouping.reading_order([]) == []


def test_lines_from_top_to_bottom_and_left_to_right():
    boxes = [*row(100, 60, 0, 30), *row(10, 30, 0)]
    assert texts(boxes, [3, 1, 2, 5, 4]) == ["45", "123"]


def test_wide_gap_starts_a_number():
    boxes = row(0, 0, 25, 50, 150, 175)
    assert texts(boxes, [1, 2, 3, 4, 5]) == ["123", "45"]


def test_spread_digits_stay_together():
    boxes = row(0, 0, 60, 120, 180)
    assert texts(boxes, [1, 2, 3, 4]) == ["1234"]


def test_wide_gap_between_few_digits():
    assert texts(row(0, 0, 400, 425), [1, 2, 3]) == ["1", "23"]
    assert texts(row(0, 0, 400), [1, 2]) == ["1", "2"]
    assert texts(row(0, 0, 25, 400), [1, 2, 3]) == ["12", "3"]


def test_sloping_line_is_one_line():
    boxes = [(30 * n, 12 * n, 20, 30) for n in range(8)]
    assert texts(boxes, list(range(8))) == ["01234567"]


def test_lines_that_slope_across_wide_gaps_do_not_mix():
    def sloping(y):
        xs = (*range(0, 150, 25), *range(350, 500, 25))
        return [(x, round(y + 0.22 * x), 20, 30) for x in xs]

    boxes = [*sloping(0), *sloping(45)]
    labels = [int(label) for label in "123123456456789789012012"]
    assert texts(boxes, labels) == ["123123", "456456", "789789", "012012"]


def test_small_digit_beside_tall_ones():
    boxes = [(0, 0, 20, 60), (25, 35, 15, 18), (45, 5, 20, 58)]
    assert texts(boxes, [9, 0, 7]) == ["907"]


def test_number_has_the_box_of_its_digits():
    boxes = [(10, 20, 20, 30), (35, 15, 20, 30)]
    number = grouping.number([0, 1], [4, 2], boxes)
    assert number == grouping.Number("42", (10, 15, 45, 35), (0, 1))


def line(*places, top=0, height=20):
    return [(x, top, 10, height) for x in places]


def numbers(boxes, separators):
    found = grouping.with_separators(grouping.reading_order(boxes), separators)
    labels = list(range(1, len(boxes) + 1))
    return [
        grouping.number(digits_of_number, labels, boxes, between).text
        for digits_of_number, between in found
    ]


def test_separators_stand_where_they_are_written():
    boxes = line(0, 14, 36, 50)
    assert numbers(boxes, {}) == ["1234"]
    assert numbers(boxes, {(1, 2): "."}) == ["12.34"]


def test_a_separator_joins_two_numbers():
    boxes = line(0, 14, 64, 78)
    assert numbers(boxes, {}) == ["12", "34"]
    assert numbers(boxes, {(1, 2): "/"}) == ["12/34"]


def test_several_separators():
    boxes = line(0, 14, 50, 64, 100, 114)
    assert numbers(boxes, {(1, 2): "/", (3, 4): "/"}) == ["12/34/56"]


def test_separators_are_looked_for_between_close_neighbors_of_a_line():
    boxes = [*line(0, 14, 54, 200), *line(0, 14, top=60)]
    assert grouping.neighbors(boxes) == [(0, 1), (1, 2), (4, 5)]
    assert grouping.neighbors([]) == grouping.neighbors(line(0)) == []


def test_the_room_for_a_separator_grows_with_the_taller_digit():
    width = GROUPING.separator_gap_of_height * 30
    boxes = [(0, 0, 10, 20), (round(10 + width), 0, 10, 30)]
    assert grouping.neighbors(boxes) == [(0, 1)]
    assert grouping.neighbors([boxes[0], (boxes[1][0] + 1, 0, 10, 30)]) == []


def test_words_are_what_stands_close_on_a_line():
    letters = [(0, 0, 12, 14), (20, 3, 9, 11), (31, 3, 9, 11)]
    dirt, far, below = (44, 12, 2, 2), (80, 0, 12, 14), (20, 40, 12, 14)
    assert grouping.words([*letters, dirt, far, below]) == [[0, 1, 2], [5], [3], [4]]


def test_a_number_knows_where_its_separators_stand():
    assert grouping.Number("11/15/2019", (0, 0, 9, 9), tuple(range(8))).separators == {
        2: "/",
        4: "/",
    }
    assert grouping.Number("42", (0, 0, 9, 9), (3, 4)).separators == {}
