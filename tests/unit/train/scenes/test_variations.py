import dataclasses

import numpy as np
import pytest

from train.scenes import variations
from train.scenes.setting import ordinary

# Which parameters a condition changes, and what they are then.
CHANGES = {
    "plain": {},
    "hard shadow": {"shadow": (0.4, 0.75), "shadow_edge": (0.001, 0.006)},
    "soft shadow": {"shadow": (0.4, 0.7), "shadow_edge": (0.05, 0.2)},
    "vignetting": {"vignetting": (0.6, 0.95)},
    "dark": {"exposure": (0.07, 0.25), "noise": (3, 6)},
    "low contrast": {"contrast": (0.1, 0.28)},
    "glare": {"glare": (0.5, 1)},
    "colored paper": {"paper_bgr": None},
    "colored ink": {"ink_bgr": None},
    "pencil": {"pen": None, "ink_bgr": None},
    "noise": {"noise": (12, 28)},
    "blur": {"blur": (1.6, 2.8)},
    "jpeg": {"jpeg": (5, 17)},
    "ruled": {"ground": "ruled", "line_strength": (0.2, 0.75)},
    "squared": {"ground": "squared", "line_strength": (0.15, 0.6)},
    "dotted": {"ground": "dotted", "line_strength": (0.3, 0.8)},
    "table": {"ground": "table", "line_strength": (0.5, 0.95)},
    "boxes": {"ground": "boxes", "line_strength": (0.4, 0.95)},
    "creased": {"creases": (1, 4)},
    "show-through": {"show_through": (0.06, 0.16)},
    "desk": {"desk": True},
    "fingers": {"fingers": True},
    "print nearby": {"nearby": "print"},
    "letters nearby": {"nearby": "letters"},
    "scribbles nearby": {"nearby": "scribbles"},
    "tiny": {"height": (12 / 480, 15 / 480), "blur": (0.2, 0.4)},
    "huge": {"height": (0.4, 0.5)},
    "slanted": {"slant": (-0.5, 0.8)},
    "broken": {"broken": (0.5, 0.9)},
    "touching": {"touching": (0.3, 0.7)},
    "overlapping": {"touching": (0.2, 0.5), "overlap": (0.05, 0.15)},
    "cut by border": {"at_border": True},
    "turned 90": {"quarter_turns": 1},
    "turned 180": {"quarter_turns": 2},
    "turned 270": {"quarter_turns": 3},
    "long legs": {"tails": (0.3, 0.9)},
}
WIDTHS = {
    "pencil": (0.03, 0.09), "thin pen": (0.025, 0.045), "hairline": (0.008, 0.02),
    "marker": (0.15, 0.22), "dotted pen": (0.03, 0.06),
}  # fmt: skip


def changed(condition, seed):
    """The parameters that differ from the ordinary setting of the same seed."""
    plain = dataclasses.asdict(ordinary(np.random.default_rng(seed)))
    setting = variations.of(condition, np.random.default_rng(seed))
    return {
        name: getattr(setting, name)
        for name, value in dataclasses.asdict(setting).items()
        if value != plain[name]
    }


@pytest.mark.parametrize(("condition", "expected"), CHANGES.items())
def test_a_condition_changes_what_it_is_named_for(condition, expected):
    for seed in range(5):
        found = changed(condition, seed)
        assert set(found) == set(expected)
        for name, value in found.items():
            if isinstance(expected[name], tuple):
                least, most = expected[name]
                assert least <= value <= most
            elif expected[name] is not None:
                assert value == expected[name]


@pytest.mark.parametrize(("condition", "widths"), WIDTHS.items())
def test_pens_are_as_wide_as_their_names_say(condition, widths):
    for seed in range(5):
        pen = variations.of(condition, np.random.default_rng(seed)).pen
        assert widths[0] <= pen.width <= widths[1]
        assert (pen.skips > 0) == (condition == "dotted pen")
        assert (pen.grain > 0) == (condition == "pencil")


def test_chalk_is_lighter_than_its_board():
    for seed in range(10):
        setting = variations.of("light on dark", np.random.default_rng(seed))
        assert np.mean(setting.ink_bgr) > np.mean(setting.paper_bgr) + 100


def test_lines_slope_to_both_sides():
    slopes = [changed("sloping", seed)["slope_deg"] for seed in range(20)]
    assert all(5 <= abs(slope) <= 14 for slope in slopes)
    assert min(slopes) < 0 < max(slopes)


def test_motion_leaves_digits_legible():
    for seed in range(10):
        setting = variations.of("motion blur", np.random.default_rng(seed))
        assert 0.08 <= setting.motion / (480 * setting.height) <= 0.2


def test_hard_scenes_combine_conditions_that_go_together():
    several = [changed("hard", seed) for seed in range(40)]
    assert all(len(found) >= 3 for found in several)
    assert len({frozenset(found) for found in several}) > 30
    turned = {"quarter_turns", "at_border", "height"}
    assert not any(turned & set(found) for found in several)


def test_a_lone_number_may_be_written_on_anything():
    several = [changed("lone", seed) for seed in range(20)]
    assert all(found["lone"] for found in several)
    assert {"lone"} in [set(found) for found in several]
    assert any(len(found) > 2 for found in several)


def test_every_condition_gives_a_setting():
    for condition in variations.VARIATIONS:
        setting = variations.of(condition, np.random.default_rng(1))
        assert 0.02 < setting.height < 0.51
    with pytest.raises(KeyError, match="fog"):
        variations.of("fog", np.random.default_rng(1))
