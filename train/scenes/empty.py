"""Scenes without a handwritten digit, in which nothing may be read."""

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo.demo_scene import smooth
from train.scenes.paper import textures
from train.scenes.paper.page_layout import lay_out
from train.scenes.paper.sheet import DrawnPage
from train.scenes.paper.textures import FloatPicture
from train.scenes.setting import Bgr, Ground, Setting
from train.scenes.writing import pens, printing
from train.scenes.writing.pens import Pen
from train.scenes.writing.written import Layout

Size = tuple[int, int]


def picture(
    kind: str, setting: Setting, size_wh: Size, rng: np.random.Generator
) -> FloatPicture:
    """Draw what lies before the camera: `(H, W, 3)` float32, BGR, 0..255.

    Args:
        kind: A key of `EMPTY_KINDS`.
        setting: The setting of pen and paper, where there are any.
        size_wh: Of the frame, in pixels.
        rng: Source of everything random.
    """
    return EMPTY_KINDS[kind](setting, size_wh, rng)


def _sheet(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Draw empty paper: blank, ruled, squared or dotted, sometimes on a desk."""
    grounds: list[Ground] = ["plain", "ruled", "squared", "dotted", "table"]
    ground = grounds[rng.integers(len(grounds))]
    setting = replace(
        setting,
        ground=ground,
        desk=bool(rng.random() < 0.5),
        line_strength=float(rng.uniform(0.2, 0.9)),
    )
    page = DrawnPage(setting, size_wh, rng)
    ruled = lay_out(setting, size_wh, rng, None)
    if ruled.segments or ruled.dots:
        page.rule(Layout(segments=ruled.segments, dots=ruled.dots))
    return page.finish()


def _text(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Print a page of words."""
    page = DrawnPage(setting, size_wh, rng)
    width, height = size_wh
    layer = np.zeros((height, width), np.uint8)
    font = int(rng.integers(printing.NUM_FONTS))
    size = height * math.exp(rng.uniform(math.log(0.022), math.log(0.09)))
    for y in np.arange(0.08 * height, 0.96 * height, 1.4 * size):
        if rng.random() < 0.1:
            continue
        count = max(1, int(0.85 * width / (3.6 * size)))
        text = printing.words(rng, count, numbers=False)
        printing.line(layer, text, (0.06 * width, y), size, font, page.matrix)
    page.picture *= (1 - layer.astype(np.float32) * (0.85 / 255))[..., np.newaxis]
    return page.finish()


def _letters(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Write a page of words by hand."""
    page, area = _written_area(setting, size_wh, rng)
    for y in area:
        page.write_letters(
            (0.07 * size_wh[0], y, 0.86 * size_wh[0], _height(setting, page))
        )
    return page.finish()


def _scribbles(
    setting: Setting, size_wh: Size, rng: np.random.Generator
) -> FloatPicture:
    """Draw a page of doodles."""
    page, area = _written_area(setting, size_wh, rng)
    for y in area:
        page.scribble((0.07 * size_wh[0], y, 0.8 * size_wh[0], _height(setting, page)))
    return page.finish()


def _objects(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Draw boxes, cups, books and cables on a desk."""
    ground = [
        lambda: textures.wood(size_wh, rng),
        lambda: textures.cloth(size_wh, rng),
        lambda: textures.paper(size_wh, setting.paper_bgr, rng),
    ][rng.integers(3)]()
    seen = np.clip(ground, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(3, 9))):
        _thing(seen, rng)
    return seen.astype(np.float32)


def _faces(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Draw a face before a wall, or things that look like one."""
    width, height = size_wh
    seen = textures.paper(size_wh, _wall(rng), rng).clip(0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        size = height * rng.uniform(0.18, 0.35)
        x, y = rng.uniform(0.25, 0.75, 2) * (width, height)
        skin = ((150, 180, 225), (110, 145, 200), (60, 85, 130), (200, 200, 205))[
            rng.integers(4)
        ]
        _ellipse(seen, (x, y - 0.15 * size), (0.85 * size, 1.2 * size), (35, 40, 50))
        _ellipse(seen, (x, y), (0.72 * size, size), skin)
        for side in (-1, 1):
            eye = x + side * 0.3 * size, y - 0.2 * size
            _ellipse(seen, eye, (0.14 * size, 0.07 * size), (235, 235, 235))
            _ellipse(seen, eye, (0.06 * size, 0.06 * size), (50, 45, 40))
            brow = (eye[0], eye[1] - 0.16 * size)
            _ellipse(seen, brow, (0.18 * size, 0.03 * size), (40, 45, 55))
        darker = tuple(0.7 * c for c in skin)
        _ellipse(seen, (x, y + 0.12 * size), (0.09 * size, 0.14 * size), darker)
        _ellipse(seen, (x, y + 0.48 * size), (0.28 * size, 0.07 * size), (70, 70, 150))
    soft = cv2.GaussianBlur(seen, (0, 0), max(0.5, height / 400))
    return np.asarray(soft, np.float32)


def _shapes(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Draw shaded things without a stroke, as fruit, balls and bowls before a wall."""
    width, height = size_wh
    seen = textures.paper(size_wh, _wall(rng), rng)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(int(rng.integers(1, 9))):
        size = height * math.exp(rng.uniform(math.log(0.04), math.log(0.45)))
        center = rng.uniform(0, 1, 2) * size_wh
        outline = _outline(rng) * (rng.uniform(0.6, 1.0), 1.0) * size
        toward = rng.uniform(0, 2 * math.pi)
        along = (x - center[0]) * math.cos(toward) + (y - center[1]) * math.sin(toward)
        light = np.clip(1 + rng.uniform(0, 0.5) * along / size, 0.2, 1.8)
        shares = [1.0] if rng.random() < 0.6 else [1.0, rng.uniform(0.4, 0.86)]
        for share in shares:  # the second is a bowl's inside, or a ring's hole
            mask = np.zeros((height, width), np.uint8)
            points = np.rint((center + share * outline) * (1 << pens.SHIFT))
            corners = [points.astype(np.int32)]
            cv2.fillPoly(mask, corners, 255, cv2.LINE_AA, pens.SHIFT)
            soft = cv2.GaussianBlur(mask, (0, 0), height / 480 * rng.uniform(0.5, 3))
            inside = soft.astype(np.float32)[..., np.newaxis] / 255
            color = np.array(_wall(rng), np.float32) * light[..., np.newaxis]
            seen += inside * (color - seen)
    return seen


def _outline(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return points around a smooth closed shape of about radius 1."""
    turn = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    waves = np.arange(1, 5)[:, np.newaxis]
    phases = rng.uniform(0, 2 * math.pi, waves.shape)
    swings = rng.normal(0, 0.12, waves.shape) / waves
    radius = 1 + (swings * np.cos(waves * turn + phases)).sum(axis=0)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)


def _windows(setting: Setting, size_wh: Size, rng: np.random.Generator) -> FloatPicture:
    """Draw a computer's screen: windows, buttons, icons and text."""
    width, height = size_wh
    seen = np.full((height, width, 3), _wall(rng), np.uint8)
    for _ in range(int(rng.integers(2, 5))):
        w, h = rng.uniform(0.3, 0.7, 2) * (width, height)
        x, y = rng.uniform(-0.1, 0.8, 2) * (width, height)
        dark = rng.random() < 0.4
        body, ink = ((45, 42, 40), 220) if dark else ((250, 250, 250), 40)
        corner = round(x), round(y)
        cv2.rectangle(seen, corner, (round(x + w), round(y + h)), body, cv2.FILLED)
        bar = height * 0.05
        cv2.rectangle(seen, corner, (round(x + w), round(y + bar)), _wall(rng), -1)
        for i in range(3):
            center = round(x + w - (i + 0.6) * bar), round(y + bar / 2)
            cv2.circle(seen, center, round(bar / 4), (90, 90, 220), -1, cv2.LINE_AA)
        layer = np.zeros((height, width), np.uint8)
        size = height * rng.uniform(0.025, 0.05)
        font = int(rng.choice([0, 2, 5]))
        for top in np.arange(y + bar + 1.5 * size, y + h - size, 1.5 * size):
            count = max(1, int(0.7 * w / (4 * size)))
            text = printing.words(rng, count, numbers=False)
            printing.line(layer, text, (x + size, top), size, font, np.eye(3))
        inside = np.zeros_like(layer)
        cv2.rectangle(inside, corner, (round(x + w), round(y + h)), 255, cv2.FILLED)
        seen[(layer & inside) > 100] = ink
    return seen.astype(np.float32)


def _surface(
    make: Callable[[Size, np.random.Generator], FloatPicture],
) -> Callable[[Setting, Size, np.random.Generator], FloatPicture]:
    return lambda _setting, size_wh, rng: make(size_wh, rng)


EMPTY_KINDS: dict[str, Callable[[Setting, Size, np.random.Generator], FloatPicture]] = {
    "no digits: paper": _sheet,
    "no digits: print": _text,
    "no digits: letters": _letters,
    "no digits: scribbles": _scribbles,
    "no digits: wood": _surface(textures.wood),
    "no digits: cloth": _surface(textures.cloth),
    "no digits: carpet": _surface(textures.carpet),
    "no digits: leaves": _surface(textures.leaves),
    "no digits: objects": _objects,
    "no digits: faces": _faces,
    "no digits: shapes": _shapes,
    "no digits: windows": _windows,
}


def _written_area(
    setting: Setting, size_wh: Size, rng: np.random.Generator
) -> tuple[DrawnPage, NDArray[np.float64]]:
    page = DrawnPage(setting, size_wh, rng)
    height = _height(setting, page)
    return page, np.arange(0.08 * size_wh[1], 0.94 * size_wh[1] - height, 1.9 * height)


def _height(setting: Setting, page: DrawnPage) -> float:
    return setting.height * page.size_wh[1]


def _wall(rng: np.random.Generator) -> Bgr:
    blue, green, red = rng.uniform(60, 235) + rng.normal(0, 14, 3)
    return float(blue), float(green), float(red)


def _ellipse(
    seen: NDArray[np.uint8],
    center: tuple[float, float],
    half: tuple[float, float],
    color: tuple[float, ...],
) -> None:
    place = round(center[0]), round(center[1])
    size = max(1, round(half[0])), max(1, round(half[1]))
    cv2.ellipse(seen, place, size, 0, 0, 360, color, cv2.FILLED, cv2.LINE_AA)


def _thing(seen: NDArray[np.uint8], rng: np.random.Generator) -> None:
    height, width = seen.shape[:2]
    place = rng.uniform(0, 1, 2) * (width, height)
    size = height * rng.uniform(0.08, 0.3)
    color = _wall(rng)
    kind = rng.integers(4)
    if kind == 0:  # a cup from above: rim, liquid, handle
        _ellipse(seen, (place[0] + size, place[1]), (0.35 * size, 0.2 * size), color)
        _ellipse(seen, (place[0], place[1]), (size, size), color)
        dark = tuple(0.5 * c for c in color)
        _ellipse(seen, (place[0], place[1]), (0.85 * size, 0.85 * size), dark)
    elif kind == 1:  # a book or a phone
        box = (tuple(place), (size * 1.5, size), float(rng.uniform(0, 180)))
        corners = np.rint(cv2.boxPoints(box)).astype(np.int32)
        cv2.fillPoly(seen, [corners], color, cv2.LINE_AA)
        cv2.polylines(seen, [corners], True, (40, 40, 40), 2, cv2.LINE_AA)
    elif kind == 2:  # a cable
        ink = np.zeros((height, width), np.float32)
        knots = rng.uniform(-0.2, 1.2, (7, 2)) * (width, height)
        course = smooth(knots.astype(np.float32))
        pens.draw(ink, [course], Pen(width=0.05, variation=0.0), size, rng)
        seen[ink > 0.5] = (35, 35, 35)
    else:  # a round thing with a rim: a coin, a lid, a button
        _ellipse(seen, (place[0], place[1]), (0.4 * size, 0.4 * size), (60, 60, 60))
        _ellipse(seen, (place[0], place[1]), (0.36 * size, 0.36 * size), color)
