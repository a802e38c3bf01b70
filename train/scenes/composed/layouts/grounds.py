"""The lines and dots that paper comes with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from train.scenes.composed.picture.canvas import DrawnLine
from train.scenes.composed.text.author import Author


def rule_page(author: Author, tops: NDArray[Any], pitch: float) -> None:
    """Draw the paper's ruling, which the writing keeps to or not."""
    rng, ruling, h = author.rng, author.plan.ruling, author.height
    if ruling.kind == "none":
        return
    width, height = author.plan.size_wh
    step = pitch
    if ruling.kind != "ruled":
        step = pitch / int(rng.integers(1, 4))
        if rng.random() < 0.3:
            step = h * rng.uniform(0.45, 1.6)
    step = max(step, 7.0)
    base = float(tops[0]) + ruling.offset * h
    # The page goes on beyond the frame, whose corners it may turn out of.
    far = 0.35 * max(width, height)
    ys = np.arange(base - step * np.ceil((base + far) / step), height + far, step)
    xs = np.arange(-far + rng.uniform(0, step), width + far, step)
    if ruling.kind == "dots":
        radius = 1.2 * max(1.0, ruling.width * height / 480)
        author.dots([(float(x), float(y)) for x in xs for y in ys], radius)
        return
    parts: list[DrawnLine] = [((-far, float(y)), (width + far, float(y))) for y in ys]
    if ruling.kind == "squared":
        parts += [((float(x), -far), (float(x), height + far)) for x in xs]
    elif rng.random() < 0.2:  # a margin
        x = width * rng.uniform(0.05, 0.2)
        parts.append(((x, -far), (x, height + far)))
    author.rule(parts)
