"""Plans of the training distribution: every condition drawn by itself."""

from dataclasses import replace
from typing import Any

import numpy as np

from train.scenes.composed.planning.close_plan import close_up
from train.scenes.composed.planning.materials import (
    drawn_camera,
    drawn_height,
    drawn_light,
    drawn_paper,
    drawn_pattern,
    drawn_pen,
    drawn_writing,
    drawn_zeros,
)
from train.scenes.composed.planning.plan import CELL_MARKS, Plan
from train.scenes.composed.planning.ruling import drawn_ruling
from train.scenes.composed.text.content import LINE_CONTENTS
from train.scenes.setting import Setting, ordinary
from train.scenes.writing.hands import CLEAR_LETTERS

_LEAST_SHRUNK_HEIGHT_PX = 12.0  # of a digit, after shrinking
SCENE_SIZES_WH = (
    (640, 480),
    (640, 480),
    (480, 640),
    (640, 360),
    (400, 400),
    (512, 384),
)
# Templates, how often each.
_SHARE_OF_TEMPLATE = {
    "lines": 0.34, "table": 0.14, "boxes": 0.09, "sudoku": 0.05, "scattered": 0.06,
    "grid": 0.04, "sums": 0.04, "form": 0.06, "strip": 0.12, "one digit": 0.06,
}  # fmt: skip
_DESKS = ("black", "black", "gray", "wood", "cloth", "carpet", "streaked", "streaked")
# In tables: capitals that nobody takes for a digit, and B, which is like an eight.
_LETTER_MARKS = (*filter(str.isupper, CLEAR_LETTERS), "B")
_EMPTY_TEMPLATES = (
    "lines", "lines", "lines", "table", "boxes", "sudoku", "scattered", "sums", "form",
    "machine-readable", "print", "print", "print", "blank",
)  # fmt: skip
_TEMPLATE_NAMES = list(_SHARE_OF_TEMPLATE)
_TEMPLATE_PROBABILITIES = np.array(list(_SHARE_OF_TEMPLATE.values())) / sum(
    _SHARE_OF_TEMPLATE.values()
)


def drawn(rng: np.random.Generator, *, has_digits: bool = True) -> Plan:
    """Plan a scene of the training distribution."""
    size_wh = SCENE_SIZES_WH[rng.integers(len(SCENE_SIZES_WH))]
    template = str(rng.choice(_TEMPLATE_NAMES, p=_TEMPLATE_PROBABILITIES))
    if template in ("strip", "one digit"):
        if has_digits:
            return replace(close_up(rng, template), has_habits=True)
        template = "lines"
    if not has_digits:
        template = str(rng.choice(_EMPTY_TEMPLATES))
    setting = _setting(size_wh, rng)
    contents = _contents(rng)
    ruling = drawn_ruling(rng, setting, _kind_of_ruling(rng, template))
    has_sun = rng.random() < 0.12
    if has_sun:
        setting = replace(setting, exposure=float(rng.uniform(0.7, 1.1)))
    most_coarse = max(1.0, setting.height * size_wh[1] / _LEAST_SHRUNK_HEIGHT_PX)
    return Plan(
        setting=setting,
        size_wh=size_wh,
        template=template,
        contents=contents if has_digits else ("no digits",),
        has_digits=has_digits,
        ruling=ruling,
        paper_share=float(rng.uniform(0.35, 0.97)) if rng.random() < 0.22 else 1.0,
        desk=str(rng.choice(_DESKS)),
        bend=float(rng.uniform(0.01, 0.07)) if rng.random() < 0.12 else 0.0,
        print_share=float(rng.uniform(0.1, 0.6)) if rng.random() < 0.35 else 0.0,
        word_share=float(rng.uniform(0.1, 0.5)) if rng.random() < 0.35 else 0.0,
        print_strength=float(rng.uniform(0.5, 0.97)),
        **_sunlit(rng, has_sun=has_sun),
        **_processed(rng, most_coarse),
        pattern=drawn_pattern(rng),
        zeros=drawn_zeros(rng),
        tails=float(rng.uniform(0.4, 1.3)) if rng.random() < 0.15 else 0.0,
        print_apart=bool(rng.random() < 0.25),
        print_sideways=bool(rng.random() < 0.12),
        has_habits=True,
        **_marked(rng),
    )


def _sunlit(rng: np.random.Generator, *, has_sun: bool) -> dict[str, Any]:
    """Return how the sun shines, if it does, and where its edge runs."""
    return {
        "sun": float(rng.uniform(2, 5)) if has_sun else 1.0,
        "sun_edge": float(rng.choice([0.001, 0.004, 0.02, 0.1])),
        "sun_at_digit": bool(rng.random() < 0.6),
    }


def _processed(rng: np.random.Generator, most_coarse: float) -> dict[str, Any]:
    """Return how a camera sharpens its picture and shrinks it."""
    halo = float(rng.uniform(0.5, 2.5)) if rng.random() < 0.15 else 0.0
    coarse = 1.0
    if rng.random() < 0.12:
        coarse = min(most_coarse, float(rng.uniform(1.3, 3.0)))
    return {"halo": halo, "coarse": coarse}


def _marked(rng: np.random.Generator) -> dict[str, Any]:
    """Return how a table is marked: one in five often, with one or two signs."""
    if rng.random() >= 0.2:
        return {}
    signs = ("-", str(rng.choice([*CELL_MARKS, *_LETTER_MARKS])))
    count = int(rng.integers(1, 3))
    return {"marks": signs[:count], "mark_share": float(rng.uniform(0.1, 0.4))}


def _contents(rng: np.random.Generator) -> tuple[str, ...]:
    """Return what lines are of: of numbers more often than of anything else."""
    kinds = [name for name in LINE_CONTENTS if name != "no digits"]
    return tuple(
        "number" if rng.random() < 0.3 else kinds[rng.integers(len(kinds))]
        for _ in range(int(rng.integers(1, 5)))
    )


def _kind_of_ruling(rng: np.random.Generator, template: str) -> str:
    if rng.random() < 0.5 and template not in ("sudoku", "boxes"):
        return str(rng.choice(["ruled", "ruled", "squared", "squared", "dots"]))
    return "none"


def _setting(size_wh: tuple[int, int], rng: np.random.Generator) -> Setting:
    setting = ordinary(rng)
    setting = replace(
        setting, height=drawn_height(rng), **drawn_pen(rng), **drawn_writing(rng)
    )
    setting = replace(
        setting, **drawn_light(rng), **drawn_camera(rng), **drawn_paper(rng)
    )
    return _readable(setting, setting.height * size_wh[1], size_wh)


def _readable(setting: Setting, height: float, size_wh: tuple[int, int]) -> Setting:
    """Limit a setting's blur to what digits of a height in pixels bear."""
    unit = size_wh[1] / 480
    return replace(
        setting,
        blur=min(setting.blur, max(0.4, 0.09 * height / unit)),
        motion=min(setting.motion, 0.2 * height / unit),
        noise=min(setting.noise, 0.8 * height),
        jpeg=max(setting.jpeg, 35) if height < 20 else setting.jpeg,
    )
