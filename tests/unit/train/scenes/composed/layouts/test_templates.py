from itertools import pairwise

import numpy as np
import pytest
from authors import author, dark, within

from train.scenes.composed.layouts.templates import TEMPLATES

EMPTY = ("machine-readable", "print", "blank")


def laid_out(template, seed=1, **changes):
    page = author(seed, template=template, **changes)
    TEMPLATES[template](page)
    return page


@pytest.mark.parametrize("template", TEMPLATES)
def test_digits_are_written_where_the_template_has_them(template):
    pages = [laid_out(template, seed) for seed in range(2)]
    assert any(page.canvas.digits for page in pages) == (template not in EMPTY)
    for page in pages:
        for digit in page.canvas.digits:
            assert within(digit.box, (0, 0, 480, 360))


def test_the_same_seed_lays_out_the_same_page():
    one, same, other = (laid_out("lines", seed).canvas for seed in (1, 1, 2))
    assert one.digits == same.digits != other.digits


def test_lines_are_printed_and_written_as_often_as_said():
    def kinds(**changes):
        pages = [laid_out("lines", seed, **changes) for seed in range(2)]
        found = {other.kind for page in pages for other in page.canvas.others}
        return found, any(page.canvas.digits for page in pages)

    printed, is_digit = kinds(print_share=1.0)
    assert "print" in printed
    assert not is_digit
    words, is_digit = kinds(word_share=1.0)
    assert words <= {"letter", "symbol"}
    assert not is_digit


def test_scattered_things_do_not_meet():
    for seed in range(3):
        page = laid_out("scattered", seed)
        assert page.numbers == []
        boxes = [digit.box for digit in page.canvas.digits]
        for i, (x, y, w, h) in enumerate(boxes):
            for left, top, width, height in boxes[:i]:
                middle = left + width / 2, top + height / 2
                assert not (x < middle[0] < x + w and y < middle[1] < y + h)


def test_a_grid_has_rows_of_digits_in_order_or_not():
    in_order = 0
    for seed in range(4):
        labels = [digit.label for digit in laid_out("grid", seed).canvas.digits]
        assert len(labels) >= 10
        # From 0 on in each row.
        in_order += all(b in (a + 1, 0) for a, b in pairwise(labels))
    assert 0 < in_order < 4


def test_sums_are_flush_right_above_their_line():
    page = laid_out("sums", 3)
    assert page.canvas.digits
    assert any(other.kind == "symbol" for other in page.canvas.others)
    ends = [page.canvas.digits[n[-1]].box for n in page.numbers]
    columns = sorted({round((x + w) / 40) for x, _, w, _ in ends})
    assert len(columns) < len(ends)
    empty = laid_out("sums", 3, has_digits=False, contents=("no digits",))
    assert empty.canvas.digits == []


@pytest.mark.parametrize("template", ["machine-readable", "print"])
def test_printed_pages_hold_print_alone(template):
    page = laid_out(template)
    assert len(page.canvas.others) > 20
    assert {other.kind for other in page.canvas.others} == {"print"}
    assert not page.canvas.coverage.any()


def test_machine_readable_lines_are_the_last_on_the_page():
    page = laid_out("machine-readable", 2)
    lowest = max(other.box[1] for other in page.canvas.others)
    last = [o for o in page.canvas.others if o.box[1] > lowest - 12]
    assert len(last) > 8
    assert lowest > 180


def test_a_blank_page_is_blank():
    page = laid_out("blank")
    assert not page.canvas.others
    assert not dark(page.canvas.picture).any()
    assert np.ptp(page.canvas.picture) == 0
