"""Pen, hand, paper, light and camera of a composed scene, each drawn at random."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from train.scenes.setting import DARK_INKS, Bgr, one_of, pen

_SHEETS_BGR: tuple[Bgr, ...] = (
    (245, 246, 244), (228, 236, 240), (238, 236, 230), (220, 224, 224),
    (140, 228, 248), (200, 190, 245), (190, 235, 190), (235, 215, 160),
    (130, 190, 235), (120, 165, 190), (150, 205, 225), (170, 175, 175),
)  # fmt: skip
_NUM_WHITE = 4
_INKS: tuple[Bgr, ...] = (
    (170, 70, 30), (210, 110, 50), (45, 40, 190), (60, 60, 225), (70, 130, 30),
    (150, 50, 130), (30, 110, 230), (60, 40, 20),
)  # fmt: skip
_BOARDS_BGR: tuple[Bgr, ...] = (
    (48, 46, 44), (58, 72, 44), (30, 30, 30), (92, 52, 30), (12, 12, 12), (110, 60, 40)
)  # fmt: skip
_CHALKS: tuple[Bgr, ...] = (
    (235, 238, 238), (190, 225, 235), (225, 220, 190), (150, 230, 240)
)  # fmt: skip
_PALE: tuple[Bgr, ...] = (
    (88, 84, 82),
    (120, 116, 112),
    (190, 130, 90),
    (110, 110, 200),
)


def drawn_height(rng: np.random.Generator) -> float:
    """Return the height of digits, as a share of the frame's."""
    spans = ((0.05, 0.2), (0.025, 0.05), (0.2, 0.5))
    low, high = spans[int(rng.choice(3, p=[0.76, 0.12, 0.12]))]
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def drawn_pen(rng: np.random.Generator) -> dict[str, Any]:
    """Choose what is written with, and its color."""
    ink = one_of(rng, DARK_INKS if rng.random() < 0.65 else _INKS)
    kind = rng.random()
    if kind < 0.5:  # a ball pen or a felt tip
        # A ball pen's line is thin in digits that fill a page.
        width = float(np.exp(rng.uniform(math.log(0.018), math.log(0.14))))
        return {"pen": pen(rng, (width, width)), "ink_bgr": ink}
    if kind < 0.62:  # a pencil
        grain, strength = rng.uniform(0.3, 0.8), rng.uniform(0.4, 0.8)
        pencil = pen(rng, (0.02, 0.09), grain=float(grain), strength=float(strength))
        return {"pen": pencil, "ink_bgr": one_of(rng, _PALE[:2])}
    if kind < 0.72:  # pale ink
        pale = pen(rng, (0.03, 0.1), strength=float(rng.uniform(0.5, 0.9)))
        return {"pen": pale, "ink_bgr": one_of(rng, _PALE)}
    if kind < 0.84:  # a gel pen or a brush that runs dry
        fading = pen(
            rng,
            (0.05, 0.2),
            fade=float(rng.uniform(0.25, 0.7)),
            variation=float(rng.uniform(0.1, 0.6)),
            grain=float(rng.choice([0, rng.uniform(0, 0.5)])),
        )
        return {"pen": fading, "ink_bgr": ink}
    if kind < 0.92:
        return {"pen": pen(rng, (0.14, 0.22)), "ink_bgr": ink}
    if kind < 0.96:
        skips = float(rng.uniform(0.6, 1.6))
        dotted = pen(rng, (0.03, 0.06), skips=skips, variation=0.0)
        return {"pen": dotted, "ink_bgr": ink}
    return {"pen": pen(rng, (0.01, 0.03)), "ink_bgr": ink}


def drawn_writing(rng: np.random.Generator) -> dict[str, Any]:
    """Choose how close the digits stand, and whether their strokes break."""
    changes: dict[str, Any] = {"gap": float(rng.uniform(0.06, 0.4))}
    if rng.random() < 0.2:
        changes["touching"] = float(rng.uniform(0.2, 0.8))
        changes["overlap"] = float(rng.choice([0, 0, rng.uniform(0.02, 0.15)]))
    if rng.random() < 0.06:
        changes["broken"] = float(rng.uniform(0.3, 0.9))
    return changes


def drawn_paper(rng: np.random.Generator) -> dict[str, Any]:
    """Choose what is written on, its creases and what shows through."""
    changes: dict[str, Any] = {}
    paper = rng.random()
    if paper < 0.6:
        changes["paper_bgr"] = one_of(rng, _SHEETS_BGR[:_NUM_WHITE])
    elif paper < 0.87:
        changes["paper_bgr"] = one_of(rng, _SHEETS_BGR)
    else:  # a board, a screen, black paper
        changes |= {
            "paper_bgr": one_of(rng, _BOARDS_BGR),
            "ink_bgr": one_of(rng, _CHALKS),
        }
        chalk = pen(rng, (0.05, 0.16), grain=float(rng.choice([0, 0.5, 0.8])))
        changes["pen"] = replace(chalk, strength=float(rng.uniform(0.65, 0.95)))
    if rng.random() < 0.1:
        changes["creases"] = int(rng.integers(1, 5))
    if rng.random() < 0.08:
        changes["show_through"] = float(rng.uniform(0.05, 0.16))
    if rng.random() < 0.06:
        changes["contrast"] = float(rng.uniform(0.25, 0.6))
    return changes


def drawn_light(rng: np.random.Generator) -> dict[str, Any]:
    """Choose shadow, exposure and glare."""
    changes: dict[str, Any] = {}
    if rng.random() < 0.3:
        changes["shadow"] = float(rng.uniform(0.3, 0.75))
        changes["shadow_edge"] = float(
            np.exp(rng.uniform(math.log(0.001), math.log(0.25)))
        )
    if rng.random() < 0.12:
        changes["vignetting"] = float(rng.uniform(0.4, 0.95))
    if rng.random() < 0.08:
        changes["exposure"] = float(rng.uniform(0.1, 0.3))
    elif rng.random() < 0.3:
        changes["exposure"] = float(rng.uniform(0.4, 1.15))
    if rng.random() < 0.08:
        changes["glare"] = float(rng.uniform(0.4, 1.0))
    return changes


def drawn_camera(rng: np.random.Generator) -> dict[str, Any]:
    """Choose how the camera is held, its noise and its blur."""
    changes: dict[str, Any] = {"noise": float(rng.gamma(2, 1.6))}
    if rng.random() < 0.33:
        changes["tilt_deg"] = float(rng.uniform(-30, 30))
    else:
        changes["tilt_deg"] = float(rng.normal(0, 2))
    changes["perspective"] = float(rng.uniform(0, 0.1 if rng.random() < 0.2 else 0.03))
    if rng.random() < 0.15:
        changes["noise"] = float(rng.uniform(8, 24))
    if rng.random() < 0.2:
        changes["blur"] = float(rng.uniform(0.8, 2.2))
    if rng.random() < 0.05:
        changes["motion"] = float(rng.uniform(2, 6))
    if rng.random() < 0.15:
        changes["jpeg"] = int(rng.integers(12, 60))
    return changes


def drawn_zeros(rng: np.random.Generator) -> float:
    """Return the zeros' height, of what the hand makes them."""
    return float(rng.uniform(0.4, 0.85)) if rng.random() < 0.33 else 1.0


def drawn_pattern(rng: np.random.Generator) -> float:
    """Return the strength of a pattern below the writing; 0 for none."""
    return float(rng.uniform(0.02, 0.1)) if rng.random() < 0.18 else 0.0
