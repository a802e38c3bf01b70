import numpy as np
import pytest
from authors import BLACK, WHITE, canvas, dark

from train.scenes.composed.text import typesetting
from train.scenes.writing.pens import Pen
from train.scenes.writing.written import Written

PEN = Pen(0.1, 1.0, 0.0)
RED, BLUE = (40.0, 40.0, 220.0), (220.0, 40.0, 40.0)


def bar(x=100.0, label=1):
    stroke = np.array([(x, 100), (x, 150), (x, 200)], np.float32)
    return Written(label, 100, [stroke])


def font():
    return typesetting.choose(np.random.default_rng(1), bundled=True)


def test_a_whole_digit_counts_and_a_cut_one_does_not():
    page = canvas()
    assert page.write(bar(), PEN) == 0
    assert page.write(bar(0.0), PEN) is None
    assert page.write(bar(-200.0), PEN) is None
    assert page.write(bar(200.0, 7), PEN) == 1
    assert [digit.label for digit in page.digits] == [1, 7]
    assert page.digits[0].box == pytest.approx((95, 95, 10, 110), abs=2)
    (cut,) = page.soft
    assert cut[0] == 0
    assert (page.coverage[100:200, 100] == 1).all()


def test_an_image_of_a_digit_is_written_where_its_corners_are():
    page = canvas()
    corners = np.array([(50, 50), (100, 50), (100, 150), (50, 150)], np.float32)
    image = np.full((20, 10), 255, np.uint8)
    assert page.write(Written(3, 100, [corners], image), PEN) == 0
    assert page.digits[0].box == pytest.approx((50, 50, 50, 100), abs=5)
    far = Written(3, 100, [corners * 1000], image)
    assert page.write(far, PEN) is None


def test_what_is_no_digit_leaves_ink_that_counts_for_none():
    page = canvas()
    page.add(bar(), PEN, "letter")
    page.add(bar(-500.0), PEN, "letter")
    (other,) = page.others
    assert other.kind == "letter"
    assert not page.coverage.any()
    page.dry(BLACK)
    assert dark(page.picture)[150, 100]


def test_ink_dries_in_the_color_it_was_written_in():
    page = canvas()
    page.add(bar(), PEN, "letter")
    page.dry(RED)
    page.add(bar(200.0), PEN, "letter")
    page.dry(BLUE)
    assert page.picture[150, 100] == pytest.approx(RED)
    assert page.picture[150, 200] == pytest.approx(BLUE)


def test_little_contrast_leaves_ink_nearly_as_bright_as_paper():
    page = canvas()
    page.add(bar(), PEN, "letter")
    page.dry(BLACK, contrast=0.5)
    assert page.picture[150, 100] == pytest.approx((130, 130, 130))


def test_ink_leaves_darker_print_dark():
    page = canvas()
    layer = np.zeros((360, 480), np.float32)
    layer[10] = 1
    page.lay(layer, BLACK)
    page.lay(layer, RED)
    assert page.picture[10, 10] == pytest.approx((20, 20, 20))
    assert (page.picture[11:] == 240).all()


def test_nothing_is_laid_beside_the_paper():
    is_paper = np.zeros((360, 480), np.float32)
    is_paper[:, :150] = 1
    page = canvas(is_paper=is_paper)
    page.rule([((0, 50), (480, 50))], BLACK, strength=1.0, width=3.0)
    page.fill([(0, 100), (480, 100), (480, 120), (0, 120)], BLACK)
    assert dark(page.picture)[[50, 110], :150].all()
    assert (page.picture[:, 150:] == 240).all()


@pytest.mark.parametrize(
    ("width", "strength", "rows", "level"),
    [(1.0, 1.0, 1, 20), (5.0, 1.0, 5, 20), (1.0, 0.5, 1, 130), (0.5, 1.0, 1, 130)],
)
def test_rules_are_as_wide_and_as_dark_as_said(width, strength, rows, level):
    page = canvas()
    page.rule([((0, 50), (480, 50))], BLACK, strength=strength, width=width)
    column = page.picture[:, 240, 0]
    assert column[50] == pytest.approx(level, abs=25)  # its rim is antialiased
    assert (column < (240 + level) / 2).sum() == pytest.approx(rows, abs=2)
    before = page.picture.copy()
    page.rule([], BLACK, strength=1.0, width=1.0)
    assert np.array_equal(page.picture, before)


def test_print_is_named_and_its_digits_are_not_judged():
    page = canvas()
    page.print_lines([("K7", (50, 100), 60.0)], font(), BLACK, strength=1.0)
    letter, digit = page.others
    assert (letter.kind, digit.kind) == ("print", "print")
    assert page.soft == [digit.box]
    assert page.digits == []
    x, y, w, h = letter.box
    assert dark(page.picture)[y : y + h, x : x + w].any()


def test_print_on_the_other_side_is_mirrored_and_counts_for_nothing():
    page = canvas()
    page.shine([("KKK", (10, 100), 60.0)], font(), strength=0.5)
    assert (page.others, page.soft) == ([], [])
    columns = np.flatnonzero((page.picture < 235).any(axis=(0, 2)))
    assert columns.min() > 240
    assert page.picture.min() > 0.5 * WHITE[0]


def test_a_page_starts_without_anything():
    page = canvas()
    assert (page.digits, page.soft, page.others) == ([], [], [])
    page.dry(BLACK)
    assert (page.picture == 240).all()
