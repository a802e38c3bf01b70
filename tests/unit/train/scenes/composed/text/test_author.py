from itertools import pairwise

import numpy as np
import pytest
from authors import BLACK, author, dark, seen

from train.scenes.composed.text import content
from train.scenes.composed.text.author import kind_of

RED = (40.0, 40.0, 220.0)


def lefts(page, numbers):
    return [[page.canvas.digits[i].box[0] for i in number] for number in numbers]


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (content.WORD, "letter"), ("A", "letter"), (content.SCRIBBLE, "symbol"),
        ("/", "slash"), ("-", "minus"), (".", "point"), (",", "comma"),
        (":", "colon"), ("+", "symbol"), ("€", "symbol"),
    ],
)  # fmt: skip
def test_what_a_token_counts_as(token, kind):
    assert kind_of(token) == kind


def test_a_line_is_written_from_left_to_right():
    page = author()
    end = page.line([*"123"], 50, 100, 460)
    assert [digit.label for digit in page.canvas.digits] == [1, 2, 3]
    assert page.numbers == [(0, 1, 2)]
    (places,) = lefts(page, page.numbers)
    assert 45 <= places[0] < places[1] < places[2] < end < 300
    for digit in page.canvas.digits:
        assert digit.box[1] == pytest.approx(100, abs=15)
        assert digit.box[3] == pytest.approx(36, rel=0.4)


def test_gaps_and_signs_end_a_number():
    page = author()
    page.line([*"12 3/45"], 30, 100, 460)
    assert page.numbers == [(0, 1), (2,), (3, 4)]
    assert [other.kind for other in page.canvas.others] == ["slash"]
    (slash,) = page.canvas.others
    first, second, third = lefts(page, page.numbers)
    assert second[0] - first[1] > 36 * 0.25
    assert second[0] < slash.box[0] < third[0]


def test_a_line_ends_where_its_place_does():
    page = author()
    page.line([*"8" * 40], 50, 100, 200)
    assert 2 <= len(page.canvas.digits) < 12
    assert max(d.box[0] + d.box[2] for d in page.canvas.digits) <= 204
    assert page.line([], 50, 200, 460) == 50


def test_smaller_writing_is_narrower():
    small, large = (author().line([*"808"], 50, 100, 460, height=h) for h in (15, 60))
    assert (large - 50) / (small - 50) == pytest.approx(4, rel=0.2)


def test_the_width_of_a_line_is_estimated():
    page = author()
    for text in ("808", "123456"):
        end = page.line([*text], 20, 100, 480)
        assert page.width([*text], page.height) == pytest.approx(end - 20, rel=0.5)
    assert page.width([content.WORD], 10) > 3 * page.width(["8"], 10)


@pytest.mark.parametrize("label", [None, 8])
def test_a_digit_stands_in_the_middle_of_its_cell(label):
    page = author(gap=0.1)
    page.cell((200, 100, 60, 80), label)
    (digit,) = page.canvas.digits
    x, y, w, h = digit.box
    assert (x + w / 2, y + h / 2) == pytest.approx((230, 140), abs=15)
    assert h == pytest.approx(80, rel=0.3)
    assert page.numbers == [(0,)]
    assert label is None or digit.label == label


def test_a_cell_at_the_border_makes_no_number():
    page = author()
    page.cell((-30, 100, 60, 80))
    assert page.numbers == []
    assert len(page.canvas.soft) == 1


def test_underlines_and_rings_are_symbols():
    page = author()
    page.underline((50, 100), (250, 100))
    page.circle((300, 200, 60, 40))
    line, ring = page.canvas.others
    assert {line.kind, ring.kind} == {"symbol"}
    assert line.box[0] == pytest.approx(48, abs=3)
    assert line.box[2] == pytest.approx(204, abs=6)
    assert line.box[3] < 20
    x, y, w, h = ring.box
    assert x < 300 < 360 < x + w
    assert y < 200 < 240 < y + h
    assert not dark(seen(page))[220, 330]


def test_ink_changes_from_here_on():
    page = author()
    page.underline((50, 100), (250, 100))
    page.change_ink(RED)
    page.underline((50, 200), (250, 200))
    picture = seen(page)
    first, second = picture[90:110], picture[190:210]
    assert first[dark(first)].mean(axis=0) == pytest.approx(BLACK, abs=25)
    assert second.min(axis=(0, 1)) == pytest.approx(RED, abs=5)


def test_touching_digits_are_closer():
    def apart(**changes):
        page = author(gap=0.4, **changes)
        page.line([*"808080"], 20, 100, 480)
        boxes = [digit.box for digit in page.canvas.digits]
        return np.mean([b[0] - a[0] - a[2] for a, b in pairwise(boxes)])

    assert apart() > 5
    assert apart(touching=1.0) < 1
    assert apart(touching=1.0, overlap=0.15) < apart(touching=1.0)


def test_a_line_holds_what_the_plan_says():
    page = author(contents=("time",))
    assert all(":" in page.tokens() for _ in range(20))
    assert page.pen == page.plan.setting.pen
