"""Pictures of scenes with what was read drawn in, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.reading import photos
from benchmarks.reading import scores as reading
from edge_app.common.draw import draw
from edge_app.common.geometry import BoxF
from edge_app.reader import Reader
from train import scenes
from train.scenes.truth import Truth


@dataclass(frozen=True)
class _ContactSheet:
    """The looks of a contact sheet.

    Attributes:
        columns: Of tiles.
        rows: Of tiles.
        tile_wh: In pixels.
        missed_bgr: Color of digits that were missed or misread.
        soft_bgr: Color of what does not count.
    """

    columns: int = 3
    rows: int = 4
    tile_wh: tuple[int, int] = (640, 480)
    missed_bgr: tuple[int, int, int] = (40, 40, 230)
    soft_bgr: tuple[int, int, int] = (230, 160, 60)


_SHEET = _ContactSheet()
MOST_SCENES_ON_SHEET = _SHEET.columns * _SHEET.rows


def tile(scene: scenes.RenderedScene, reader: Reader) -> NDArray[np.uint8]:
    """Return a scene as small as a tile, with what was read.

    Digits that were missed or misread are red, what does not count is blue.
    """
    read = reader.read(scene.frame)
    seen = reading.labeled(read)
    picture = draw(scene.frame, read)
    for box in scene.truth.soft:
        _rectangle(picture, box, _SHEET.soft_bgr)
    for digit in scene.truth.digits:
        alone = Truth("", (digit,))
        if not photos.score(alone, seen).right:
            _rectangle(picture, digit.box, _SHEET.missed_bgr)
    width, height = _SHEET.tile_wh
    scale = min(width / picture.shape[1], height / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.zeros((height, width, 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    place = 6, height - 8
    cv2.putText(
        tile, scene.truth.file, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, _SHEET.missed_bgr
    )
    return tile


def _rectangle(
    picture: NDArray[np.uint8], box: BoxF, color: tuple[int, int, int]
) -> None:
    x, y, w, h = (round(n) for n in box)
    cv2.rectangle(picture, (x - 4, y - 4), (x + w + 4, y + h + 4), color, 1)


def grid(tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return tiles in rows and columns."""
    blank = np.zeros_like(tiles[0])
    padded = [*tiles, *[blank] * (-len(tiles) % _SHEET.columns)]
    starts = range(0, len(padded), _SHEET.columns)
    rows = [np.hstack(padded[start : start + _SHEET.columns]) for start in starts]
    return np.asarray(np.vstack(rows), np.uint8)
