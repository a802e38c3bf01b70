"""Frames of a live source: their fields, or all that stands in them."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import geometry
from edge_app.common.errors import SettingsError
from edge_app.common.geometry import Box
from edge_app.layout.expect import best_match
from edge_app.layout.grouping import Number, reading_order
from edge_app.live.fields.cut import corners_of, cut_out, placed
from edge_app.live.fields.field import Field
from edge_app.live.fields.located import Located
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.value import MOVED, UNREADABLE, FieldReading
from edge_app.live.fields.whole import LEAST_OF_FIELD, read_whole
from edge_app.model import classify
from edge_app.model.classify import Classifier
from edge_app.reading import Digit, Reading

_DOUBTFUL = ("letter", "print", "unsure")  # reasons that a pattern outweighs
_SURE = 0.95  # confidence below which a pattern's field is read in another way, too
_LIKELY = 0.5  # confidence of a reject that is taken for a digit all the same

Found = tuple[FieldReading, list[Digit], list[Digit]]


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
        found: list[Found] = []
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
    ) -> tuple[Found, Reading]:
        corners = corners_of(matrix, field.place)
        crop, to_frame, inner = cut_out(frame, corners)
        reading = self._reader.read(crop)
        judged, digits, rejects = _within(reading, field, inner, min_confidence)
        is_doubtful = judged.fault is not None or (judged.confidence or 0) < _SURE
        if is_doubtful and field.pattern is not None:
            whole = self._whole(crop, inner, field.pattern)
            other = _judged(field, whole, min_confidence)
            if other.fault is None and _is_better((other, whole), (judged, digits)):
                judged, digits = other, whole
                rejects = [reject for reject in rejects if not _is_among(reject, whole)]
        x, y, w, h = inner
        read = replace(
            judged,
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


def _within(reading: Reading, field: Field, inner: Box, min_confidence: float) -> Found:
    """Return what a reading of a field's surroundings says of the field itself."""
    digits = _in_order(
        digit for digit in reading.digits if _has_middle(inner, digit.box_xywh)
    )
    rejects = [
        reject for reject in reading.rejects if _has_middle(inner, reject.box_xywh)
    ]
    judged = _judged(field, digits, min_confidence)
    if judged.fault is not None and field.pattern is not None:
        with_doubtful = _in_order([*digits, *_likely(rejects, inner[3])])
        other = _judged(field, with_doubtful, min_confidence)
        if other.fault is None:
            others = [reject for reject in rejects if reject not in with_doubtful]
            return other, with_doubtful, others
    return judged, digits, rejects


def _is_better(
    whole: tuple[FieldReading, Sequence[Digit]],
    other: tuple[FieldReading, Sequence[Digit]],
) -> bool:
    """Return whether a reading of all ink is believed rather than one of a page.

    It is where the other one leaves out ink or cuts it: it was no page.
    """
    (read, digits), (than, others) = whole, other
    if than.fault is not None or not _are_alike(digits, others):
        return True
    return (read.confidence or 0.0) > (than.confidence or 0.0)


def _are_alike(digits: Sequence[Digit], others: Sequence[Digit]) -> bool:
    """Return whether digits, in reading order, are the same ink as others."""
    if len(digits) != len(others):
        return False
    return all(
        _has_middle(one.box_xywh, other.box_xywh)
        and _has_middle(other.box_xywh, one.box_xywh)
        for one, other in zip(digits, others, strict=True)
    )


def _is_among(reject: Digit, digits: Sequence[Digit]) -> bool:
    return any(_has_middle(digit.box_xywh, reject.box_xywh) for digit in digits)


def _has_middle(box_xywh: Box, of_xywh: Box) -> bool:
    """Return whether the middle of a box lies in another one."""
    x, y, w, h = of_xywh
    left, top, width, height = box_xywh
    return 0 <= x + w / 2 - left <= width and 0 <= y + h / 2 - top <= height


def _in_order(digits: Iterable[Digit]) -> list[Digit]:
    found = list(digits)
    order = reading_order([digit.box_xywh for digit in found])
    return [found[index] for group in order for index in group]


def _likely(rejects: Iterable[Digit], height: int) -> Iterator[Digit]:
    """Yield rejects that may be digits where a pattern says that there are more.

    Beside letters, what looks like one is no digit; in a field there are none.
    """
    for reject in rejects:
        is_tall = reject.box_xywh[3] >= LEAST_OF_FIELD * height
        if is_tall and reject.reject in _DOUBTFUL and reject.confidence >= _LIKELY:
            yield reject


def _judged(
    field: Field, digits: Sequence[Digit], min_confidence: float
) -> FieldReading:
    """Return what a field reads, by its digits in reading order."""
    if not digits:
        return FieldReading(field, fault=f"{UNREADABLE}: no digits")
    text: str | None = "".join(str(digit.label) for digit in digits)
    if field.pattern is not None:
        text = best_match(
            re.compile(field.pattern),
            [
                digit.alternatives or ((digit.label, digit.confidence),)
                for digit in digits
            ],
        )
        if text is None:
            return FieldReading(field, fault=f"{UNREADABLE}: not as the pattern")
    assert text is not None
    sure = min(
        digit.confidence
        if digit.label == int(label)
        else dict(digit.alternatives)[int(label)]
        for digit, label in zip(digits, text, strict=True)
    )
    if sure < min_confidence:
        return FieldReading(field, confidence=sure, fault=f"{UNREADABLE}: unsure")
    return FieldReading(field, text=text, confidence=sure)


def _together(
    frame: NDArray[np.uint8], found: Sequence[Found], latency_ms: dict[str, float]
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
