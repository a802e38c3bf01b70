"""What a composed scene is like; drawn at random, every condition by itself."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from train.scenes.composed.text.content import KINDS
from train.scenes.setting import DARK_INKS, Bgr, Setting, one_of, ordinary, pen

Style = Literal["solid", "dashed", "dotted"]
Stored = Literal["photo", "gray", "binary"]

_LEAST_HEIGHT = 12.0  # pixels of a digit, after shrinking
SCENE_SIZES_WH = (
    (640, 480),
    (640, 480),
    (480, 640),
    (640, 360),
    (400, 400),
    (512, 384),
)

_PAPERS: tuple[Bgr, ...] = (
    (245, 246, 244), (228, 236, 240), (238, 236, 230), (220, 224, 224),
    (140, 228, 248), (200, 190, 245), (190, 235, 190), (235, 215, 160),
    (130, 190, 235), (120, 165, 190), (150, 205, 225), (170, 175, 175),
)  # fmt: skip
_NUM_WHITE = 4
_INKS: tuple[Bgr, ...] = (
    (170, 70, 30), (210, 110, 50), (45, 40, 190), (60, 60, 225), (70, 130, 30),
    (150, 50, 130), (30, 110, 230), (60, 40, 20),
)  # fmt: skip
_BOARDS: tuple[Bgr, ...] = (
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


@dataclass(frozen=True)
class Plan:
    """A composed scene's parameters. Lengths are shares of the frame's height.

    Attributes:
        setting: Pen, ink, paper, height and gaps of the digits, light and camera.
        size_wh: Of what is rendered, in pixels.
        template: How the page is laid out; a key of `templates.TEMPLATES`.
        contents: What its lines hold; keys of `content.KINDS`.
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
        setting=replace(setting, height=_height(rng)),
        size_wh=size_wh,
        template="lines",
        contents=("number",),
        ruling=_ruling(rng, setting, "none"),
        bundled=True,
    )


def drawn(rng: np.random.Generator, *, has_digits: bool = True) -> Plan:
    """Plan a scene of the training distribution."""
    size_wh = SCENE_SIZES_WH[rng.integers(len(SCENE_SIZES_WH))]
    template = str(rng.choice(_TEMPLATES, p=_TEMPLATE_SHARES))
    if template in ("strip", "one digit"):
        if has_digits:
            return _close(rng, template)
        template = "lines"
    if not has_digits:
        template = str(rng.choice(_EMPTY_TEMPLATES))
    setting = ordinary(rng)
    setting = replace(setting, height=_height(rng), **_pen(rng), **_writing(rng))
    setting = replace(setting, **_light(rng), **_camera(rng), **_paper(rng))
    setting = _readable(setting, setting.height * size_wh[1], size_wh)
    kinds = [name for name in KINDS if name != "no digits"]
    contents = tuple(
        "number" if rng.random() < 0.3 else kinds[rng.integers(len(kinds))]
        for _ in range(int(rng.integers(1, 5)))
    )
    kind = "none"
    if rng.random() < 0.5 and template not in ("sudoku", "boxes"):
        kind = str(rng.choice(["ruled", "ruled", "squared", "squared", "dots"]))
    ruling = _ruling(rng, setting, kind)
    sun = rng.random() < 0.12
    if sun:
        setting = replace(setting, exposure=float(rng.uniform(0.7, 1.1)))
    most_coarse = max(1.0, setting.height * size_wh[1] / _LEAST_HEIGHT)
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
_SHARES = {
    "lines": 0.34, "table": 0.14, "boxes": 0.09, "sudoku": 0.05, "scattered": 0.06,
    "grid": 0.04, "sums": 0.04, "form": 0.06, "strip": 0.12, "one digit": 0.06,
}  # fmt: skip
_EMPTY_TEMPLATES = (
    "lines", "lines", "lines", "table", "boxes", "sudoku", "scattered", "sums", "form",
    "machine-readable", "print", "print", "print", "blank",
)  # fmt: skip
_TEMPLATES = list(_SHARES)
_TEMPLATE_SHARES = np.array(list(_SHARES.values())) / sum(_SHARES.values())


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
    setting = replace(setting, **_pen(rng) | _writing(rng) | _paper(rng))
    light = _light(rng) if rng.random() < 0.5 else {}
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
        ruling=_ruling(rng, setting, kind),
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


def _height(rng: np.random.Generator) -> float:
    spans = ((0.05, 0.2), (0.025, 0.05), (0.2, 0.5))
    low, high = spans[int(rng.choice(3, p=[0.76, 0.12, 0.12]))]
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _pen(rng: np.random.Generator) -> dict[str, Any]:
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


def _writing(rng: np.random.Generator) -> dict[str, Any]:
    changes: dict[str, Any] = {"gap": float(rng.uniform(0.06, 0.4))}
    if rng.random() < 0.2:
        changes["touching"] = float(rng.uniform(0.2, 0.8))
        changes["overlap"] = float(rng.choice([0, 0, rng.uniform(0.02, 0.15)]))
    if rng.random() < 0.06:
        changes["broken"] = float(rng.uniform(0.3, 0.9))
    return changes


def _paper(rng: np.random.Generator) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    paper = rng.random()
    if paper < 0.6:
        changes["paper_bgr"] = one_of(rng, _PAPERS[:_NUM_WHITE])
    elif paper < 0.87:
        changes["paper_bgr"] = one_of(rng, _PAPERS)
    else:  # a board, a screen, black paper
        changes |= {
            "paper_bgr": one_of(rng, _BOARDS),
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


def _light(rng: np.random.Generator) -> dict[str, Any]:
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


def _camera(rng: np.random.Generator) -> dict[str, Any]:
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


def _ruling(rng: np.random.Generator, setting: Setting, kind: Any) -> Ruling:
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
