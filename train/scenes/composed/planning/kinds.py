"""Named conditions of composed scenes: what each changes of an ordinary page.

They are printed in Matplotlib's fonts alone, so that they are the same everywhere.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from train.scenes.composed.planning.close_plan import one_digit, strip
from train.scenes.composed.planning.plan import Plan, plain
from train.scenes.composed.planning.ruling import Ruling, Style
from train.scenes.setting import one_of, pen
from train.scenes.writing.pens import Pen

Size = tuple[int, int]
Make = Callable[[np.random.Generator, Size], Plan]
PlanChange = Callable[[np.random.Generator, Plan], dict[str, Any]]

_DARK_BGR = (25.0, 25.0, 25.0)
_PALE_PENCIL = ((120.0, 116.0, 112.0), (135.0, 132.0, 128.0))


def of(condition: str, size_wh: Size, rng: np.random.Generator) -> Plan:
    """Return the plan of a scene under a condition.

    Args:
        condition: A key of `COMPOSED_CONDITIONS` or `COMPOSED_WITHOUT_DIGITS`.
        size_wh: Of the frame; strips and single digits have their own.
        rng: Source of everything random.
    """
    make = COMPOSED_CONDITIONS.get(condition) or COMPOSED_WITHOUT_DIGITS[condition]
    return replace(make(rng, size_wh), bundled=True)


def _page(*changes: PlanChange, **values: Any) -> Make:
    """Return a plan of an ordinary page with some of its parameters replaced."""

    def make(rng: np.random.Generator, size_wh: Size) -> Plan:
        plan = plain(rng, size_wh)
        height = float(np.exp(rng.uniform(np.log(0.06), np.log(0.15))))
        setting = replace(plan.setting, height=height)
        plan = replace(plan, setting=setting, **values)
        for change in changes:
            plan = replace(plan, **change(rng, plan))
        return plan

    return make


def _setting(**spans: tuple[float, float]) -> PlanChange:
    """Return a change that draws some of the setting's numbers uniformly."""

    def change(rng: np.random.Generator, plan: Plan) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: float(rng.uniform(*span)) for name, span in spans.items()
        }
        return {"setting": replace(plan.setting, **values)}

    return change


def _drawn(**spans: tuple[float, float]) -> PlanChange:
    """Return a change that draws some of the plan's own numbers uniformly."""
    return lambda rng, _: {
        name: float(rng.uniform(*span)) for name, span in spans.items()
    }


def _tilted(rng: np.random.Generator, plan: Plan) -> dict[str, Any]:
    tilt = float(rng.uniform(8, 30) * rng.choice([-1, 1]))
    height = min(plan.setting.height, 0.09)
    return {"setting": replace(plan.setting, tilt_deg=tilt, height=height)}


def _lines(**values: Any) -> PlanChange:
    """Return a change to other lines on the page."""
    return lambda _, plan: {"ruling": replace(plan.ruling, **values)}


def _dashed(rng: np.random.Generator, _: Plan) -> dict[str, Any]:
    styles: tuple[Style, Style] = ("dashed", "dotted")
    ruling = Ruling(
        kind="ruled",
        style=styles[rng.integers(2)],
        bgr=_DARK_BGR,
        strength=float(rng.uniform(0.5, 0.95)),
        width=float(rng.choice([1, 1.5, 2])),
        offset=float(rng.uniform(0.9, 1.1)),
    )
    return {"ruling": ruling}


def _paper_rules(rng: np.random.Generator, plan: Plan) -> dict[str, Any]:
    setting = plan.setting
    ruling = Ruling(
        kind=("ruled", "none")[rng.integers(2)],
        style="solid",
        bgr=setting.ink_bgr,
        strength=setting.pen.strength,
        width=max(1.0, setting.pen.width * setting.height * 480),
        offset=float(rng.uniform(1.02, 1.15)),
    )
    return {
        "ruling": ruling,
        "template": "lines" if ruling.kind == "ruled" else "table",
    }


def _with_pen(make: Callable[[np.random.Generator], Pen]) -> PlanChange:
    return lambda rng, plan: {"setting": replace(plan.setting, pen=make(rng))}


def _brush(rng: np.random.Generator) -> Pen:
    fade, grain = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0, 0.5))
    return pen(rng, (0.09, 0.18), fade=fade, grain=grain, variation=0.4)


def _pale(rng: np.random.Generator, plan: Plan) -> dict[str, Any]:
    grain, strength = float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.4, 0.7))
    pencil = pen(rng, (0.04, 0.09), grain=grain, strength=strength)
    ink = one_of(rng, _PALE_PENCIL)
    ruling = replace(
        plan.ruling, bgr=_DARK_BGR, strength=0.95, width=2.0, style="solid"
    )
    return {
        "setting": replace(plan.setting, pen=pencil, ink_bgr=ink),
        "template": ("boxes", "form", "table")[rng.integers(3)],
        "ruling": ruling,
        "print_strength": 0.97,
        "print_share": 0.3,
    }


def _shadow_edge(rng: np.random.Generator, plan: Plan) -> dict[str, Any]:
    size = float(rng.uniform(0.1, 0.25))
    return {
        "setting": replace(plan.setting, height=size, exposure=1.0),
        "sun": float(rng.uniform(1.8, 3.5)),
        "sun_edge": float(rng.choice([0.001, 0.004, 0.02, 0.08])),
        "contents": ("number",),
        "template": "scattered",
    }


def _sunny(rng: np.random.Generator, plan: Plan) -> dict[str, Any]:
    exposure = float(rng.uniform(0.8, 1.05))
    return {
        "setting": replace(plan.setting, exposure=exposure, shadow=0.0),
        "sun": float(rng.uniform(2, 5)),
        "sun_edge": float(rng.choice([0.001, 0.003, 0.01])),
        "sun_at_digit": True,
    }


def _close(make: Callable[[np.random.Generator], Plan], **values: Any) -> Make:
    return lambda rng, _: replace(make(rng), **values)


COMPOSED_CONDITIONS: dict[str, Make] = {
    "dark desk": _page(_drawn(paper_share=(0.35, 0.8)), desk="black"),
    "half in the sun": _page(_sunny),
    "shadow edge": _page(_shadow_edge, sun_at_digit=True),
    "tilted table": _page(_tilted, _lines(strength=0.8), template="table"),
    "dashed rules": _page(_dashed),
    "own rules": _page(_paper_rules),
    "strip": _close(strip),
    "cheque line": _close(strip, contents=("amount", "cheque")),
    "one digit": _close(one_digit),
    "brush": _page(_with_pen(_brush)),
    "pale pen and print": _page(_pale),
    "scripts": _page(template="form", contents=("number", "words")),
    "form": _page(_lines(strength=0.7), template="boxes"),
    "dates": _page(contents=("date", "time", "score")),
    "amounts": _page(contents=("amount", "decimal")),
    "equations": _page(contents=("equation",)),
    "lists": _page(contents=("item", "words"), word_share=0.15),
    "codes": _page(contents=("code", "measure", "phone")),
    "sums": _page(template="sums"),
    "grid": _page(template="grid"),
    "curved": _page(_drawn(bend=(0.03, 0.07)), _lines(kind="ruled", strength=0.5)),
    "halos": _page(_drawn(halo=(1.0, 2.5)), _setting(blur=(0.5, 1.2))),
    "coarse": _page(_drawn(coarse=(1.5, 2.5)), _setting(height=(0.07, 0.15))),
    "strong perspective": _page(_setting(perspective=(0.08, 0.14))),
}
COMPOSED_WITHOUT_DIGITS: dict[str, Make] = {
    "no digits: scripts": _page(template="print", has_digits=False),
    "no digits: machine-readable": _page(template="machine-readable", has_digits=False),
    "no digits: printed sudoku": _page(
        _lines(strength=0.8), template="sudoku", has_digits=False
    ),
    "no digits: printed form": _page(
        template="form", has_digits=False, contents=("no digits",)
    ),
    "no digits: printed table": _page(
        _lines(strength=0.7),
        template="table",
        has_digits=False,
        contents=("no digits",),
    ),
    "no digits: signs": _page(has_digits=False, contents=("no digits",)),
    "no digits: dark desk": _page(
        _drawn(paper_share=(0.3, 0.8)), template="blank", has_digits=False, desk="black"
    ),
    "no digits: sun": _page(_sunny, template="blank", has_digits=False),
}
