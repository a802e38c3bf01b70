"""Rendered scenes of every condition that reading has to cope with.

The truth is known exactly: digits are written as strokes, or are MNIST's training
images, and go through the same geometry as the page. The same condition and seed give
the same scene.
"""

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from edge_app.common.geometry import BoxF
from train.scenes import composed, empty, variations
from train.scenes.composed.planning.drawn_plan import SCENE_SIZES_WH, drawn
from train.scenes.paper.page_layout import grid, lay_out
from train.scenes.paper.sheet import DrawnPage
from train.scenes.photographed import photographed
from train.scenes.scene import RenderedScene
from train.scenes.setting import Setting
from train.scenes.truth import LabeledDigit, Truth
from train.scenes.writing.written import Layout

if TYPE_CHECKING:  # at run time it is only passed on
    from train.data.mnist import Split
    from train.scenes.writing.hands import Hands

CONDITIONS = (*variations.VARIATIONS, *composed.COMPOSED_CONDITIONS)
WITHOUT_DIGITS = (*empty.EMPTY_KINDS, *composed.COMPOSED_WITHOUT_DIGITS)
# Three times as often as other empty scenes: what cameras see all day, and what is
# round without being a zero.
_THINGS = ("no digits: faces", "no digits: objects", "no digits: shapes")
TURNED = ("turned 90", "turned 180", "turned 270")  # stored without their EXIF

__all__ = [
    "CONDITIONS",
    "TURNED",
    "WITHOUT_DIGITS",
    "RenderedScene",
    "make",
    "mixed",
    "of_digits",
]


@dataclass(frozen=True)
class MixtureConstants:
    """Shares of the mixed scenes; all others are planned freely and show digits.

    Attributes:
        condition_share: Those under one condition alone, as `make` renders them.
        empty_share: The same of what shows no digits.
        planned_empty_share: Those that are planned freely, without digits.
    """

    condition_share: float = 0.15
    empty_share: float = 0.08
    planned_empty_share: float = 0.11


_MIXTURE = MixtureConstants()


def make(
    condition: str,
    seed: int,
    *,
    size_wh: tuple[int, int] = (640, 480),
    mnist: "Split | None" = None,
    hands: "Hands | None" = None,
) -> RenderedScene:
    """Render a scene under a condition.

    Args:
        condition: One of `CONDITIONS` or `WITHOUT_DIGITS`.
        seed: Decides everything random.
        size_wh: Of the frame, in pixels; all else grows with it. Strips and single
            digits are cut out smaller, each in its own size.
        mnist: Images of digits that people wrote, for half of the scenes (a third where
            there are hands); `None` for none.
        hands: Who write most of the other scenes, and the letters, words and signs
            nearby; `None` for drawn strokes.

    Raises:
        ValueError: No such condition.
    """
    rng = np.random.default_rng([seed, zlib.crc32(condition.encode())])
    name = f"{condition} {seed}"
    if condition in empty.EMPTY_KINDS:
        setting = variations.of("plain", rng)
        picture = empty.picture(condition, setting, size_wh, rng)
        frame = photographed(picture, setting, rng)
        return RenderedScene(
            frame, Truth(name, ()), ink=np.zeros(frame.shape[:2], np.uint8)
        )
    if (
        condition in composed.COMPOSED_CONDITIONS
        or condition in composed.COMPOSED_WITHOUT_DIGITS
    ):
        return composed.tried(
            name,
            lambda: composed.of(condition, size_wh, rng),
            rng,
            mnist=mnist,
            hands=hands,
        )
    if condition not in variations.VARIATIONS:
        raise ValueError(f"no condition {condition!r}; there are {CONDITIONS}")
    setting = variations.of(condition, rng)
    layout = lay_out(setting, size_wh, rng, mnist, hands)
    scene = _seen(name, layout, setting, size_wh, rng)
    return scene.turned(setting.quarter_turns)


def mixed(
    seed: int,
    *,
    mnist: "Split | None" = None,
    hands: "Hands | None" = None,
) -> RenderedScene:
    """Render a training scene: any conditions at once, any frame size.

    About one in six shows no handwritten digit; a few are cut down to a number or to
    a single digit.

    Args:
        seed: Decides everything random, on a machine with the same fonts.
        mnist: As `make` takes them.
        hands: As `make` takes them.
    """
    rng = np.random.default_rng([seed, zlib.crc32(b"mixed")])
    draw = rng.random()
    size_wh = SCENE_SIZES_WH[rng.integers(len(SCENE_SIZES_WH))]
    if draw < _MIXTURE.empty_share:
        kinds = (*empty.EMPTY_KINDS, *_THINGS, *_THINGS)
        kind = kinds[rng.integers(len(kinds))]
        return make(kind, seed, size_wh=size_wh, hands=hands)
    if draw < _MIXTURE.empty_share + _MIXTURE.condition_share:
        # A digit that lies on its side is no example of what its label says.
        names = [name for name in variations.VARIATIONS if name not in TURNED]
        condition = names[rng.integers(len(names))]
        return make(condition, seed, size_wh=size_wh, mnist=mnist, hands=hands)
    has_digits = draw < 1 - _MIXTURE.planned_empty_share
    return composed.tried(
        f"mixed {seed}",
        lambda: drawn(rng, has_digits=has_digits),
        rng,
        mnist=mnist,
        hands=hands,
    )


def of_digits(count: int, seed: int, *, size_wh: tuple[int, int]) -> RenderedScene:
    """Render an ordinary scene of `count` single digits, for timing.

    Args:
        count: How many digits.
        seed: Decides everything random.
        size_wh: Of the frame, in pixels.
    """
    rng = np.random.default_rng(seed)
    setting = variations.of("plain", rng)
    setting = replace(setting, height=0.08, perspective=0.0, tilt_deg=0.0)
    layout = grid(count, setting, size_wh, rng)
    return _seen(f"{count} digits {seed}", layout, setting, size_wh, rng)


def _seen(
    name: str,
    layout: Layout,
    setting: Setting,
    size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> RenderedScene:
    page = DrawnPage(setting, size_wh, rng)
    soft: list[BoxF] = []
    if layout.segments or layout.bold or layout.dots:
        page.rule(layout)
    if layout.printed:
        soft += page.print_cells(layout)
    soft += _surround(page, layout, setting)
    digits, numbers, cut = _write(page, layout)
    frame = photographed(page.finish(), setting, rng)
    truth = Truth(
        name, tuple(digits), (*soft, *cut), tuple(numbers), tuple(page.others)
    )
    images = (written.image for number in layout.numbers for written in number)
    by_people = any(image is not None for image in images)
    return RenderedScene(frame, truth, by_people, page.digit_ink)


def _surround(page: DrawnPage, layout: Layout, setting: Setting) -> list[BoxF]:
    """Fill the places between the numbers; returns the boxes of printed digits."""
    soft: list[BoxF] = []
    for area in layout.free:
        if setting.nearby == "print":
            soft += page.print_text(area)
        elif setting.nearby == "letters":
            page.write_letters(area, layout.hand)
        else:
            page.scribble(area)
    return soft


def _write(
    page: DrawnPage, layout: Layout
) -> tuple[list[LabeledDigit], list[tuple[int, ...]], list[BoxF]]:
    """Write all numbers: digits, the digits of each whole number, boxes of cut ones."""
    width, height = page.size_wh
    digits: list[LabeledDigit] = []
    numbers: list[tuple[int, ...]] = []
    cut: list[BoxF] = []
    for number in layout.numbers:
        first, is_whole = len(digits), True
        for written in number:
            box = page.write(written)
            if box is None:
                is_whole = False
            elif (
                box[0] < 1
                or box[1] < 1
                or (box[0] + box[2] >= width or box[1] + box[3] >= height)
            ):
                cut.append(box)
                is_whole = False
            else:
                digits.append(LabeledDigit(box, written.label))
        if is_whole and not layout.alone:
            numbers.append(tuple(range(first, len(digits))))
    return digits, numbers, cut
