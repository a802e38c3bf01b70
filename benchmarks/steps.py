"""The steps of the pipeline that can be left out, to see what each is good for."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from edge_app.cuts import Piece
from edge_app.neighbours import EXPECTED_ODDS

# For each step the function that does it and one that does nothing instead. The
# function is replaced where its callers look it up: in the module they take it from.
# A new step is a line here; a test holds that its function exists and is called.
STEPS: dict[str, tuple[str, Callable[..., Any]]] = {
    "light ink found": ("edge_app.ink._is_light_on_dark", lambda *_: False),
    "lines removed": (
        "edge_app.lines.without_lines",
        lambda mask, found, _: (mask, found),
    ),
    "broken strokes joined": (
        "edge_app.components.join",
        lambda _components, stats, _strengths: np.arange(len(stats), dtype=np.int32),
    ),
    "uneven ground dropped": ("edge_app.segment._is_on_paper", lambda *_: True),
    "faint parts dropped": ("edge_app.segment._strong", lambda parts: parts),
    "touching digits cut": (
        "edge_app.cuts.pieces",
        lambda region: [Piece(0, 1, region)],
    ),
    "strokes shared by digits": ("edge_app.cuts.stroke_width", lambda _: 0.0),
    "neighbours and page heard": (
        "edge_app.neighbours.context",
        lambda boxes, _own: [math.log(EXPECTED_ODDS)] * len(boxes),
    ),
    "doubtful lone digits rejected": (
        "edge_app.alone.doubtful",
        lambda *_, **__: set(),
    ),
    "ones of other pens doubted": (
        "edge_app.alone.same_pen",
        lambda _frame, _regions, company, _unsure: np.ones_like(company),
    ),
    "print rejected": ("edge_app.choose.find_printed", lambda *_: set()),
    "stroke width normalised": (
        "edge_app.normalise._with_known_stroke_width",
        lambda ink: ink,
    ),
}


@contextmanager
def left_out(step: str | None) -> Iterator[None]:
    """Read without a step while the block runs.

    Args:
        step: A key of `STEPS`; `None` for the whole pipeline.
    """
    if step is None:
        yield
        return
    target, nothing = STEPS[step]
    with patch(target, nothing):
        yield
