"""What the digits that are read in a field say as its one number."""

import pytest

from edge_app.live.fields.field import Field
from edge_app.live.fields.reading.judged import is_better, judged, within
from edge_app.reading import Digit, Reading

pytestmark = pytest.mark.device

INNER = (10, 10, 300, 100)
FIELD = Field("water", (0.1, 0.1, 0.5, 0.2), pattern="[0-9]{3}")
NUMBER = [
    Digit((20, 20, 50, 80), 4, 0.99),
    Digit((110, 20, 50, 80), 3, 0.97),
    Digit((200, 20, 60, 80), 2, 0.98),
]


def reading(digits):
    return Reading(
        width=320, height=120, digits=tuple(digits), numbers=(), rejects=(),
        latency_ms={},
    )  # fmt: skip


def test_ink_that_is_read_twice_counts_once():
    tail = Digit((215, 55, 70, 60), 7, 0.64)
    read, digits, rejects = within(reading([*NUMBER, tail]), FIELD, INNER, 0.0)
    assert (read.text, read.fault) == ("432", None)
    assert digits == NUMBER
    assert [(reject.label, reject.reject) for reject in rejects] == [(7, "unsure")]


def test_a_digit_too_many_beside_the_others_is_left_out_by_nobody():
    beside = Digit((270, 20, 30, 80), 1, 0.64)
    read, _, _ = within(reading([*NUMBER, beside]), FIELD, INNER, 0.0)
    assert read.fault == "unreadable: not as the pattern"


def of_all_ink(digits):
    return judged(FIELD, digits, 0.0), digits


def test_all_ink_is_not_believed_where_it_leaves_out_what_is_surely_a_digit():
    four_in_two = [
        Digit((20, 20, 20, 80), 1, 0.9),
        Digit((45, 20, 25, 80), 1, 0.6),
        NUMBER[1],
    ]
    other = of_all_ink([*NUMBER, Digit((270, 20, 30, 80), 1, 0.64)])
    assert other[0].fault is not None
    assert not is_better(of_all_ink(four_in_two), other)


@pytest.mark.parametrize("confidence", [0.5, 0.97])
def test_all_ink_is_believed_where_a_page_reads_a_part_of_it(confidence):
    part = Digit((20, 40, 20, 40), 1, confidence)
    assert is_better(of_all_ink(NUMBER), of_all_ink([part, *NUMBER[1:], NUMBER[2]]))
