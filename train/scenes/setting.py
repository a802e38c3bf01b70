"""The setting of a scene: each condition that reading has to cope with, as a number.

An ordinary setting is drawn at random; see `variations` for what a condition changes.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from train.scenes.writing.pens import Pen

Bgr = tuple[float, float, float]
Ground = Literal["plain", "ruled", "squared", "dotted", "table", "boxes", "sudoku"]

_WHITE_PAPERS: tuple[Bgr, ...] = (
    (245, 246, 244), (228, 236, 240), (238, 236, 230), (220, 224, 224),
)  # fmt: skip
DARK_INKS: tuple[Bgr, ...] = ((40, 36, 36), (62, 56, 54), (120, 52, 28))


@dataclass(frozen=True)
class Setting:
    """A scene's parameters. Lengths are shares of the frame's height.

    Attributes:
        pen: What the digits are written with.
        ink_bgr: Its color.
        paper_bgr: The paper's color, 0..255.
        height: Of the digits.
        gap: Between the digits of a number, of their height.
        touching: Share of neighbors that touch (or overlap, where `overlap` is set).
        overlap: How deep touching digits overlap, of their height.
        slant: Of the writing; `None` for each writer's own.
        tails: How far sevens and nines reach down; `None` for each writer's own.
        broken: Share of the digits whose strokes have gaps.
        slope_deg: Of the lines of writing.
        at_border: Whether lines run out of the frame.
        lone: Whether one number of at most two digits is all that is written.
        ground: What is printed on the paper.
        line_strength: How dark the ground's lines are, 0..1.
        creases: Folds across the paper.
        show_through: Strength of the print on the paper's other side, 0..1.
        desk: Whether the paper's edges and a desk show.
        fingers: Whether fingers and their shadow reach in.
        nearby: What else is on the paper.
        shadow: Depth of a shadow, 0..1.
        shadow_edge: Softness of its edge.
        vignetting: How much darker the corners are, 0..1.
        exposure: Factor on all light.
        contrast: Factor on the distance between ink and paper.
        glare: Strength of a lamp's reflection, 0..1.
        blur: Sigma in pixels of a 480 pixels high frame.
        motion: Length of motion blur, in the same pixels.
        noise: Sigma in gray levels.
        jpeg: Quality, 100 for none.
        tilt_deg: Of the camera around its axis.
        perspective: How unlike a rectangle the page is seen.
        quarter_turns: By which the stored picture is rotated, counter-clockwise.
    """

    pen: Pen
    ink_bgr: Bgr
    paper_bgr: Bgr
    height: float
    gap: float
    touching: float = 0.0
    overlap: float = 0.0
    slant: float | None = None
    tails: float | None = None
    broken: float = 0.0
    slope_deg: float = 0.0
    at_border: bool = False
    lone: bool = False
    ground: Ground = "plain"
    line_strength: float = 0.5
    creases: int = 0
    show_through: float = 0.0
    desk: bool = False
    fingers: bool = False
    nearby: Literal["nothing", "print", "letters", "scribbles"] = "nothing"
    shadow: float = 0.0
    shadow_edge: float = 0.1
    vignetting: float = 0.1
    exposure: float = 0.9
    contrast: float = 1.0
    glare: float = 0.0
    blur: float = 0.5
    motion: float = 0.0
    noise: float = 2.0
    jpeg: int = 90
    tilt_deg: float = 0.0
    perspective: float = 0.0
    quarter_turns: int = 0


def ordinary(rng: np.random.Generator) -> Setting:
    """Return a sheet in good light, as most people would photograph it."""
    height = float(np.exp(rng.uniform(np.log(0.055), np.log(0.17))))
    return Setting(
        pen=pen(rng, (0.05, 0.12)),
        ink_bgr=one_of(rng, DARK_INKS),
        paper_bgr=one_of(rng, _WHITE_PAPERS),
        height=height,
        gap=float(rng.uniform(0.14, 0.4)),
        shadow=float(rng.uniform(0, 0.2)),
        shadow_edge=float(rng.uniform(0.1, 0.3)),
        vignetting=float(rng.uniform(0, 0.15)),
        exposure=float(rng.uniform(0.75, 1.0)),
        blur=float(rng.uniform(0.3, 0.7)),
        noise=float(rng.uniform(1, 4)),
        jpeg=int(rng.integers(80, 96)),
        tilt_deg=float(rng.normal(0, 1.5)),
        perspective=float(rng.uniform(0, 0.03)),
    )


def pen(rng: np.random.Generator, widths: tuple[float, float], **more: Any) -> Pen:
    """Return a pen with a width in a range, and otherwise as `more` says."""
    return Pen(
        width=float(rng.uniform(*widths)),
        **{"variation": float(rng.uniform(0.0, 0.3)), **more},
    )


def one_of(rng: np.random.Generator, colors: tuple[Bgr, ...]) -> Bgr:
    """Return one of the colors, or nearly."""
    chosen = np.array(colors[rng.integers(len(colors))], float)
    blue, green, red = np.clip(chosen + rng.normal(0, 6, 3), 0, 255)
    return float(blue), float(green), float(red)
