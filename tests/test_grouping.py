from edge_app import grouping


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


def test_letters_of_a_word_are_letters_though_some_look_like_digits():
    digits = [(40, 0, 5, 14), (80, 3, 8, 11)]  # t and s
    rejected = [(0, 0, 12, 14), (20, 3, 9, 11), (52, 3, 9, 11), (66, 3, 9, 11)]
    far_and_tall = [(400, 200, 30, 50)]
    assert grouping.mostly_rejected([*digits, *far_and_tall], rejected) == {0, 1}


def test_dirt_beside_a_digit_makes_it_no_letter():
    dirt = [(-12, 20, 5, 5), (26, 10, 8, 9), (40, 22, 6, 7)]
    assert grouping.mostly_rejected([(0, 0, 20, 30)], dirt) == set()


def test_boxes_around_digits_are_no_letters():
    digits = row(0, 0, 30, 60)
    boxes = [(x - 5, -5, 40, 50) for x in (0, 30, 60)]
    boxes.append((-35, -5, 30, 50))
    assert grouping.mostly_rejected(digits, boxes) == set()


def test_a_number_beside_a_few_rejects_is_kept():
    assert grouping.mostly_rejected(row(0, 30, 60, 90), row(0, 0, 120)) == set()
