"""A folder of rendered scans, as good and as bad as an archive's are."""

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from train import parallel, scenes


@dataclass(frozen=True)
class ScanConstants:
    """The scans of an archive, and how many of them are unlike the others.

    Attributes:
        size_wh: In pixels; small, since an archive of them is read many times.
        num_bombs: Files besides that take a gigabyte to be decoded.
        scans_a_folder: Files in each of its folders.
        copied_every: So many scans, one is a copy of the one before it.
        torn_every: So many scans, one lacks its second half.
        gray_every: So many scans, one is a gray PNG file.
        tiff_every: Of the others so many, one is a TIFF file.
        num_shades: Of each scene, since to render is what takes long.
        shade_step: Of the light, between a shade and the next darker one.
        jobs: Processes that render.
        files_a_chunk: Files that a process renders at a time.
    """

    size_wh: tuple[int, int] = (160, 120)
    num_bombs: int = 3
    scans_a_folder: int = 1000
    copied_every: int = 20
    torn_every: int = 100
    gray_every: int = 10
    tiff_every: int = 7
    num_shades: int = 4
    shade_step: float = 0.12
    jobs: int = 2
    files_a_chunk: int = 20


SCANS = ScanConstants()


def write(folder: Path, count: int, *, num_bombs: int = SCANS.num_bombs) -> None:
    """Write scans of all conditions; each call writes the same.

    One of a hundred is torn, one of twenty is a copy of another one.

    Args:
        folder: Where they go; it is made.
        count: How many there are.
        num_bombs: How many there are besides that end the process that decodes them,
            if it may not take a gigabyte.
    """
    for first in range(0, count, SCANS.scans_a_folder):
        _path(folder, first, "").parent.mkdir(parents=True)
    chunks = [
        range(first, min(first + SCANS.files_a_chunk, count))
        for first in range(0, count, SCANS.files_a_chunk)
    ]
    with tqdm(total=count, desc="pages", leave=False, disable=None) as bar:
        for number in parallel.in_order(
            partial(_write, folder), chunks, jobs=SCANS.jobs
        ):
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
    is_copy = index % SCANS.copied_every == SCANS.copied_every - 1
    copied = index - 1 if is_copy else index
    suffix, content = _scan(copied)
    if copied % SCANS.torn_every == SCANS.torn_every // 2:
        content = content[: len(content) // 2]
    _path(folder, index, suffix).write_bytes(content)


def _scan(index: int) -> tuple[str, bytes]:
    """Return a scan's suffix and its file."""
    frame = _scene(index // SCANS.num_shades)
    shade = 1 - SCANS.shade_step * (index % SCANS.num_shades)
    frame = np.asarray(cv2.convertScaleAbs(frame, alpha=shade), np.uint8)
    suffix = ".jpg"
    if index % SCANS.gray_every == 0:
        suffix, frame = ".png", np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    elif index % SCANS.tiff_every == 0:
        suffix = ".tif"
    return suffix, cv2.imencode(suffix, frame)[1].tobytes()


@lru_cache(maxsize=1)
def _scene(seed: int) -> NDArray[np.uint8]:
    condition = scenes.CONDITIONS[seed % len(scenes.CONDITIONS)]
    return scenes.make(condition, seed, size_wh=SCANS.size_wh).frame


def _path(folder: Path, index: int, suffix: str) -> Path:
    return folder / f"box{index // SCANS.scans_a_folder:03}" / f"page{index:06}{suffix}"
