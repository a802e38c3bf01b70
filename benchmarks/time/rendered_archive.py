"""A folder of rendered scans, as good and as bad as an archive's are."""

from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from train import parallel, scenes

SIZE_WH = (160, 120)  # small, since an archive of them is read many times
NUM_BOMBS = 3
_SCANS_A_FOLDER = 1000  # files a folder
_COPIED_EVERY, _TORN_EVERY = 20, 100
_GRAY_EVERY, _TIFF_EVERY = 10, 7
# To render is what takes long: each scene is there in several shades.
_SHADES, _SHADE_STEP = 4, 0.12
_JOBS = 2
_FILES_A_CHUNK = 20  # files that a process renders at a time


def write(folder: Path, count: int, *, num_bombs: int = NUM_BOMBS) -> None:
    """Write scans of all conditions; each call writes the same.

    One of a hundred is torn, one of twenty is a copy of another one.

    Args:
        folder: Where they go; it is made.
        count: How many there are.
        num_bombs: How many there are besides that end the process that decodes them,
            if it may not take a gigabyte.
    """
    for first in range(0, count, _SCANS_A_FOLDER):
        _path(folder, first, "").parent.mkdir(parents=True)
    chunks = [
        range(first, min(first + _FILES_A_CHUNK, count))
        for first in range(0, count, _FILES_A_CHUNK)
    ]
    with tqdm(total=count, desc="pages", leave=False, disable=None) as bar:
        for number in parallel.in_order(partial(_write, folder), chunks, jobs=_JOBS):
            bar.update(number)
    for number in range(num_bombs):
        (folder / f"bomb{number}.tif").write_bytes(bomb(number))


def bomb(seed: int = 0) -> bytes:
    """Return a TIFF file of half a megabyte that takes a gigabyte to be decoded."""
    image = np.full((8000, 7000, 3), seed, np.uint16)
    deflate = [cv2.IMWRITE_TIFF_COMPRESSION, 8]
    return cv2.imencode(".tif", image, deflate)[1].tobytes()


def _write(folder: Path, indexes: range) -> int:
    for index in indexes:
        _write_scan(folder, index)
    return len(indexes)


def _write_scan(folder: Path, index: int) -> None:
    copied = index - 1 if index % _COPIED_EVERY == _COPIED_EVERY - 1 else index
    suffix, content = _scan(copied)
    if copied % _TORN_EVERY == _TORN_EVERY // 2:
        content = content[: len(content) // 2]
    _path(folder, index, suffix).write_bytes(content)


def _scan(index: int) -> tuple[str, bytes]:
    """Return a scan's suffix and its file."""
    frame = _scene(index // _SHADES)
    shade = 1 - _SHADE_STEP * (index % _SHADES)
    frame = np.asarray(cv2.convertScaleAbs(frame, alpha=shade), np.uint8)
    suffix = ".jpg"
    if index % _GRAY_EVERY == 0:
        suffix, frame = ".png", np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    elif index % _TIFF_EVERY == 0:
        suffix = ".tif"
    return suffix, cv2.imencode(suffix, frame)[1].tobytes()


@lru_cache(maxsize=1)
def _scene(seed: int) -> NDArray[np.uint8]:
    condition = scenes.CONDITIONS[seed % len(scenes.CONDITIONS)]
    return scenes.make(condition, seed, size_wh=SIZE_WH).frame


def _path(folder: Path, index: int, suffix: str) -> Path:
    return folder / f"box{index // _SCANS_A_FOLDER:03}" / f"page{index:06}{suffix}"
