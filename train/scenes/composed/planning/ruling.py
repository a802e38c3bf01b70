"""Lines that are printed, or drawn, on the page of a composed scene."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from train.scenes.setting import Bgr, Setting

Style = Literal["solid", "dashed", "dotted"]
_LINES: tuple[Bgr, ...] = (
    (150, 110, 80), (90, 80, 70), (60, 60, 60), (110, 90, 160), (30, 30, 30),
    (190, 160, 120), (120, 70, 40), (150, 150, 235),
)  # fmt: skip


@dataclass(frozen=True)
class Ruling:
    """The lines that are printed, or drawn, on a page.

    Attributes:
        kind: Where they run: `ruled`, `squared`, `dots`, or with a page's own boxes or
            table only.
        style: Of each line.
        bgr: Their color.
        strength: How much of the paper they hide, 0..1.
        width: In pixels of a 480 pixels high frame.
        offset: Where a line of writing stands on its rule: 1 on it, 0.5 across it.
    """

    kind: Literal["none", "ruled", "squared", "dots"]
    style: Style
    bgr: Bgr
    strength: float
    width: float
    offset: float


def drawn_ruling(rng: np.random.Generator, setting: Setting, kind: Any) -> Ruling:
    """Choose lines of any kind and color, sometimes those of the pen."""
    draw = rng.random()
    color = _LINES[rng.integers(len(_LINES))]
    strength = float(rng.uniform(0.15, 0.9))
    if draw < 0.12:  # drawn with the same pen
        color, strength = setting.ink_bgr, setting.pen.strength
    elif draw < 0.3:  # thick and dark
        color, strength = (25.0, 25.0, 25.0), float(rng.uniform(0.7, 0.97))
    if sum(setting.paper_bgr) < 360 and draw >= 0.12:
        color, strength = (170.0, 175.0, 170.0), strength / 2
    styles: tuple[Style, ...] = ("solid", "solid", "solid", "dashed", "dotted")
    width = float(rng.choice([0.6, 1, 1, 1.5, 2, 3]))
    if draw < 0.12:
        width = max(1.0, setting.pen.width * setting.height * 480)
    return Ruling(
        kind=kind,
        style=styles[rng.integers(len(styles))],
        bgr=color,
        strength=strength,
        width=width,
        offset=float(rng.choice([1.0, rng.uniform(0.9, 1.15), rng.uniform(0.3, 1.2)])),
    )
