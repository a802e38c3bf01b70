from dataclasses import replace

import numpy as np

from train.scenes import composed
from train.scenes.composed.layouts.templates import TEMPLATES
from train.scenes.composed.planning import plan as plans
from train.scenes.composed.text.content import LINE_CONTENTS


def test_an_ordinary_sheet_has_lines_of_numbers_and_nothing_else():
    plan = plans.plain(np.random.default_rng(1), (640, 480))
    assert plan.size_wh == (640, 480)
    assert plan.template in TEMPLATES
    assert plan.contents == ("number",)
    assert set(plan.contents) <= set(LINE_CONTENTS)
    assert plan.has_digits
    assert plan.ruling.kind == "none"
    assert plan.print_share == plan.word_share == 0
    assert (plan.sun, plan.coarse, plan.crop, plan.stored) == (1, 1, "no", "photo")


def test_a_seed_plans_the_same_sheet_and_another_one_another():
    first, same, other = (
        plans.plain(np.random.default_rng(seed), (640, 480)) for seed in (1, 1, 2)
    )
    assert first == same
    assert first.setting.height != other.setting.height


def test_print_stands_apart_from_what_is_written():
    rng = np.random.default_rng(3)
    plan = replace(plans.plain(rng, (640, 480)), print_apart=True)
    scene = composed.render("apart", plan, rng)
    printed = [other for other in scene.truth.others if other.kind == "print"]
    assert printed
    assert scene.truth.digits
    tops, bottoms = zip(
        *[(o.box[1], o.box[1] + o.box[3]) for o in printed], strict=True
    )
    above = [d for d in scene.truth.digits if d.box[1] + d.box[3] <= min(tops) + 2]
    below = [d for d in scene.truth.digits if d.box[1] >= max(bottoms) - 2]
    assert len(above) + len(below) == len(scene.truth.digits)
