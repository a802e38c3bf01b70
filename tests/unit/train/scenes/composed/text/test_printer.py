import re
from pathlib import Path

import numpy as np
import pytest
from authors import RULING, author, dark, within

from train.scenes.composed.text import printer, typesetting

AREA = (60.0, 80.0, 300.0, 120.0)


def pixels(page):
    """Where a page is not blank any more, as rows and columns."""
    return np.nonzero((page.canvas.picture < 200).any(axis=2))


@pytest.mark.parametrize(("style", "share"), [("dashed", 0.55), ("dotted", 0.25)])
def test_dashes_cover_their_share_of_a_line(style, share):
    parts = np.array(printer.dashes(((10, 20), (210, 20)), style, 1.0))
    assert (parts[..., 1] == 20).all()
    assert (np.diff(parts[..., 0]) > 0).all()
    assert (parts[1:, 0, 0] > parts[:-1, 1, 0]).all()
    assert parts.min() >= 10
    assert parts.max() <= 210
    assert np.diff(parts[..., 0]).sum() / 200 == pytest.approx(share, abs=0.02)


def test_thicker_lines_have_longer_dashes_and_solid_ones_none():
    line = ((0.0, 0.0), (0.0, 100.0))
    assert printer.dashes(line, "solid", 3.0) == [line]
    thin, thick = (len(printer.dashes(line, "dashed", width)) for width in (1, 3))
    assert (thin, thick) == (10, 4)
    assert printer.dashes(((5, 5), (5, 5)), "dashed", 1.0) == []


def test_printed_numbers_have_the_forms_of_print():
    rng = np.random.default_rng(1)
    forms = r"\d{1,6}(\.\d\d)?|\d{1,2}/\d{1,2}/(19[5-9]\d|20[0-2]\d)|\(\d{1,6}\)"
    found = [printer.printed_number(rng) for _ in range(300)]
    assert all(re.fullmatch(forms, text) for text in found)
    for sign, least, most in ((".", 0.1, 0.2), ("/", 0.06, 0.15), ("(", 0.02, 0.09)):
        assert least < np.mean([sign in text for text in found]) < most


def test_lines_are_of_the_plans_ruling():
    page = author(ruling=RULING)
    page.rule([((50, 100), (400, 100))], factor=4.0)
    rows, columns = pixels(page)
    assert (rows.min(), rows.max()) == pytest.approx((98, 102), abs=1)
    assert (columns.min(), columns.max()) == pytest.approx((50, 400), abs=3)


def test_dots_have_a_radius():
    page = author()
    page.dots([(100.0, 100.0), (200.0, 50.0)], 4.0)
    for x, y in ((100, 100), (200, 50)):
        window = dark(page.canvas.picture)[y - 10 : y + 11, x - 10 : x + 11]
        assert window[10, 10]
        assert window.any(axis=0).sum() == pytest.approx(8, abs=2)
    assert dark(page.canvas.picture).sum() < 2 * 80


@pytest.mark.parametrize("size", [None, 20.0])
def test_a_block_of_print_stays_in_its_place(size):
    page = author()
    page.print_block(AREA, size=size)
    assert page.canvas.others
    assert {other.kind for other in page.canvas.others} == {"print"}
    for other in page.canvas.others:
        assert within(other.box, AREA, slack=12)
        assert other.box[0] + other.box[2] <= 361
    assert not page.canvas.coverage.any()


def test_texts_end_with_the_paper():
    page = author()
    page.print([("n" * 80, (20.0, 100.0), 30.0)])
    assert 5 < len(page.canvas.others) < 40
    assert max(o.box[0] + o.box[2] for o in page.canvas.others) <= 460


def test_digits_are_never_printed_in_a_font_that_looks_handwritten():
    page = author()
    # Whatever it holds, its name says that its digits look handwritten.
    page.font = typesetting.Font("/fonts/purisa.ttf")
    page.print([("12", (50.0, 100.0), 30.0)])
    assert page.font.has_digits
    assert len(page.canvas.soft) == 2


def test_print_apart_leaves_the_rest_of_the_page_to_the_writer():
    tops = set()
    for seed in range(8):
        page = author(seed)
        page.print_apart()
        assert page.canvas.others
        assert page.area[3] < 320
        assert page.height <= 0.8 * page.area[3]
        bottom = page.area[1] + page.area[3]
        for _, y, _, h in (other.box for other in page.canvas.others):
            assert y + h <= page.area[1] or y >= bottom
        tops.add(page.area[1] > 20)
    assert tops == {True, False}


def test_print_along_an_edge_stands_beside_what_is_written():
    lefts, upright = set(), []
    for seed in range(12):
        page = author(seed)
        page.print_sideways()
        assert page.canvas.others
        assert {other.kind for other in page.canvas.others} == {"print"}
        x, y, width, height = page.area
        assert (y, height) == (20, 320)
        assert width < 440
        assert page.height <= 0.8 * width
        boxes = np.array([other.box for other in page.canvas.others])
        middles = boxes[:, 0] + boxes[:, 2] / 2
        assert ((middles < x) | (middles > x + width)).all()
        upright.append(np.ptp(boxes[:, 1]) > np.ptp(boxes[:, 0]))
        lefts.add(x > 20)
    assert lefts == {True, False}
    assert np.mean(upright) > 0.8


def test_what_shines_through_is_pale_and_counts_for_nothing():
    page = author()
    page.show_through(0.15)
    assert page.canvas.others == []
    assert 190 < page.canvas.picture.min() < 235


def test_words_and_numbers_of_a_text():
    page = author()
    texts = [page.text(4) for _ in range(60)]
    assert {len(text.split(" ")) for text in texts} == {4}
    assert page.text(0)
    with_digits = np.mean([any(c.isdigit() for c in text) for text in texts])
    assert 0.2 < with_digits < 0.8


def test_fonts_change_within_the_bundled_ones():
    page = author()
    fonts = set()
    for _ in range(20):
        page.choose_font()
        page.choose_machine_font()  # of the bundled ones, none is for machines
        fonts.add(page.font)
    assert len(fonts) > 3
    assert {Path(font.path).parent for font in fonts} == {Path(page.font.path).parent}
