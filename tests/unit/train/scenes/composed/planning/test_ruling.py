from dataclasses import replace

import numpy as np

from train.scenes.composed.planning.ruling import drawn_ruling
from train.scenes.setting import ordinary


def rulings(num=300, kind="ruled", **changes):
    setting = replace(ordinary(np.random.default_rng(1)), **changes)
    rng = np.random.default_rng(2)
    return setting, [drawn_ruling(rng, setting, kind) for _ in range(num)]


def test_lines_are_of_any_style_width_and_place():
    _, drawn = rulings(kind="squared")
    assert {ruling.kind for ruling in drawn} == {"squared"}
    assert {ruling.style for ruling in drawn} == {"solid", "dashed", "dotted"}
    assert {0.6, 1, 1.5, 2, 3} <= {ruling.width for ruling in drawn}
    assert all(0.15 <= ruling.strength <= 0.97 for ruling in drawn)
    assert all(0.3 <= ruling.offset <= 1.2 for ruling in drawn)
    solid = np.mean([ruling.style == "solid" for ruling in drawn])
    assert 0.5 < solid < 0.7  # three of five


def test_one_in_eight_is_drawn_with_the_pen():
    setting, drawn = rulings(ink_bgr=(1.0, 2.0, 3.0), height=0.1)
    by_hand = [ruling for ruling in drawn if ruling.bgr == (1.0, 2.0, 3.0)]
    assert 0.06 < len(by_hand) / len(drawn) < 0.2
    for ruling in by_hand:
        assert ruling.strength == setting.pen.strength
        assert ruling.width == setting.pen.width * 0.1 * 480


def test_lines_on_dark_paper_are_pale():
    ink = (1.0, 2.0, 3.0)
    _, drawn = rulings(paper_bgr=(40.0, 40.0, 40.0), ink_bgr=ink)
    others = {ruling.bgr for ruling in drawn} - {ink}
    assert others == {(170.0, 175.0, 170.0)}
    assert max(ruling.strength for ruling in drawn if ruling.bgr != ink) < 0.5
