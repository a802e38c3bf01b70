"""Scenes that combine conditions freely: what the page network is trained on."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from train.scenes.composed.layouts.templates import TEMPLATES
from train.scenes.composed.picture.canvas import Canvas
from train.scenes.composed.picture.cut_out import ScenePiece, cut
from train.scenes.composed.picture.develop import is_legible, paper, photograph
from train.scenes.composed.picture.view import view
from train.scenes.composed.planning.kinds import (
    COMPOSED_CONDITIONS,
    COMPOSED_WITHOUT_DIGITS,
    of,
)
from train.scenes.composed.planning.plan import Plan
from train.scenes.composed.text.author import Author
from train.scenes.composed.text.scribe import Scribe
from train.scenes.scene import RenderedScene
from train.scenes.truth import LabeledDigit, Truth
from train.scenes.writing.written import Area

__all__ = ["COMPOSED_CONDITIONS", "COMPOSED_WITHOUT_DIGITS", "of", "render", "tried"]

_PLAN_TRIES = 6

if TYPE_CHECKING:  # at run time they are only passed on
    from train.data.mnist import Split
    from train.scenes.writing.hands import Hands


def render(
    name: str,
    plan: Plan,
    rng: np.random.Generator,
    *,
    mnist: "Split | None" = None,
    hands: "Hands | None" = None,
) -> RenderedScene:
    """Render a scene as planned.

    Args:
        name: Of the scene.
        plan: What it is like.
        rng: Source of everything random.
        mnist: As `scenes.make` takes them.
        hands: As `scenes.make` takes them.
    """
    canvas, sheet = _blank(plan, rng)
    scribe, plan = _scribe(plan, rng, mnist, hands)
    author = Author(canvas, plan, scribe, _inner(sheet, plan, rng), rng)
    _fill(author)
    piece = cut(
        ScenePiece(
            canvas.picture,
            canvas.coverage,
            canvas.digits,
            canvas.soft,
            canvas.others,
            author.numbers,
        ),
        plan,
        author.focus or (len(canvas.digits), len(canvas.others)),
        rng,
    )
    frame = photograph(piece.picture, plan, piece.digits, rng)
    ink = np.clip(np.rint(piece.ink * 255), 0, 255).astype(np.uint8)
    gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    kept = [i for i, digit in enumerate(piece.digits) if is_legible(gray, ink, digit)]
    truth = _truth(name, piece, kept)
    return RenderedScene(frame, truth, scribe.is_person and bool(truth.digits), ink)


def tried(
    name: str,
    plan: Callable[[], Plan],
    rng: np.random.Generator,
    *,
    mnist: "Split | None" = None,
    hands: "Hands | None" = None,
) -> RenderedScene:
    """Render a scene, planned again where no digit came out that can be read.

    Args:
        name: Of the scene.
        plan: Says what it is like, each time another.
        rng: Source of everything random.
        mnist: As `scenes.make` takes them.
        hands: As `scenes.make` takes them.
    """
    for _ in range(_PLAN_TRIES):
        chosen = plan()
        scene = render(name, chosen, rng, mnist=mnist, hands=hands)
        if scene.truth.digits or not chosen.has_digits:
            break
    return scene


def _blank(plan: Plan, rng: np.random.Generator) -> tuple[Canvas, Area]:
    """Return an empty page as it is seen, and where on it the paper is."""
    setting = plan.setting
    seen = view(
        plan.size_wh,
        rng,
        tilt_deg=setting.tilt_deg,
        perspective=setting.perspective,
        bend=plan.bend,
    )
    sheet = _sheet(plan, rng)
    picture, is_paper = paper(plan, seen, sheet, rng)
    canvas = Canvas(picture, seen, rng, paper_bgr=setting.paper_bgr, is_paper=is_paper)
    return canvas, sheet


def _scribe(
    plan: Plan,
    rng: np.random.Generator,
    mnist: "Split | None",
    hands: "Hands | None",
) -> tuple[Scribe, Plan]:
    """Return who writes, and the plan with a pen that goes with it."""
    scribe = Scribe(
        rng,
        mnist,
        hands,
        zeros=plan.zeros,
        tails=plan.tails,
        has_habits=plan.has_habits,
    )
    if scribe.writes_images:  # whose strokes are about so wide: the signs' are, too
        pen = replace(plan.setting.pen, width=float(rng.uniform(0.08, 0.13)))
        plan = replace(plan, setting=replace(plan.setting, pen=pen))
    return scribe, plan


def _fill(author: Author) -> None:
    plan = author.plan
    if plan.setting.show_through:
        author.show_through(plan.setting.show_through)
    if plan.print_apart:
        author.print_apart()
    if plan.print_sideways:
        author.print_sideways()
    TEMPLATES[plan.template](author)
    author.canvas.dry(author.ink_bgr, plan.setting.contrast)


def _truth(name: str, piece: ScenePiece, kept: list[int]) -> Truth:
    """Return what is on a piece, with illegible digits among the soft boxes."""
    places = {index: place for place, index in enumerate(kept)}
    digits: list[LabeledDigit] = [piece.digits[i] for i in kept]
    faint = [d.box for i, d in enumerate(piece.digits) if i not in places]
    numbers = tuple(
        tuple(places[i] for i in number)
        for number in piece.numbers
        if all(i in places for i in number)
    )
    soft = (*piece.soft, *faint)
    return Truth(name, tuple(digits), soft, numbers, tuple(piece.others))


def _sheet(plan: Plan, rng: np.random.Generator) -> Area:
    """Return where the paper is, in the page's pixels."""
    width, height = plan.size_wh
    if plan.paper_share >= 1:
        return 0.0, 0.0, float(width), float(height)
    share = np.sqrt(plan.paper_share)
    wide = min(1.0, share * rng.uniform(0.85, 1.15)) * width
    high = min(1.0, plan.paper_share * width / wide) * height
    x, y = (width - wide) * rng.random(), (height - high) * rng.random()
    return float(x), float(y), float(wide), float(high)


def _inner(sheet: Area, plan: Plan, rng: np.random.Generator) -> Area:
    """Return where on the paper something may be written."""
    x, y, width, height = sheet
    if plan.crop != "no":
        edge = 0.1 * height
        return x + edge, y + edge, width - 2 * edge, height - 2 * edge
    left, top, right, bottom = rng.uniform(0.02, 0.09, 4) * min(width, height)
    return x + left, y + top, width - left - right, height - top - bottom
