"""What can be left out of reading, or exchanged, to see what each is good for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from edge_app import geometry

if TYPE_CHECKING:
    from edge_app.find.decode import Maps


@dataclass(frozen=True)
class Step:
    """Something that is left out.

    Attributes:
        reader: Which reader reads instead, as `--reader` takes it; `None` for the one
            that was asked for.
        target: What is replaced, where its callers look it up; `None` for nothing.
        instead: What stands there while the step is left out.
    """

    reader: str | None = None
    target: str | None = None
    instead: Any = None


def _page_alone(
    _self: object, page: NDArray[np.float32], _edge: NDArray[np.float32]
) -> NDArray[np.float32]:
    """As `Verdict.shares`, of the page network's probabilities alone."""
    return page


def _second_alone(
    _self: object, page: NDArray[np.float32], edge: NDArray[np.float32]
) -> NDArray[np.float32]:
    """As `Verdict.shares`: the second reader says which digit, if it is one at all."""
    labels = edge / np.maximum(edge.sum(axis=1, keepdims=True), 1e-6)
    return np.asarray(labels * page.sum(axis=1, keepdims=True), np.float32)


def _no_window(*_: object) -> geometry.Box | None:
    return None


def _as_boxed(
    maps: "Maps", box: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """As `page._with_ink`: all ink within the box, which stays as it is."""
    left, top = (round(float(n)) for n in box[:2])
    width, height = (max(1, round(float(n))) for n in box[2:])
    return maps.ink_of((left, top, left + width, top + height)), box


# A new step is a line here; a test holds that what it replaces exists.
STEPS: dict[str, Step] = {
    "second reader": Step(
        target="edge_app.find.verdict.Verdict.shares", instead=_page_alone
    ),
    "page network's labels": Step(
        target="edge_app.find.verdict.Verdict.shares", instead=_second_alone
    ),
    "finer looks at small writing": Step(
        target="edge_app.find.page._small", instead=_no_window
    ),
    "boxes tightened around ink": Step(
        target="edge_app.find.page._with_ink", instead=_as_boxed
    ),
    "half of the network (page-lite)": Step(reader="page-lite"),
    "all of the network (classic)": Step(reader="classic"),
}


@contextmanager
def left_out(name: str | None) -> Iterator[None]:
    """Read without a step while the block runs.

    Args:
        name: A key of `STEPS`; `None` for the whole pipeline. Of a step that is another
            reader nothing changes here: whoever opens the reader asks `reader_of`.
    """
    target = STEPS[name].target if name else None
    if name is None or target is None:
        yield
        return
    with patch(target, STEPS[name].instead):
        yield


def reader_of(name: str | None, reader: str | None) -> str | None:
    """Return which reader reads without a step.

    Args:
        name: A key of `STEPS`; `None` for the whole pipeline.
        reader: Which one reads with it.
    """
    return (STEPS[name].reader if name else None) or reader
