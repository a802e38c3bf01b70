"""Pages of composed scenes to write and print on, seen from straight above."""

from dataclasses import fields, replace

import numpy as np

from train.scenes.composed.picture.canvas import Canvas
from train.scenes.composed.picture.view import PageView
from train.scenes.composed.planning.plan import plain
from train.scenes.composed.planning.ruling import Ruling
from train.scenes.composed.text.author import Author
from train.scenes.composed.text.scribe import Scribe
from train.scenes.setting import Setting
from train.scenes.writing.pens import Pen

PAGE_WH = (480, 360)
WHITE, BLACK = (240.0, 240.0, 240.0), (20.0, 20.0, 20.0)
RULING = Ruling("none", "solid", BLACK, strength=1.0, width=1.0, offset=1.0)
_OF_SETTING = {field.name for field in fields(Setting)}


def canvas(size_wh=PAGE_WH, **options):
    """Blank white paper."""
    picture = np.full((size_wh[1], size_wh[0], 3), 240, np.float32)
    view = PageView(np.eye(3), size_wh)
    rng = np.random.default_rng(1)
    return Canvas(picture, view, rng, paper_bgr=WHITE, **options)


def author(seed=1, *, size_wh=PAGE_WH, **changes):
    """An author before blank paper, with a plan and a setting changed so."""
    rng = np.random.default_rng(seed)
    plan = plain(rng, size_wh)
    even = {"pen": Pen(0.08, 1.0, 0.0), "ink_bgr": BLACK, "height": 0.1, "gap": 0.2}
    setting = even | {name: changes[name] for name in changes if name in _OF_SETTING}
    others = {name: changes[name] for name in changes if name not in _OF_SETTING}
    plan = replace(
        plan,
        setting=replace(plan.setting, paper_bgr=WHITE, **setting),
        **{"ruling": RULING, **others},
    )
    area = (20.0, 20.0, size_wh[0] - 40.0, size_wh[1] - 40.0)
    scribe = Scribe(rng, None, None)
    return Author(canvas(size_wh), plan, scribe, area, rng)


def seen(author):
    """The picture of what an author wrote and printed, once its ink has dried."""
    author.canvas.dry(author.ink_bgr)
    return author.canvas.picture


def dark(picture):
    """Where a picture is nearer to ink than to paper."""
    return picture.mean(axis=2) < 130


def within(box, area, slack=0.0):
    """Whether a box lies within an area, both as x, y, width and height."""
    (x, y, w, h), (left, top, width, height) = box, area
    return (
        left - slack <= x
        and top - slack <= y
        and x + w <= left + width + slack
        and y + h <= top + height + slack
    )
