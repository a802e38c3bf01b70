"""The steps of reading that can be left out or exchanged, to see their worth."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from importlib import import_module
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.find.candidate import Candidate
from edge_app.find.verdict import Opinions
from edge_app.model.classify import NUM_DIGITS


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


def _page_alone(_self: object, opinions: Opinions) -> NDArray[np.float32]:
    """Return the page network's probabilities alone, as `Verdict.shares`."""
    total = np.maximum(opinions.page.sum(axis=1, keepdims=True), 1)
    return np.asarray((opinions.page / total)[:, :NUM_DIGITS], np.float32)


def _second_alone(_self: object, opinions: Opinions) -> NDArray[np.float32]:
    """Let the second reader alone decide which digit, as `Verdict.shares`."""
    labels = opinions.edge / np.maximum(opinions.edge.sum(axis=1, keepdims=True), 1e-6)
    share = opinions.page[:, :NUM_DIGITS].max(axis=1, keepdims=True)
    return np.asarray(labels * share, np.float32)


def _nothing_near(boxes_xywh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return that nothing stands near, as `verdict.near`."""
    return np.zeros((len(boxes_xywh), len(boxes_xywh)), np.float32)


def _as_before(
    _self: object, candidates: Sequence[Candidate], shares: NDArray[np.float32]
) -> tuple[list[Candidate], NDArray[np.float32]]:
    """Return what is known without a second look, as `ContextReader.__call__`."""
    return list(candidates), shares


def _no_runs(_candidates: object) -> list[list[int]]:
    """Return that nothing touches, as `touching._runs`."""
    return []


def _without_contests(*_: object) -> NDArray[np.int64]:
    """Return that all looks agree, as `decode.contested`."""
    return np.zeros(0, np.int64)


def _nowhere(*_: object) -> list[Box]:
    """Return that nothing is worth a finer look, as `PageFinder._small`."""
    return []


def _nothing(*_: object) -> None:
    return None


# A new step is a line here; a test holds that what it replaces exists.
STEPS: dict[str, Step] = {
    "second reader": Step(
        target="edge_app.find.verdict.Verdict.shares", instead=_page_alone
    ),
    "page network's labels": Step(
        target="edge_app.find.verdict.Verdict.shares", instead=_second_alone
    ),
    "finer looks at small writing": Step(
        target="edge_app.find.page.finder.PageFinder._small", instead=_nowhere
    ),
    "digits that two looks see differently": Step(
        target="edge_app.find.page.decode.contested", instead=_without_contests
    ),
    "ink that is connected in the picture": Step(
        target="edge_app.find.page.ink._connected", instead=_nothing
    ),
    "touching digits in pieces": Step(
        target="edge_app.find.touching._runs", instead=_no_runs
    ),
    "second look, in its place": Step(
        target="edge_app.find.context.context_reader.ContextReader.__call__",
        instead=_as_before,
    ),
    "what stands around": Step(
        target="edge_app.find.verdict.near", instead=_nothing_near
    ),
    "all of the network (classic)": Step(reader="classic"),
}


# The constants of the steps: frozen dataclasses, where their modules have them.
CONSTANTS = (
    "edge_app.find.page.looking.FINDER",
    "edge_app.find.page.ink.INK",
    "edge_app.find.touching.TOUCHING",
    "edge_app.find.cuts.CUTS",
    "edge_app.find.only_digit.ONLY_DIGIT",
    "edge_app.layout.grouping.GROUPING",
)


def moved(share: float) -> list[str]:
    """Return the names of all moves of a constant by this share, down and up.

    Args:
        share: Of its value, above 0, below 1.
    """
    return [
        f"{field.name} of {target.rpartition('.')[2]} x {factor:g}"
        for target in CONSTANTS
        for field in fields(_constants(target))
        for factor in (1 - share, 1 + share)
    ]


@contextmanager
def changed(name: str | None) -> Iterator[None]:
    """Read without a step, or with a constant moved, while the block runs.

    Args:
        name: A key of `STEPS`, or one of `moved`; `None` for the whole pipeline. Of a
            step that is another reader nothing changes here: whoever opens the reader
            asks `reader_of`.
    """
    if name is None:
        yield
        return
    target, instead = (
        (STEPS[name].target, STEPS[name].instead) if name in STEPS else _move(name)
    )
    if target is None:
        yield
        return
    with patch(target, instead):
        yield


def reader_of(name: str | None, reader: str | None) -> str | None:
    """Return which reader reads with a change.

    Args:
        name: As `changed` takes it.
        reader: Which one reads without it.
    """
    return (STEPS[name].reader if name in STEPS else None) or reader


def _move(name: str) -> tuple[str, Any]:
    """Return what a move of a constant replaces, and by what."""
    what, _, factor = name.rpartition(" x ")
    field, _, constants = what.rpartition(" of ")
    (target,) = (path for path in CONSTANTS if path.endswith(f".{constants}"))
    values = _constants(target)
    value = getattr(values, field)
    wanted = value * float(factor)
    return target, replace(
        values, **{field: round(wanted) if isinstance(value, int) else wanted}
    )


def _constants(target: str) -> Any:
    module, _, name = target.rpartition(".")
    return getattr(import_module(module), name)
