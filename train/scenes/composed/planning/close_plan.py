"""Plans of numbers and digits that are cut out: strips and single digits."""

from dataclasses import replace

import numpy as np

from train.scenes.composed.planning.materials import (
    drawn_light,
    drawn_paper,
    drawn_pattern,
    drawn_pen,
    drawn_writing,
    drawn_zeros,
)
from train.scenes.composed.planning.plan import Plan, Stored
from train.scenes.composed.planning.ruling import drawn_ruling
from train.scenes.setting import Setting, ordinary


def strip(rng: np.random.Generator) -> Plan:
    """Plan a number cut out tightly, as on forms."""
    return close_up(rng, "strip")


def one_digit(rng: np.random.Generator) -> Plan:
    """Plan a digit that fills the picture."""
    return close_up(rng, "one digit")


def close_up(rng: np.random.Generator, template: str) -> Plan:
    """Plan a number or a digit cut out, of a template by name."""
    is_strip = template == "strip"
    height, size_wh = _size(rng, is_strip=is_strip)
    setting = _setting(rng, height, size_wh[1])
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
        pattern=drawn_pattern(rng),
        crop="number" if is_strip else "digit",
        margin=float(rng.uniform(0, 0.2 if is_strip else 0.6)),
        zeros=drawn_zeros(rng) if is_strip else 1.0,
        stored=stored,
    )


def _size(rng: np.random.Generator, *, is_strip: bool) -> tuple[float, tuple[int, int]]:
    """Return the height of a digit, and the size of its frame, in pixels."""
    height = float(np.exp(rng.uniform(np.log(24), np.log(100))))
    if is_strip:
        frame_height = round(2.2 * height)
        return height, (round(min(900.0, height * rng.uniform(4, 12))), frame_height)
    height = float(np.exp(rng.uniform(np.log(24), np.log(190))))
    return height, (round(2.4 * height), round(2.4 * height))


def _setting(rng: np.random.Generator, height: float, frame_height: int) -> Setting:
    setting = ordinary(rng)
    setting = replace(setting, **drawn_pen(rng) | drawn_writing(rng) | drawn_paper(rng))
    light = drawn_light(rng) if rng.random() < 0.5 else {}
    return replace(
        setting,
        **light,
        height=height / frame_height,
        creases=0,
        # These frames are small: pixels of a 480 pixels high frame would be nothing.
        blur=float(rng.uniform(0.2, 1.0)) * 480 / frame_height,
        noise=float(rng.choice([0, rng.uniform(0, 4), rng.uniform(4, 16)])),
        tilt_deg=float(rng.normal(0, 2)),
        perspective=float(rng.uniform(0, 0.03)),
    )


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
