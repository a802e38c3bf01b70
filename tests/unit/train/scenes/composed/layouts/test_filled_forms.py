import numpy as np
import pytest
from authors import author, dark, within

from train.scenes.composed.layouts.filled_forms import (
    boxes,
    fill_without_digit,
    form,
    sudoku,
    table,
)
from train.scenes.composed.planning.ruling import Ruling

DARK_LINES = Ruling("none", "solid", (20.0,) * 3, strength=1.0, width=1.0, offset=1.0)
LAYOUTS = [table, boxes, sudoku, form]


def filled(layout, seed=1, **changes):
    page = author(seed, ruling=DARK_LINES, **changes)
    layout(page)
    return page


@pytest.mark.parametrize("layout", LAYOUTS)
def test_digits_are_written_on_the_paper(layout):
    pages = [filled(layout, seed) for seed in range(3)]
    assert sum(len(page.canvas.digits) for page in pages) > 10
    for page in pages:
        for digit in page.canvas.digits:
            assert within(digit.box, page.area, slack=40)
        assert all(index < len(page.canvas.digits) for n in page.numbers for index in n)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nobody_writes_a_digit_where_there_are_none(layout):
    changes = {"has_digits": False, "contents": ("no digits",)}
    pages = [filled(layout, seed, **changes) for seed in range(2)]
    assert not any(page.canvas.digits for page in pages)
    assert not any(page.canvas.coverage.any() for page in pages)
    assert any(page.canvas.others for page in pages)


@pytest.mark.parametrize(("layout", "least"), [(table, 2), (sudoku, 10)])
def test_cells_have_lines_around_them(layout, least):
    for seed in range(3):
        picture = dark(filled(layout, seed, has_digits=False).canvas.picture)
        longest = [picture.sum(axis=axis).max() for axis in (0, 1)]
        if max(longest) > 100:  # some tables are ruled one way only, or not at all
            rows = (picture.sum(axis=1) > 0.6 * longest[1]).sum()
            columns = (picture.sum(axis=0) > 0.6 * longest[0]).sum()
            assert max(rows, columns) >= least


def test_a_sudoku_is_partly_printed_and_partly_filled_in():
    for seed in range(2):
        page = filled(sudoku, seed)
        printed = [other for other in page.canvas.others if other.kind == "print"]
        assert 81 * 0.15 < len(printed) < 81 * 0.7
        assert len(printed) + len(page.canvas.digits) <= 81
        assert set(map(len, page.numbers)) <= {1}
        assert sorted(box for box in page.canvas.soft) == sorted(
            other.box for other in printed
        )


def test_each_box_holds_a_digit_at_most():
    for seed in range(2):
        page = filled(boxes, seed)
        middles = np.array(
            [
                (x + w / 2, y + h / 2)
                for x, y, w, h in (d.box for d in page.canvas.digits)
            ]
        ).reshape(-1, 2)
        apart = np.abs(middles[:, None] - middles[None]).max(axis=2)
        np.fill_diagonal(apart, 99)
        assert apart.min(initial=99) > 15  # a box is at least 34 wide


def test_a_form_is_printed_and_filled_in():
    kinds = {o.kind for seed in range(2) for o in filled(form, seed).canvas.others}
    assert "print" in kinds


def test_a_cell_may_be_printed_written_or_left():
    found = []
    for seed in range(40):
        page = author(seed, contents=("no digits",))
        fill_without_digit(page, (100, 100, 120, 36))
        kinds = {other.kind for other in page.canvas.others}
        found.append("print" if "print" in kinds else "written" if kinds else "left")
        for other in page.canvas.others:
            assert within(other.box, (100, 100, 120, 36), slack=40)
    assert {"print", "written", "left"} == set(found)
    assert 0.25 < found.count("print") / 40 < 0.65
