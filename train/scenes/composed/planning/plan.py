"""The plan of a composed scene."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from train.scenes.composed.planning.materials import drawn_height
from train.scenes.composed.planning.ruling import Ruling, drawn_ruling
from train.scenes.setting import Setting, ordinary

Stored = Literal["photo", "gray", "binary"]
CELL_MARKS = ("-", "x", "+", "/", "✓", "A")


@dataclass(frozen=True)
class Plan:
    """A composed scene's parameters. Lengths are shares of the frame's height.

    Attributes:
        setting: Pen, ink, paper, height and gaps of the digits, light and camera.
        size_wh: Of what is rendered, in pixels.
        template: How the page is laid out; a key of `templates.TEMPLATES`.
        contents: What its lines hold; keys of `content.LINE_CONTENTS`.
        has_digits: Whether anybody wrote a digit.
        ruling: Lines on the page.
        paper_share: Of the frame that the paper covers; 1 for all of it.
        desk: What it lies on.
        bend: How far the paper's curve lifts the page at most.
        print_share: Of the lines, those that are printed.
        word_share: Of the lines, those of handwritten words alone.
        print_strength: How dark the print is, 0..1.
        sun: How much brighter the sunlit half is; 1 for no sun.
        sun_edge: Softness of the sun's edge.
        sun_at_digit: Whether that edge runs through a digit.
        halo: Strength of the sharpening.
        coarse: By how much the picture is shrunk and enlarged again; 1 for not.
        pattern: Strength of a pattern that is printed under everything, 0..1.
        crop: What the frame is cut down to.
        margin: Around that, as a share of its height.
        zeros: Height of the zeros, of what the hand makes them.
        tails: How much further down fours, sevens and nines reach; 0 for the hand's.
        has_habits: Whether the hand may cross sevens and the like, as some do.
        marks: Signs in a table's cells that are no numbers.
        mark_share: Of the cells, those with such a sign.
        print_apart: Whether printed digits stand by themselves along an edge.
        print_sideways: Whether lines of print run up or down along an edge.
        stored: Whether it is a photograph, gray levels on plain ground, or black and
            white.
        bundled: Whether it is printed in Matplotlib's own fonts alone, so that it is
            the same on every machine.
    """

    setting: Setting
    size_wh: tuple[int, int]
    template: str
    contents: tuple[str, ...]
    ruling: Ruling
    has_digits: bool = True
    paper_share: float = 1.0
    desk: str = "wood"
    bend: float = 0.0
    print_share: float = 0.0
    word_share: float = 0.0
    print_strength: float = 0.9
    sun: float = 1.0
    sun_edge: float = 0.002
    sun_at_digit: bool = False
    halo: float = 0.0
    coarse: float = 1.0
    pattern: float = 0.0
    crop: Literal["no", "number", "digit"] = "no"
    margin: float = 0.1
    zeros: float = 1.0
    tails: float = 0.0
    has_habits: bool = False
    marks: tuple[str, ...] = CELL_MARKS
    mark_share: float = 0.06
    print_apart: bool = False
    print_sideways: bool = False
    stored: Stored = "photo"
    bundled: bool = False


def plain(rng: np.random.Generator, size_wh: tuple[int, int]) -> Plan:
    """Plan an ordinary sheet with lines of numbers."""
    setting = ordinary(rng)
    return Plan(
        setting=replace(setting, height=drawn_height(rng)),
        size_wh=size_wh,
        template="lines",
        contents=("number",),
        ruling=drawn_ruling(rng, setting, "none"),
        bundled=True,
    )
