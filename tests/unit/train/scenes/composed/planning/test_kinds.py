import numpy as np
import pytest

from train.scenes.composed.layouts.templates import TEMPLATES
from train.scenes.composed.planning.kinds import (
    COMPOSED_CONDITIONS,
    COMPOSED_WITHOUT_DIGITS,
    of,
)
from train.scenes.composed.text.content import LINE_CONTENTS

PAGE_WH = (640, 480)
CUT_OUT = ("strip", "cheque line", "one digit")


def plans(condition, num=8):
    return [of(condition, PAGE_WH, np.random.default_rng(seed)) for seed in range(num)]


@pytest.mark.parametrize("condition", [*COMPOSED_CONDITIONS, *COMPOSED_WITHOUT_DIGITS])
def test_a_plan_can_be_carried_out_everywhere(condition):
    for plan in plans(condition, 4):
        assert plan.bundled
        assert plan.template in TEMPLATES
        assert set(plan.contents) <= set(LINE_CONTENTS)
        assert plan.has_digits == (condition in COMPOSED_CONDITIONS)
        assert (plan.crop == "no") == (condition not in CUT_OUT)
        assert (plan.size_wh == PAGE_WH) == (condition not in CUT_OUT)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("dark desk", lambda p: p.desk == "black" and 0.35 <= p.paper_share <= 0.8),
        ("half in the sun", lambda p: 2 <= p.sun <= 5 and p.sun_at_digit),
        ("shadow edge", lambda p: 0.1 <= p.setting.height <= 0.25 and p.sun >= 1.8),
        ("tilted table", lambda p: 8 <= abs(p.setting.tilt_deg) <= 30),
        ("tilted table", lambda p: p.template == "table" and p.ruling.strength == 0.8),
        ("dashed rules", lambda p: p.ruling.style in ("dashed", "dotted")),
        ("own rules", lambda p: p.ruling.bgr == p.setting.ink_bgr),
        ("brush", lambda p: p.setting.pen.fade >= 0.3 and p.setting.pen.width >= 0.09),
        ("pale pen and print", lambda p: p.setting.pen.strength <= 0.7),
        ("pale pen and print", lambda p: min(p.setting.ink_bgr) > 85),
        ("dates", lambda p: set(p.contents) == {"date", "time", "score"}),
        ("sums", lambda p: p.template == "sums"),
        ("curved", lambda p: 0.03 <= p.bend <= 0.07 and p.ruling.kind == "ruled"),
        ("halos", lambda p: 1 <= p.halo <= 2.5 and 0.5 <= p.setting.blur <= 1.2),
        ("coarse", lambda p: 1.5 <= p.coarse <= 2.5),
        ("strong perspective", lambda p: 0.08 <= p.setting.perspective <= 0.14),
        ("no digits: sun", lambda p: p.template == "blank" and p.sun >= 2),
    ],
)
def test_a_condition_is_what_its_name_says(condition, holds):
    assert all(map(holds, plans(condition)))


def test_digits_of_pages_are_of_medium_height():
    heights = [plan.setting.height for plan in plans("grid", 30)]
    assert 0.06 <= min(heights) < 0.08 < 0.12 < max(heights) <= 0.15


def test_an_unknown_condition():
    with pytest.raises(KeyError, match="fog"):
        of("fog", PAGE_WH, np.random.default_rng(1))
