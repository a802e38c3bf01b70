"""The conditions of scenes: what each changes of an ordinary setting."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from train.scenes.setting import DARK_INKS, Bgr, Setting, one_of, ordinary, pen
from train.scenes.writing import handwriting

Change = Callable[[np.random.Generator, Setting], dict[str, Any]]

_COLORED_PAPERS: tuple[Bgr, ...] = (
    (140, 228, 248), (200, 190, 245), (190, 235, 190), (235, 215, 160),
    (130, 190, 235), (120, 165, 190), (150, 205, 225),
)  # fmt: skip
_COLORED_INKS: tuple[Bgr, ...] = (
    (170, 70, 30), (210, 110, 50), (45, 40, 190), (60, 60, 225), (70, 130, 30),
    (150, 50, 130), (30, 110, 230),
)  # fmt: skip
_OLD_BOARDS_BGR: tuple[Bgr, ...] = (
    (48, 46, 44),
    (58, 72, 44),
    (30, 30, 30),
    (92, 52, 30),
)


def of(condition: str, rng: np.random.Generator) -> Setting:
    """Return an ordinary setting changed by a condition.

    Args:
        condition: A key of `VARIATIONS`.
        rng: Source of everything random.
    """
    setting = ordinary(rng)
    for change in VARIATIONS[condition]:
        setting = replace(setting, **change(rng, setting))
    return setting


def _uniform(**ranges: tuple[float, float]) -> Change:
    """Return a change that draws some of a setting's numbers uniformly."""
    return lambda rng, _: {
        name: float(rng.uniform(*span)) for name, span in ranges.items()
    }


def _fixed(**values: Any) -> Change:
    return lambda _rng, _setting: values


def _pencil(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    grain, strength = rng.uniform(0.4, 0.8), rng.uniform(0.4, 0.75)
    pencil = pen(rng, (0.03, 0.09), grain=float(grain), strength=float(strength))
    return {"pen": pencil, "ink_bgr": (88.0, 84.0, 82.0)}


def _light_on_dark(rng: np.random.Generator, setting: Setting) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "paper_bgr": one_of(rng, _OLD_BOARDS_BGR),
        "ink_bgr": one_of(rng, ((235, 238, 238), (190, 225, 235), (225, 220, 190))),
    }
    if rng.random() < 0.6:  # chalk, else a screen or a white pen on black paper
        strength = float(rng.uniform(0.6, 0.9))
        changes["pen"] = pen(rng, (0.06, 0.14), grain=0.8, strength=strength)
    return changes


def _dark(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {
        "exposure": float(rng.uniform(0.07, 0.25)),
        "noise": float(rng.uniform(3, 6)),
    }


def _turned(turns: int) -> Change:
    return _fixed(quarter_turns=turns)


def _sloping(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"slope_deg": float(rng.uniform(5, 14) * rng.choice([-1, 1]))}


def _slanted(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {
        "slant": float(rng.choice([rng.uniform(0.45, 0.8), -rng.uniform(0.3, 0.5)]))
    }


def _dotted_pen(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    skips = float(rng.uniform(0.6, 1.6))
    return {"pen": pen(rng, (0.03, 0.06), skips=skips, variation=0.0)}


def _jpeg(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"jpeg": int(rng.integers(5, 18))}


def _colored_paper(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"paper_bgr": one_of(rng, _COLORED_PAPERS)}


def _colored_ink(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"ink_bgr": one_of(rng, _COLORED_INKS)}


def _hairline(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"pen": pen(rng, (0.008, 0.02)), "height": float(rng.uniform(0.18, 0.4))}


def _marker(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {
        "pen": pen(rng, (0.15, 0.22)),
        "height": float(rng.uniform(0.05, 0.09)),
        "gap": float(rng.uniform(0.3, 0.5)),
    }


def _thin(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"pen": pen(rng, (0.025, 0.045))}


def _creased(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {"creases": int(rng.integers(1, 5))}


def _moving(rng: np.random.Generator, setting: Setting) -> dict[str, Any]:
    # As far as people can still read it: up to a fifth of a digit's height.
    return {"motion": float(rng.uniform(0.08, 0.2)) * setting.height * 480}


def _several(rng: np.random.Generator, setting: Setting) -> dict[str, Any]:
    """Change a setting by three to five of the other conditions at once."""
    return _combined(rng, setting, range(3, 6))


def _lone(rng: np.random.Generator, setting: Setting) -> dict[str, Any]:
    """Change a setting by up to two other conditions, with hardly a digit in it."""
    return _combined(rng, setting, range(3)) | {"lone": True}


def _combined(
    rng: np.random.Generator, setting: Setting, counts: range
) -> dict[str, Any]:
    """Change a setting by several of the other conditions at once."""
    changes: dict[str, Any] = {}
    order = rng.permutation(len(_HARD))[: rng.integers(counts.start, counts.stop)]
    for group in (_HARD[i] for i in order):
        for change in VARIATIONS[group[rng.integers(len(group))]]:
            changes |= change(rng, setting)
    return changes


def _sudoku(rng: np.random.Generator, _: Setting) -> dict[str, Any]:
    return {
        "ground": "sudoku",
        "height": float(rng.uniform(0.055, 0.064)),
        "line_strength": float(rng.uniform(0.5, 0.95)),
        "ink_bgr": one_of(rng, DARK_INKS + _COLORED_INKS[:2]),
    }


VARIATIONS: dict[str, tuple[Change, ...]] = {
    "plain": (),
    "hard shadow": (_uniform(shadow=(0.4, 0.75), shadow_edge=(0.001, 0.006)),),
    "soft shadow": (_uniform(shadow=(0.4, 0.7), shadow_edge=(0.05, 0.2)),),
    "vignetting": (_uniform(vignetting=(0.6, 0.95)),),
    "dark": (_dark,),
    "low contrast": (_uniform(contrast=(0.1, 0.28)),),
    "glare": (_uniform(glare=(0.5, 1.0)),),
    "colored paper": (_colored_paper,),
    "colored ink": (_colored_ink,),
    "pencil": (_pencil,),
    "light on dark": (_light_on_dark,),
    "noise": (_uniform(noise=(12, 28)),),
    "blur": (_uniform(blur=(1.6, 2.8)),),
    "motion blur": (_moving,),
    "jpeg": (_jpeg,),
    "ruled": (_fixed(ground="ruled"), _uniform(line_strength=(0.2, 0.75))),
    "squared": (_fixed(ground="squared"), _uniform(line_strength=(0.15, 0.6))),
    "dotted": (_fixed(ground="dotted"), _uniform(line_strength=(0.3, 0.8))),
    "table": (_fixed(ground="table"), _uniform(line_strength=(0.5, 0.95))),
    "boxes": (_fixed(ground="boxes"), _uniform(line_strength=(0.4, 0.95))),
    "sudoku": (_sudoku,),
    "creased": (_creased,),
    "show-through": (_uniform(show_through=(0.06, 0.16)),),
    "desk": (_fixed(desk=True),),
    "fingers": (_fixed(fingers=True),),
    "print nearby": (_fixed(nearby="print"),),
    "letters nearby": (_fixed(nearby="letters"),),
    "scribbles nearby": (_fixed(nearby="scribbles"),),
    "tiny": (_uniform(height=(12 / 480, 15 / 480), blur=(0.2, 0.4)),),
    "huge": (_uniform(height=(0.4, 0.5)),),
    "thin pen": (_thin,),
    "hairline": (_hairline,),
    "marker": (_marker,),
    "slanted": (_slanted,),
    "broken": (_uniform(broken=(0.5, 0.9)),),
    "dotted pen": (_dotted_pen,),
    "touching": (_uniform(touching=(0.3, 0.7)),),
    "overlapping": (_uniform(touching=(0.2, 0.5), overlap=(0.05, 0.15)),),
    "cut by border": (_fixed(at_border=True),),
    "sloping": (_sloping,),
    "lone": (_lone,),
    "turned 90": (_turned(1),),
    "turned 180": (_turned(2),),
    "turned 270": (_turned(3),),
    "hard": (_several,),
    "long legs": (_uniform(tails=handwriting.LONG_TAILS),),
}
# What `hard` draws from: at most one of each group.
_HARD: tuple[tuple[str, ...], ...] = (
    ("hard shadow", "soft shadow", "vignetting", "glare"),
    ("noise", "blur", "motion blur", "jpeg"),
    ("colored paper",),
    ("colored ink", "pencil", "thin pen", "dotted pen"),
    ("ruled", "squared", "dotted", "table", "boxes"),
    ("desk", "fingers"),
    ("print nearby", "letters nearby", "scribbles nearby"),
    ("touching", "broken", "slanted"),
    ("sloping",),
)
