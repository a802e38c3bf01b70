"""Pictures of scenes with what was read drawn in, side by side."""

from collections.abc import Sequence

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

_MISSED_BGR = (40, 40, 230)
_SOFT_BGR = (230, 160, 60)
_SHEET_COLUMNS, _SHEET_ROWS = 3, 4  # of a contact sheet
_TILE_WH = (640, 480)
MOST_SCENES_ON_SHEET = _SHEET_COLUMNS * _SHEET_ROWS  # scenes on it


def tile(scene: scenes.RenderedScene, reader: Reader) -> NDArray[np.uint8]:
    """Return a scene as small as a tile, with what was read.

    Digits that were missed or misread are red, what does not count is blue.
    """
    read = reader.read(scene.frame)
    seen = reading.labeled(read)
    picture = draw(scene.frame, read)
    for box in scene.truth.soft:
        _rectangle(picture, box, _SOFT_BGR)
    for digit in scene.truth.digits:
        alone = Truth("", (digit,))
        if not photos.score(alone, seen).right:
            _rectangle(picture, digit.box, _MISSED_BGR)
    scale = min(_TILE_WH[0] / picture.shape[1], _TILE_WH[1] / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.zeros((_TILE_WH[1], _TILE_WH[0], 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    place = 6, _TILE_WH[1] - 8
    cv2.putText(
        tile, scene.truth.file, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, _MISSED_BGR
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
    padded = [*tiles, *[blank] * (-len(tiles) % _SHEET_COLUMNS)]
    starts = range(0, len(padded), _SHEET_COLUMNS)
    rows = [np.hstack(padded[start : start + _SHEET_COLUMNS]) for start in starts]
    return np.asarray(np.vstack(rows), np.uint8)
