"""How well scenes of our own are read, condition by condition."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import batched
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks import photos, reading, scenes
from benchmarks.photos import BoxF, Score
from edge_app import classify, files
from edge_app.draw import draw
from edge_app.errors import DataError
from edge_app.reader import Reader

_FIRST_SEED = 1
_MISSED = (40, 40, 230)  # BGR
_SOFT = (230, 160, 60)
_COLUMNS, _ROWS = 3, 4  # of a contact sheet
_TILE_WH = (640, 480)


@dataclass(frozen=True)
class Task:
    """What a process reads.

    Attributes:
        condition: As `scenes.make` takes it.
        count: How many scenes, from seed 1 on.
        model: As `classify.load` takes it.
        size_wh: Of the frames.
        mnist: Digits that people wrote, as `scenes.make` takes them.
    """

    condition: str
    count: int
    model: str | None
    size_wh: tuple[int, int]
    mnist: scenes.Handwritten | None


def chosen(names: Sequence[str] | None) -> tuple[str, ...]:
    """The conditions of these names, all of them for `None`.

    Raises:
        DataError: There is no condition of such a name.
    """
    known = scenes.CONDITIONS + scenes.WITHOUT_DIGITS
    for name in names or ():
        if name not in known:
            raise DataError(f"no condition {name!r}; there are: {', '.join(known)}")
    return tuple(names) if names else known


def measure(tasks: Sequence[Task], *, jobs: int) -> Iterator[tuple[Task, list[Score]]]:
    """The score of each scene of each task, in their order.

    Args:
        tasks: What is read.
        jobs: Processes that read at once.
    """
    progress = partial(tqdm, total=len(tasks), unit="condition", leave=False)
    if jobs == 1:
        yield from zip(tasks, progress(map(scores, tasks)), strict=True)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from zip(tasks, progress(pool.map(scores, tasks)), strict=True)


def scores(task: Task) -> list[Score]:
    """The score of each of a task's scenes."""
    cv2.setNumThreads(1)
    reader = Reader(classify.load(task.model))
    return [
        photos.score(scene.truth, reading.predictions(reader, scene.frame))
        for scene in _scenes(task, range(task.count))
    ]


def write_sheets(task: Task, found: Sequence[Score], folder: Path) -> list[Path]:
    """Contact sheets of a task's worst scenes with what was read drawn in.

    Digits that were missed or misread are red, what does not count is blue.

    Returns:
        The files written, the worst scenes first; at most two.
    """
    worst = sorted(range(len(found)), key=lambda i: _merit(found[i]))
    worst = worst[: 2 * _COLUMNS * _ROWS]
    reader = Reader(classify.load(task.model))
    paths = []
    for page, seeds in enumerate(batched(worst, _COLUMNS * _ROWS), start=1):
        tiles = [_tile(scene, reader) for scene in _scenes(task, seeds)]
        name = task.condition.replace(":", "").replace(" ", "-")
        path = folder / f"{name}-{page}.png"
        _, content = cv2.imencode(".png", _grid(tiles))
        files.write_bytes(path, content.tobytes())
        paths.append(path)
    return paths


def _scenes(task: Task, indexes: Sequence[int]) -> Iterator[scenes.Scene]:
    for index in indexes:
        yield scenes.make(
            task.condition,
            _FIRST_SEED + index,
            size_wh=task.size_wh,
            mnist=task.mnist,
        )


def _merit(score: Score) -> tuple[float, int]:
    return score.f1 if score.digits else 0.0, -score.false


def _tile(scene: scenes.Scene, reader: Reader) -> NDArray[np.uint8]:
    read = reader.read(scene.frame)
    seen = [photos.Labelled(digit.box_xywh, digit.label) for digit in read.digits]
    picture = draw(scene.frame, read)
    for box in scene.truth.soft:
        _rectangle(picture, box, _SOFT)
    for digit in scene.truth.digits:
        alone = photos.Truth("", (digit,))
        if not photos.score(alone, seen).right:
            _rectangle(picture, digit.box, _MISSED)
    scale = min(_TILE_WH[0] / picture.shape[1], _TILE_WH[1] / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.zeros((_TILE_WH[1], _TILE_WH[0], 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    place = 6, _TILE_WH[1] - 8
    cv2.putText(tile, scene.truth.file, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, _MISSED)
    return tile


def _rectangle(
    picture: NDArray[np.uint8], box: BoxF, colour: tuple[int, int, int]
) -> None:
    x, y, w, h = (round(n) for n in box)
    cv2.rectangle(picture, (x - 4, y - 4), (x + w + 4, y + h + 4), colour, 1)


def _grid(tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    blank = np.zeros_like(tiles[0])
    padded = [*tiles, *[blank] * (-len(tiles) % _COLUMNS)]
    rows = [np.hstack(row) for row in batched(padded, _COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)
