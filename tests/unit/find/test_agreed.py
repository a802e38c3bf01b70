import pytest

from edge_app.agreed import agreed as agreed_in
from edge_app.reading import Digit


def agreed(by_rules, by_network):
    return agreed_in(by_rules, by_network, (640, 480))


def digit(x, label=3, confidence=0.95, reject=None):
    return Digit((x, 50, 20, 30), label, confidence, (), reject=reject)


def read(digits):
    return sorted(
        (each.box_xywh[0], each.label) for each in digits if each.reject is None
    )


def test_each_adds_what_the_other_misses():
    found = agreed([digit(5, 1), digit(40, 2)], [digit(6, 1), digit(80, 4)])
    assert read(found) == [(5, 1), (40, 2), (80, 4)]


def test_where_both_read_the_label_is_the_rules():
    assert read(agreed([digit(0, 7)], [digit(2, 1)])) == [(0, 7)]


@pytest.mark.parametrize("reject", ["letter", "print", "unsure", "border"])
def test_the_network_overrules_where_it_sees_hardly_a_digit(reject):
    for confidence, expected in ((0.05, reject), (0.2, None)):
        other = digit(1, reject=reject, confidence=confidence)
        found = agreed([digit(0)], [other])
        assert [each.reject for each in found] == [expected]


def test_what_the_network_is_unsure_of_the_rules_may_read():
    assert read(agreed([digit(0)], [digit(1, reject="unsure")])) == [(0, 3)]


def test_what_the_network_reads_alone_is_sure():
    assert read(agreed([digit(0)], [digit(80, confidence=0.65)])) == [(0, 3)]


def test_what_the_rules_could_read_but_reject_must_be_surer():
    printed = digit(80, reject="unsure", confidence=0.99)
    for confidence, count in ((0.75, 1), (0.85, 2)):
        found = agreed([digit(0), printed], [digit(81, confidence=confidence)])
        assert len(read(found)) == count
        assert len(found) == 2  # it is either read or rejected


def test_a_part_of_a_digit_is_no_other_one():
    stem = Digit((4, 65, 6, 15), 1, 0.95, ())
    assert read(agreed([digit(0, 7)], [stem])) == [(0, 7)]


def test_one_of_them_sees_nothing():
    assert read(agreed([digit(0)], [])) == [(0, 3)]
    assert read(agreed([], [digit(9)])) == [(9, 3)]
    assert agreed([], []) == []


def test_what_the_border_may_cut_is_not_added():
    for x in (0, 620):
        assert read(agreed([digit(100)], [digit(x)])) == [(100, 3)]
