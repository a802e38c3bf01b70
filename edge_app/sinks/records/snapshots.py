"""Doubtful crops, kept for a person to label and for training."""

import logging
import re
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.errors import RecordError
from edge_app.common.geometry import Box, overlap
from edge_app.common.labels import NUM_DIGITS, REJECT
from edge_app.reading import Digit
from edge_app.sinks.background import Background
from edge_app.sinks.records import capped_room
from edge_app.sinks.sink import Update

log = logging.getLogger(__name__)

UNSORTED = "unsorted"
INPUT_SUFFIX = ".28x28.png"  # the model input, for training; the crop is for people
# Names that `_save` makes: all else in the folder is somebody's, and never deleted.
_SNAPSHOT_NAME = re.compile(r"\d-\d{2,3}-\d{8}-\d{6}-\d{6}(\.28x28)?\.png")
_SNAPSHOTS_README = """\
Digits that edge-digits was not sure of. Each comes as two files: NAME.png shows it
with its surroundings, NAME.28x28.png is what the model saw. Names begin with the
likeliest label and its confidence in percent.

Move both files into the folder of the digit they show, 0 to 9, or into reject if they
show none. Then, in a checkout of edge-digits: python -m train --extra THIS_FOLDER
"""


@dataclass(frozen=True)
class SnapshotLimits:
    """Limits of what a crop shows and of when it is new.

    Attributes:
        margin_of_side: Around a crop, of its longer side.
        longest_crop_px: Longer side of a crop; larger ones are made smaller.
        still_there_s: A place that was doubtful so long ago is the same digit.
        same_place_overlap: Intersection over union of boxes at the same place.
        alike_correlation: Of two model inputs that look alike.
        most_remembered: Digits that new ones are compared with.
    """

    margin_of_side: float = 0.5
    longest_crop_px: int = 160
    still_there_s: float = 10.0
    same_place_overlap: float = 0.3
    alike_correlation: float = 0.9
    most_remembered: int = 500


_SNAPSHOTS = SnapshotLimits()


class Snapshots:
    """Crops of what was rejected or read with little confidence."""

    def __init__(
        self,
        folder: Path,
        *,
        below: float = 0.9,
        per_minute: int = 12,
        max_bytes: int = 100_000_000,
    ) -> None:
        """Make the folders to sort into.

        Args:
            folder: Where `unsorted`, `0` to `9` and `reject` are.
            below: Confidence under which an accepted digit is doubtful.
            per_minute: Most crops kept a minute.
            max_bytes: Size of `unsorted` above which its oldest crops are deleted; what
                a person has sorted, and other people's files, are never touched.

        Raises:
            RecordError: The folders cannot be made.
        """
        self._below = below
        self._per_minute = per_minute
        self._max_bytes = max_bytes
        self._folder = folder / UNSORTED
        try:
            for name in (UNSORTED, REJECT, *map(str, range(NUM_DIGITS))):
                (folder / name).mkdir(parents=True, exist_ok=True)
            if not (folder / "README.txt").exists():
                files.write_bytes(folder / "README.txt", _SNAPSHOTS_README.encode())
        except OSError as error:
            why = files.why_not(error, folder)
            raise RecordError(f"{folder}: cannot be written ({why})") from error
        self._places: list[tuple[Box, float]] = []
        self._seen: deque[NDArray[np.float32]] = deque(
            maxlen=_SNAPSHOTS.most_remembered
        )
        self._kept_at: deque[float] = deque(maxlen=per_minute)
        self._thread = Background(self._keep, name=str(folder), capacity=2)
        self.lost = self._thread.lost

    def write(self, update: Update) -> bool:
        """Leave a frame with something new and doubtful in it for the thread."""
        doubtful = [
            *update.reading.rejects,
            *(
                digit
                for digit in update.reading.digits
                if digit.confidence < self._below
            ),
        ]
        new = self._new_places(doubtful)
        if new:
            self._thread.put((update.frame.image, new))
        return True

    def close(self) -> None:
        """Write what is left."""
        self._thread.close()

    def _new_places(self, doubtful: list[Digit]) -> list[Digit]:
        """Return those that were not doubtful at the same place a moment ago."""
        now = time.monotonic()
        self._places = [
            place for place in self._places if now - place[1] < _SNAPSHOTS.still_there_s
        ]
        new = []
        for digit in doubtful:
            same = [
                p
                for p in self._places
                if overlap(p[0], digit.box_xywh) > _SNAPSHOTS.same_place_overlap
            ]
            if not same:
                new.append(digit)
            for place in same:
                self._places.remove(place)
            self._places.append((digit.box_xywh, now))
        return new

    def _keep(self, item: tuple[NDArray[np.uint8], list[Digit]]) -> None:
        frame, digits = item
        if not self._seen:
            self._remember_old_ones()
        for digit in digits:
            if digit.image is None:
                continue  # labels are steadied over time, this one is not in this frame
            if self._is_due() and self._is_new(digit.image):
                self._save(frame, digit, digit.image)

    def _is_due(self) -> bool:
        now = time.monotonic()
        full = len(self._kept_at) == self._per_minute
        return not (full and now - self._kept_at[0] < 60)

    def _is_new(self, image: NDArray[np.uint8]) -> bool:
        signature = _signature(image)
        if any(
            float(signature @ other) > _SNAPSHOTS.alike_correlation
            for other in self._seen
        ):
            return False
        self._seen.append(signature)
        return True

    def _save(
        self, frame: NDArray[np.uint8], digit: Digit, image: NDArray[np.uint8]
    ) -> None:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        name = f"{digit.label}-{100 * digit.confidence:02.0f}-{stamp}"
        crop = _encoded(_with_margin(frame, digit.box_xywh))
        model_input = _encoded(image)
        capped_room.make(
            self._folder,
            _SNAPSHOT_NAME,
            num_bytes=len(crop) + len(model_input),
            max_bytes=self._max_bytes,
        )
        files.write_bytes(self._folder / f"{name}.png", crop)
        files.write_bytes(self._folder / f"{name}{INPUT_SUFFIX}", model_input)
        self._kept_at.append(time.monotonic())

    def _remember_old_ones(self) -> None:
        for path in sorted(self._folder.parent.glob(f"*/*{INPUT_SUFFIX}"))[
            -_SNAPSHOTS.most_remembered :
        ]:
            image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if image is not None and image.shape == (28, 28):
                self._seen.append(_signature(np.asarray(image, np.uint8)))


def _signature(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a vector whose product with another's is the images' correlation."""
    blurred = cv2.GaussianBlur(image, (0, 0), 1.5)
    vector = blurred.astype(np.float32).ravel()
    vector -= vector.mean()
    return vector / np.float32(max(1e-6, float(np.linalg.norm(vector))))


def _with_margin(frame: NDArray[np.uint8], box_xywh: Box) -> NDArray[np.uint8]:
    """Return the box and what is around it, large enough for a person to label."""
    x, y, w, h = box_xywh
    margin = round(_SNAPSHOTS.margin_of_side * max(w, h))
    top, left = max(0, y - margin), max(0, x - margin)
    crop = frame[top : y + h + margin, left : x + w + margin]
    scale = _SNAPSHOTS.longest_crop_px / max(crop.shape[:2])
    if scale >= 1:
        return crop
    size_wh = [max(1, round(side * scale)) for side in crop.shape[1::-1]]
    return np.asarray(cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def _encoded(image: NDArray[np.uint8]) -> bytes:
    ok, content = cv2.imencode(".png", image)
    if not ok:
        raise OSError(f"an image of {image.shape} cannot be encoded")
    return content.tobytes()
