"""Rendered scenes on disk: made once, by seed, and read many times by a training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.find.page.maps import Kind
from edge_app.model.classify import NUM_DIGITS
from train import parallel, scenes
from train.data import mnist as data
from train.data import variants
from train.data.mnist import Split
from train.scenes.writing.hands import Hands
from train.scenes.writing.trajectories import Part

# MNIST's writers are of the United States: to so many of their ones and sevens there is
# another one with a flag, or a bar.
_EUROPEAN_SHARE_OF_SCENES = 0.5
_POOLED_SCENES_A_CHUNK = 16  # scenes a process makes before it asks for more
# The first seed of each part: a scene belongs to one of them only.
_FIRST_SEED_OF_PART: dict[str, int] = {
    "train": 0,
    "validation": 10**7,
    "test": 2 * 10**7,
}
_KINDS_BY_NAME = {
    "letter": Kind.LETTER,
    "print": Kind.PRINT,
    "slash": Kind.SLASH,
    "minus": Kind.MINUS,
    "point": Kind.POINT,
    "comma": Kind.COMMA,
    "colon": Kind.COLON,
    "symbol": Kind.SYMBOL,
}


@dataclass(frozen=True)
class SceneSources:
    """Sources of the handwriting in scenes, as paths that processes can share.

    Attributes:
        mnist: Folder with MNIST's IDX files; `None` for Keras' cache.
        strokes: Folder with pen strokes of real hands; `None` for none.
        part: Whose hands, and which of MNIST's training digits.
    """

    mnist: Path | None
    strokes: Path | None
    part: Literal["train", "validation", "test"] = "train"


@dataclass(frozen=True)
class Rendered:
    """A scene as training reads it.

    Attributes:
        gray: `(H, W)` uint8.
        ink: `(H, W)` uint8, of handwritten digits alone, 255 full.
        boxes: `(N, 4)` float32 x, y, width, height of what stands there.
        kinds: `(N,)` the `Kind` of each.
        unjudged: `(M, 4)` float32 boxes of digits neither right nor wrong.
    """

    gray: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    kinds: NDArray[np.int64]
    unjudged: NDArray[np.float32]


def render(
    folder: Path, sources: SceneSources, numbers: range, *, jobs: int
) -> Iterator[int]:
    """Render the scenes of these numbers that are not there yet.

    Args:
        folder: Where they are kept, a file a scene.
        sources: Whose writing.
        numbers: Counted from 0.
        jobs: Processes that render at once.

    Yields:
        How many more are there, each time some are.
    """
    yield from in_processes(
        partial(_render_chunk, folder, sources), folder, numbers, jobs=jobs
    )


def in_processes(
    make: Callable[[list[int]], int], folder: Path, numbers: range, *, jobs: int
) -> Iterator[int]:
    """Make the files of these scenes that are not there yet.

    Args:
        make: Makes those of some scenes and returns how many; it is sent to processes.
        folder: Where they are kept, a file a scene.
        numbers: Of the scenes.
        jobs: Processes at once.

    Yields:
        How many more are there, each time some are.
    """
    missing = [number for number in numbers if not path(folder, number).exists()]
    if len(missing) < len(numbers):
        yield len(numbers) - len(missing)
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [
        missing[i : i + _POOLED_SCENES_A_CHUNK]
        for i in range(0, len(missing), _POOLED_SCENES_A_CHUNK)
    ]
    yield from parallel.in_order(make, chunks, jobs=jobs)


def read(folder: Path, number: int) -> Rendered:
    """Return a scene that was rendered."""
    with np.load(path(folder, number)) as stored:
        return Rendered(**{name: stored[name] for name in stored.files})


def has_digits(folder: Path, number: int) -> bool:
    """Return whether a scene that was rendered shows a digit, judged or not."""
    with np.load(path(folder, number)) as stored:
        return bool((stored["kinds"] < NUM_DIGITS).any() or len(stored["unjudged"]))


def rendered(scene: scenes.RenderedScene) -> Rendered:
    """Return a scene as training reads it."""
    truth = scene.truth
    glyphs = [(digit.box, digit.label) for digit in truth.digits]
    glyphs += [(other.box, int(_KINDS_BY_NAME[other.kind])) for other in truth.others]
    printed = {other.box for other in truth.others if other.kind == "print"}
    unjudged = [box for box in truth.soft if box not in printed]
    return Rendered(
        np.asarray(cv2.cvtColor(scene.frame, cv2.COLOR_BGR2GRAY), np.uint8),
        scene.ink,
        np.array([box for box, _ in glyphs], np.float32).reshape(-1, 4),
        np.array([kind for _, kind in glyphs], np.int64),
        np.array(unjudged, np.float32).reshape(-1, 4),
    )


def mixed(sources: SceneSources, number: int) -> scenes.RenderedScene:
    """Return a scene of the training's mixture, by its number within its part."""
    mnist, hands = writing(sources)
    seed = _FIRST_SEED_OF_PART[sources.part] + number
    return scenes.mixed(seed, mnist=mnist, hands=hands)


@cache
def writing(sources: SceneSources) -> tuple[Split, Hands | None]:
    """Return the MNIST digits and the hands of a part."""
    from train.fit import (
        fitting,  # imports Keras, which whoever only reads scenes spares
    )
    from train.fit.fit_settings import Settings

    digits = data.load(sources.mnist, "train")
    training, validation = fitting.validation_split(digits, Settings())
    part: Part = sources.part
    mnist = training if part == "train" else validation
    if part != "test":
        european = variants.european(mnist, share=_EUROPEAN_SHARE_OF_SCENES, seed=0)
        mnist = data.joined([mnist, european])
    return mnist, Hands(sources.strokes, part) if sources.strokes else None


def _render_chunk(folder: Path, sources: SceneSources, numbers: list[int]) -> int:
    for number in numbers:
        scene = rendered(mixed(sources, number))
        with files.replacing(path(folder, number)) as temporary:
            np.savez(temporary, allow_pickle=False, **vars(scene))
    return len(numbers)


def path(folder: Path, number: int) -> Path:
    """Return where a scene is kept."""
    return folder / f"{number:06}.npz"
