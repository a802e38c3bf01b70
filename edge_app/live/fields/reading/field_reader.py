"""Frames of a live source: their fields, or all that stands in them."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import geometry
from edge_app.common.errors import SettingsError
from edge_app.common.geometry import Box
from edge_app.layout.grouping import Number
from edge_app.live.fields.field import Field
from edge_app.live.fields.locating.cut import corners_of, cut_out, placed
from edge_app.live.fields.locating.located import Located
from edge_app.live.fields.reading.judged import (
    SURE_CONFIDENCE,
    JudgedField,
    is_among,
    is_better,
    judged,
    within,
)
from edge_app.live.fields.reading.whole import read_whole
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.values.value import MOVED, FieldReading
from edge_app.model import classify
from edge_app.model.classify import Classifier
from edge_app.reading import Digit, Reading


class LiveReader:
    """Reads frames as a setup says that may change from one to the next."""

    def __init__(self, settings: ReaderSettings, setup: LiveSetup) -> None:
        """Load the models.

        Args:
            settings: Which; their part and pattern hold where there are no fields.
            setup: What may change; its turn and least confidence count.

        Raises:
            EdgeDigitsError: A model cannot be used.
        """
        self._reader = settings.anything().open()
        # What a field holds is its digits: where their point is, the field says.
        self._of_fields = self._reader.having(
            roi_xywh=None, expect=None, separators=False
        )
        self._classifier: Classifier | None = None  # of fields that are doubtful
        self._settings = settings
        self._setup = setup
        self._located: tuple[Setup, Located] | None = None

    def read(self, frame: NDArray[np.uint8]) -> Reading:
        """Return what stands in an upright frame.

        Raises:
            SettingsError: The reference picture cannot be used, or the part of the
                frame that is to be read lies outside of it.
        """
        now = self._setup.now
        if now.fields:
            return self.read_fields(frame, now)
        roi = self._settings.roi_xywh
        reader = self._reader.having(
            roi_xywh=None if roi is None else self._turned(roi, frame),
            expect=self._settings.expect,
        )
        try:
            return reader.read(frame, min_confidence=now.min_confidence)
        except ValueError as error:
            raise SettingsError(f"--roi: {error}") from error

    def read_fields(self, frame: NDArray[np.uint8], setup: Setup) -> Reading:
        """Return what stands in the fields of a setup, which may be a proposed one."""
        started = time.perf_counter()
        if self._located is None or self._located[0] != setup:
            self._located = setup, Located(setup)
        matrix = self._located[1].matrix(frame)
        located_ms = 1000 * (time.perf_counter() - started)
        latency_ms = dict.fromkeys(("find", "normalize", "classify", "group"), 0.0)
        latency_ms["find"] = located_ms
        found: list[JudgedField] = []
        for field in setup.fields:
            if matrix is None:
                found.append((FieldReading(field, fault=MOVED), [], []))
                continue
            one, reading = self._read_one(frame, field, matrix, setup.min_confidence)
            found.append(one)
            for stage in latency_ms:
                latency_ms[stage] += reading.latency_ms[stage]
        return _together(frame, found, latency_ms)

    def _turned(self, roi_xywh: Box, frame: NDArray[np.uint8]) -> Box:
        """Return where a part of a frame that is now upright lies."""
        turn = self._setup.turn() or 0
        size_wh = frame.shape[1], frame.shape[0]
        before_wh = size_wh if turn in (0, 180) else size_wh[::-1]
        return geometry.turned_box(roi_xywh, before_wh, turn)

    def _whole(self, crop: NDArray[np.uint8], inner: Box, pattern: str) -> list[Digit]:
        if self._classifier is None:
            self._classifier = classify.load(self._settings.model)
        return read_whole(crop, inner, pattern, self._classifier)

    def _read_one(
        self,
        frame: NDArray[np.uint8],
        field: Field,
        matrix: NDArray[np.float64],
        min_confidence: float,
    ) -> tuple[JudgedField, Reading]:
        corners = corners_of(matrix, field.place)
        crop, to_frame, inner = cut_out(frame, corners)
        reading = self._of_fields.read(crop)
        read, digits, rejects = within(reading, field, inner, min_confidence)
        is_doubtful = read.fault is not None or (read.confidence or 0) < SURE_CONFIDENCE
        if is_doubtful and field.pattern is not None:
            whole = self._whole(crop, inner, field.pattern)
            other = judged(field, whole, min_confidence)
            if other.fault is None and is_better((other, whole), (read, digits)):
                read, digits = other, whole
                rejects = [reject for reject in rejects if not is_among(reject, whole)]
        x, y, w, h = inner
        read = replace(
            read,
            corners_xy=tuple(
                (round(corner[0]), round(corner[1])) for corner in corners
            ),
            image=crop[y : y + h, x : x + w],
        )
        if read.fault is not None:
            rejects += [replace(digit, reject="unsure") for digit in digits]
            digits = []
        elif read.text is not None:
            digits = [
                replace(digit, label=int(label), reject=None)
                for digit, label in zip(digits, read.text, strict=True)
            ]
        return (read, placed(digits, to_frame), placed(rejects, to_frame)), reading


def _together(
    frame: NDArray[np.uint8], found: Sequence[JudgedField], latency_ms: dict[str, float]
) -> Reading:
    """Return one reading of all fields, each of which is a number."""
    digits: list[Digit] = []
    numbers: list[Number] = []
    for read, field_digits, _ in found:
        if field_digits and read.text is not None:
            boxes = np.array([digit.box_xywh for digit in field_digits])
            left, top = boxes[:, :2].min(axis=0)
            right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
            box = int(left), int(top), int(right - left), int(bottom - top)
            indexes = tuple(range(len(digits), len(digits) + len(field_digits)))
            numbers.append(Number(read.text, box, indexes))
            digits += field_digits
    return Reading(
        width=frame.shape[1],
        height=frame.shape[0],
        digits=tuple(digits),
        numbers=tuple(numbers),
        rejects=tuple(reject for _, _, others in found for reject in others),
        latency_ms={**latency_ms, "total": sum(latency_ms.values())},
        fields=tuple(read for read, _, _ in found),
    )
