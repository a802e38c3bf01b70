import numpy as np
import pytest

from train.scenes.composed.layouts.templates import TEMPLATES
from train.scenes.composed.planning.drawn_plan import SCENE_SIZES_WH, drawn
from train.scenes.composed.text.content import LINE_CONTENTS

NUM_PLANS = 400


@pytest.fixture(scope="module")
def plans():
    rng = np.random.default_rng(1)
    return [drawn(rng) for _ in range(NUM_PLANS)]


def pages(plans):
    return [plan for plan in plans if plan.crop == "no"]


def test_templates_are_as_frequent_as_said(plans):
    def share(template):
        return sum(plan.template == template for plan in plans) / NUM_PLANS

    assert share("lines") == pytest.approx(0.34, abs=0.06)
    assert share("strip") == pytest.approx(0.12, abs=0.04)
    assert share("one digit") == pytest.approx(0.06, abs=0.03)
    assert {plan.template for plan in plans} < set(TEMPLATES)
    assert all(plan.has_digits and not plan.bundled for plan in plans)


def test_lines_hold_anything_with_digits(plans):
    found = {name for plan in plans for name in plan.contents}
    assert found == set(LINE_CONTENTS) - {"no digits"}
    assert {len(plan.contents) for plan in pages(plans)} == {1, 2, 3, 4}


def test_frames_are_of_the_sizes_there_are(plans):
    assert {plan.size_wh for plan in pages(plans)} == set(SCENE_SIZES_WH)


def test_digits_stay_legible(plans):
    for plan in pages(plans):
        setting, unit = plan.setting, plan.size_wh[1] / 480
        height = setting.height * plan.size_wh[1]
        assert setting.blur * unit <= max(0.4 * unit, 0.09 * height) + 1e-9
        assert setting.motion * unit <= 0.2 * height + 1e-9
        assert setting.jpeg >= 35 or height >= 20
        assert plan.coarse == 1 or height / plan.coarse >= 12 - 1e-9
    assert max(plan.coarse for plan in plans) > 2


def test_boxes_and_sudokus_have_no_ruled_paper(plans):
    kinds = {plan.ruling.kind for plan in plans if plan.template in ("sudoku", "boxes")}
    assert kinds == {"none"}
    others = {plan.ruling.kind for plan in plans if plan.template == "lines"}
    assert others == {"none", "ruled", "squared", "dots"}


def test_some_tables_are_marked_and_some_pages_have_print_along_an_edge(plans):
    found = pages(plans)
    marked = [plan for plan in found if plan.mark_share >= 0.1]
    assert len(marked) / len(found) == pytest.approx(0.2, abs=0.05)
    assert all(plan.marks[0] == "-" for plan in marked)
    assert len({sign for plan in marked for sign in plan.marks}) > 10
    sideways = np.mean([plan.print_sideways for plan in found])
    assert sideways == pytest.approx(0.12, abs=0.04)
    assert "streaked" in {plan.desk for plan in found}


def test_a_page_without_digits_is_never_cut_out():
    rng = np.random.default_rng(1)
    found = [drawn(rng, has_digits=False) for _ in range(200)]
    assert {plan.contents for plan in found} == {("no digits",)}
    assert {plan.crop for plan in found} == {"no"}
    assert not any(plan.has_digits for plan in found)
    templates = {plan.template for plan in found}
    assert {"print", "blank", "machine-readable"} <= templates
    assert not {"strip", "one digit", "grid"} & templates
