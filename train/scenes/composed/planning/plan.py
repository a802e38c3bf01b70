"""What a composed scene is like; drawn at random, every condition by itself."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from train.scenes.composed.planning.materials import (
    drawn_camera,
    drawn_height,
    drawn_light,
    drawn_paper,
    drawn_pen,
    drawn_writing,
)
from train.scenes.composed.planning.ruling import Ruling, drawn_ruling
from train.scenes.composed.text.content import LINE_CONTENTS
from train.scenes.setting import Setting, ordinary

Stored = Literal["photo", "gray", "binary"]

_LEAST_SHRUNK_HEIGHT_PX = 12.0  # pixels of a digit, after shrinking
SCENE_SIZES_WH = (
    (640, 480),
    (640, 480),
    (480, 640),
    (640, 360),
    (400, 400),
    (512, 384),
)


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
        print_apart: Whether printed digits stand by themselves along an edge.
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
    print_apart: bool = False
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


def drawn(rng: np.random.Generator, *, has_digits: bool = True) -> Plan:
    """Plan a scene of the training distribution."""
    size_wh = SCENE_SIZES_WH[rng.integers(len(SCENE_SIZES_WH))]
    template = str(rng.choice(_TEMPLATES, p=_TEMPLATE_PROBABILITIES))
    if template in ("strip", "one digit"):
        if has_digits:
            return _close(rng, template)
        template = "lines"
    if not has_digits:
        template = str(rng.choice(_EMPTY_TEMPLATES))
    setting = ordinary(rng)
    setting = replace(
        setting, height=drawn_height(rng), **drawn_pen(rng), **drawn_writing(rng)
    )
    setting = replace(
        setting, **drawn_light(rng), **drawn_camera(rng), **drawn_paper(rng)
    )
    setting = _readable(setting, setting.height * size_wh[1], size_wh)
    kinds = [name for name in LINE_CONTENTS if name != "no digits"]
    contents = tuple(
        "number" if rng.random() < 0.3 else kinds[rng.integers(len(kinds))]
        for _ in range(int(rng.integers(1, 5)))
    )
    kind = "none"
    if rng.random() < 0.5 and template not in ("sudoku", "boxes"):
        kind = str(rng.choice(["ruled", "ruled", "squared", "squared", "dots"]))
    ruling = drawn_ruling(rng, setting, kind)
    sun = rng.random() < 0.12
    if sun:
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
        desk=str(rng.choice(["black", "black", "gray", "wood", "cloth", "carpet"])),
        bend=float(rng.uniform(0.01, 0.07)) if rng.random() < 0.12 else 0.0,
        print_share=float(rng.uniform(0.1, 0.6)) if rng.random() < 0.35 else 0.0,
        word_share=float(rng.uniform(0.1, 0.5)) if rng.random() < 0.35 else 0.0,
        print_strength=float(rng.uniform(0.5, 0.97)),
        sun=float(rng.uniform(2, 5)) if sun else 1.0,
        sun_edge=float(rng.choice([0.001, 0.004, 0.02, 0.1])),
        sun_at_digit=bool(rng.random() < 0.6),
        halo=float(rng.uniform(0.5, 2.5)) if rng.random() < 0.15 else 0.0,
        coarse=min(most_coarse, float(rng.uniform(1.3, 3.0)))
        if rng.random() < 0.12
        else 1.0,
        pattern=_pattern(rng),
        zeros=_zeros(rng),
        tails=float(rng.uniform(0.4, 1.3)) if rng.random() < 0.15 else 0.0,
        print_apart=bool(rng.random() < 0.25),
    )


def _zeros(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.4, 0.85)) if rng.random() < 0.33 else 1.0


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


# Templates, how often each.
_SHARE_OF_TEMPLATE = {
    "lines": 0.34, "table": 0.14, "boxes": 0.09, "sudoku": 0.05, "scattered": 0.06,
    "grid": 0.04, "sums": 0.04, "form": 0.06, "strip": 0.12, "one digit": 0.06,
}  # fmt: skip
_EMPTY_TEMPLATES = (
    "lines", "lines", "lines", "table", "boxes", "sudoku", "scattered", "sums", "form",
    "machine-readable", "print", "print", "print", "blank",
)  # fmt: skip
_TEMPLATES = list(_SHARE_OF_TEMPLATE)
_TEMPLATE_PROBABILITIES = np.array(list(_SHARE_OF_TEMPLATE.values())) / sum(
    _SHARE_OF_TEMPLATE.values()
)


def strip(rng: np.random.Generator) -> Plan:
    """Plan a number cut out tightly, as on forms."""
    return _close(rng, "strip")


def one_digit(rng: np.random.Generator) -> Plan:
    """Plan a digit that fills the picture."""
    return _close(rng, "one digit")


def _close(rng: np.random.Generator, template: str) -> Plan:
    is_strip = template == "strip"
    height = float(np.exp(rng.uniform(np.log(24), np.log(100))))
    if is_strip:
        frame_height = round(2.2 * height)
        size_wh = round(min(900.0, height * rng.uniform(4, 12))), frame_height
    else:
        height = float(np.exp(rng.uniform(np.log(24), np.log(190))))
        size_wh = round(2.4 * height), round(2.4 * height)
    setting = ordinary(rng)
    setting = replace(setting, **drawn_pen(rng) | drawn_writing(rng) | drawn_paper(rng))
    light = drawn_light(rng) if rng.random() < 0.5 else {}
    setting = replace(
        setting,
        **light,
        height=height / size_wh[1],
        creases=0,
        # These frames are small: pixels of a 480 pixels high frame would be nothing.
        blur=float(rng.uniform(0.2, 1.0)) * 480 / size_wh[1],
        noise=float(rng.choice([0, rng.uniform(0, 4), rng.uniform(4, 16)])),
        tilt_deg=float(rng.normal(0, 2)),
        perspective=float(rng.uniform(0, 0.03)),
    )
    if is_strip and rng.random() < 0.5:
        setting = replace(setting, touching=float(rng.uniform(0.2, 0.8)))
    draw = rng.random()
    stored: Stored = "photo"
    if draw < (0.2 if is_strip else 0.4):
        stored = "binary" if rng.random() < 0.4 else "gray"
        setting = _flat(rng, setting, stored)
    kinds = ("number", "number", "number", "amount", "date", "cheque", "phone")
    is_ruled = is_strip and stored == "photo" and rng.random() < 0.25
    kind = "ruled" if is_ruled else "none"
    return Plan(
        setting=setting,
        size_wh=size_wh,
        template=template,
        contents=(kinds[rng.integers(len(kinds))],) if is_strip else ("number",),
        ruling=drawn_ruling(rng, setting, kind),
        print_strength=float(rng.uniform(0.5, 0.97)),
        halo=float(rng.uniform(0.5, 2)) if rng.random() < 0.1 else 0.0,
        sun=float(rng.uniform(2, 4)) if rng.random() < 0.06 else 1.0,
        sun_at_digit=True,
        pattern=_pattern(rng),
        crop="number" if is_strip else "digit",
        margin=float(rng.uniform(0, 0.2 if is_strip else 0.6)),
        zeros=_zeros(rng) if is_strip else 1.0,
        stored=stored,
    )


def _pattern(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.02, 0.1)) if rng.random() < 0.1 else 0.0


def _flat(rng: np.random.Generator, setting: Setting, stored: Stored) -> Setting:
    """Set ink on plain ground, as data sets and scanners store it."""
    ink = replace(setting.pen, grain=0.0, fade=0.0, skips=0.0, strength=1.0)
    black, white = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
    is_inverted = rng.random() < 0.5
    flat = replace(setting, contrast=1.0, creases=0, show_through=0.0)
    if stored == "gray" and rng.random() < 0.4:
        return flat
    return replace(
        flat,
        pen=ink,
        paper_bgr=black if is_inverted else white,
        ink_bgr=white if is_inverted else black,
    )
