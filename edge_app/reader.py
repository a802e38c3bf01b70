"""A frame in, a Reading out: the whole pipeline on one page."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import find
from edge_app.common import arguments, geometry
from edge_app.common.geometry import Box, Quarter
from edge_app.find.candidate import Finder
from edge_app.find.judge import Judged, judged
from edge_app.find.only_digit import only_digit
from edge_app.find.stages import Stages
from edge_app.layout import grouping
from edge_app.layout.arrangement import Arrangement, accepted, arranged
from edge_app.layout.grouping import Number
from edge_app.model import classify
from edge_app.model.classify import Classifier
from edge_app.reading import Digit, Reading

_Boxed = TypeVar("_Boxed", Digit, Number)


@dataclass(frozen=True)
class ReaderConstants:
    """Evidence for how a page lies, and for a picture of one digit alone.

    Attributes:
        turned_factor: A page is turned only for this much more evidence of digits than
            it has upright.
        most_confidence: Beyond which one digit says no more.
        few_digits: A picture in which so few are read may be a picture of one.
    """

    turned_factor: float = 1.05
    most_confidence: float = 0.99
    few_digits: int = 2


_READER = ReaderConstants()


class Reader:
    """Reads the digits in frames.

    Not thread-safe, for a model's memory is its own: use one reader a thread.

    Examples:
        >>> import cv2
        >>> reading = Reader().read(cv2.imread("page.png"))
        >>> [number.text for number in reading.numbers]
        ['2927', '0859', '941365']
    """

    def __init__(
        self,
        model: str | Path | Classifier | None = None,
        finder: str | Path | Finder | None = None,
        *,
        printed: bool = False,
        separators: bool = True,
        num_threads: int = 1,
        roi_xywh: Box | None = None,
        rotate: Quarter | Literal["auto"] = 0,
        expect: str | None = None,
        min_confidence: float = 0.0,
    ) -> None:
        """Load what reads.

        Args:
            model: The classifier: a shipped model's name such as `edge-int8`, a file,
                or one that is loaded; `None` for the default one.
            finder: What finds the digits: `page`, `page-lite`, a file, `classic`, or
                one that is loaded; `None` for the default one.
            printed: Whether printed digits are read, too; of a finder that is loaded it
                was said when it was.
            separators: Whether a number's text has the points, commas, minuses, slashes
                and colons between its digits, where they are sure.
            num_threads: Threads an inference may use.
            roi_xywh: The part of each frame that is read, before it is turned; `None`
                for all of it.
            rotate: Degrees clockwise by which frames are turned to be upright; `auto`
                finds them out from what reads best.
            expect: A regular expression that a number must match whole; others are
                rejected. `None` for any number. Its text has no separators then.
            min_confidence: What each digit of a number must have, 0..1; a number with
                one of less is rejected whole.

        Raises:
            ModelError: There is no such model, or it does not fit.
            ManifestError: A model file is not the one that its manifest describes.
            RuntimeMissingError: Nothing installed here executes a model.
            ValueError: Of any other argument: what came and what was expected.
        """
        arguments.check_rotate(rotate, or_auto=True)
        if roi_xywh is not None:
            arguments.check_region(roi_xywh)
        arguments.check_confidence(min_confidence)
        arguments.check_threads(num_threads)
        arguments.check_switch("printed", printed)
        arguments.check_switch("separators", separators)
        self._expect = arguments.compiled(expect)
        self._min_confidence = min_confidence
        self._tells_separators = separators
        self._roi_xywh = roi_xywh
        self._rotate = rotate
        self._classifier = (
            model
            if isinstance(model, Classifier)
            else classify.load(_named(model), num_threads=num_threads)
        )
        self._finder = (
            find.load(_named(finder), printed=printed, num_threads=num_threads)
            if finder is None or isinstance(finder, str | Path)
            else _loaded(finder)
        )

    def read(
        self,
        frame: NDArray[np.uint8],
        *,
        rotate: Quarter | None = None,
        min_confidence: float | None = None,
        stages: Stages | None = None,
    ) -> Reading:
        """Return what stands in one frame.

        Args:
            frame: `(H, W, 3)` uint8, BGR, or `(H, W)` gray.
            rotate: Degrees clockwise by which this frame is turned, instead of the
                reader's own.
            min_confidence: What each digit of a number must have, instead of the
                reader's own.
            stages: Filled with a picture of each stage.

        Raises:
            ValueError: An array of another shape or dtype.

        Examples:
            >>> from edge_app import read_image
            >>> reader = Reader(min_confidence=0.5)
            >>> reading = reader.read(read_image("page.png"), min_confidence=0.0)
            >>> reading.width, reading.height, len(reading.digits)
            (640, 480, 14)
        """
        started = time.perf_counter()
        if rotate is not None:
            arguments.check_rotate(rotate, or_auto=False)
        if min_confidence is not None:
            arguments.check_confidence(min_confidence)
        frame = _color(frame)
        part, offset_xy = _part(frame, self._roi_xywh)
        chosen = self._rotate if rotate is None else rotate
        rotation = self._upright(part) if chosen == "auto" else chosen
        upright = geometry.turned(part, rotation)
        seen, gray = self._seen(upright, stages)
        found = time.perf_counter()
        read = self._arranged(seen.digits, gray, min_confidence)
        upright_wh = upright.shape[1], upright.shape[0]

        def place(box_xywh: Box) -> Box:
            x, y, w, h = geometry.turned_box(
                box_xywh, upright_wh, geometry.back(rotation)
            )
            return x + offset_xy[0], y + offset_xy[1], w, h

        ended = time.perf_counter()
        return Reading(
            width=frame.shape[1],
            height=frame.shape[0],
            digits=_placed(read.digits, place),
            numbers=_placed(read.numbers, place),
            rejects=_placed(read.rejects, place),
            latency_ms=_latency_ms(seen, started, found, ended),
            rotation=rotation,
        )

    def having(
        self, *, roi_xywh: Box | None, expect: str | None, separators: bool = True
    ) -> "Reader":
        """Return a reader with the same models for another part or pattern.

        Not thread-safe together with this one.

        Args:
            roi_xywh: As when it was made; `None` for all of each frame.
            expect: Likewise; `None` for any number.
            separators: Whether it tells separators, if this one does.

        Raises:
            ValueError: As when it was made.

        Examples:
            >>> from edge_app import read_image
            >>> reader = Reader()
            >>> meter = reader.having(roi_xywh=(80, 40, 220, 80), expect="[0-9]{4}")
            >>> [number.text for number in meter.read(read_image("page.png")).numbers]
            ['2927']
        """
        if roi_xywh is not None:
            arguments.check_region(roi_xywh)
        other = copy.copy(self)
        other._roi_xywh = roi_xywh
        other._expect = arguments.compiled(expect)
        other._tells_separators = self._tells_separators and separators
        return other

    def _arranged(
        self,
        seen: Sequence[Digit],
        gray: NDArray[np.uint8] | None,
        min_confidence: float | None,
    ) -> Arrangement:
        """Return what is seen in reading order: numbers as they are expected."""
        read = arranged(seen, self._separators(seen, gray))
        if self._expect is not None:
            read = read.matching(self._expect)
        least = self._min_confidence if min_confidence is None else min_confidence
        return read.sure(least) if least > 0 else read

    def _seen(
        self, frame: NDArray[np.uint8], stages: Stages | None
    ) -> tuple[Judged, NDArray[np.uint8] | None]:
        """Return what is seen in an upright frame, and the frame in gray.

        It is `None` where only separators would need it and there are none to tell.
        """
        candidates = self._finder(frame)
        seen = judged(candidates, self._classifier, self._finder)
        if stages is not None:
            stages.add_candidates(frame, seen.digits)
            stages.add_inputs(seen.read)
        if len(accepted(seen.digits)) <= _READER.few_digits and (
            only := only_digit(frame, self._classifier)
        ):
            return replace(seen, digits=[only]), None
        views = (one.view.gray for one in candidates if one.view is not None)
        return seen, next(views, None)

    def _separators(
        self, seen: Sequence[Digit], gray: NDArray[np.uint8] | None
    ) -> grouping.Separators:
        """Return the separators; none where a pattern says how numbers look."""
        reader = self._finder.separators
        is_asked = self._tells_separators and self._expect is None
        if reader is None or gray is None or not is_asked:
            return {}
        return reader(gray, accepted(seen))

    def _upright(self, frame: NDArray[np.uint8]) -> Quarter:
        """Return the turn after which a frame shows most evidence of digits."""
        evidence = {
            turn: self._evidence(geometry.turned(frame, turn))
            for turn in geometry.QUARTERS
        }
        best = max(geometry.QUARTERS, key=lambda turn: evidence[turn])
        is_turned = evidence[best] > _READER.turned_factor * evidence[0]
        return best if is_turned else 0

    def _evidence(self, frame: NDArray[np.uint8]) -> float:
        """Return the log odds of all digits of a frame, as it is turned, together.

        One sure digit says more than two that a mirror could explain, too.
        """
        return _log_odds(accepted(self._seen(frame, None)[0].digits))


def _loaded(finder: Finder) -> Finder:
    """Return a finder that is one.

    Raises:
        ValueError: It is something else.
    """
    if not callable(finder) or not hasattr(finder, "verdict"):
        raise ValueError(
            f"finder: a name, a path or a loaded finder expected, got {finder!r}"
        )
    return finder


def _named(model: str | Path | None) -> str | None:
    return None if model is None else str(model)


def _log_odds(digits: Sequence[Digit]) -> float:
    """Return the log odds of digits together; no single one's are counted for more."""
    most = _READER.most_confidence
    shares = np.clip([digit.confidence for digit in digits], 0.5, most)
    return float(np.log(shares / (1 - shares)).sum())


def _color(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the frame as BGR.

    Raises:
        ValueError: An array of another shape or dtype.
    """
    frame = arguments.check_frame(frame)
    if frame.ndim == 2:
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
    return frame


def _part(
    frame: NDArray[np.uint8], roi_xywh: Box | None
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Return the part of a frame that is read, and where it begins.

    Raises:
        ValueError: The part lies outside of the frame.
    """
    if roi_xywh is None:
        return frame, (0, 0)
    x, y, w, h = roi_xywh
    part = frame[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if not part.size:
        raise ValueError(
            f"region {x},{y},{w},{h} lies outside of the frame of {frame.shape[1]}x"
            f"{frame.shape[0]} pixels"
        )
    return part, (max(0, x), max(0, y))


def _placed(boxed: Sequence[_Boxed], place: Callable[[Box], Box]) -> tuple[_Boxed, ...]:
    """Return digits or numbers with their boxes in the frame as it came."""
    return tuple(replace(item, box_xywh=place(item.box_xywh)) for item in boxed)


def _latency_ms(
    seen: Judged, started: float, found: float, ended: float
) -> dict[str, float]:
    """Return the milliseconds of each stage, which add up to the total.

    Args:
        seen: Says how long normalizing and classifying took.
        started: When reading began, in seconds of `time.perf_counter`.
        found: When all was found and classified.
        ended: When reading ended.
    """
    return {
        "find": 1000 * (found - started - seen.normalize_s - seen.classify_s),
        "normalize": 1000 * seen.normalize_s,
        "classify": 1000 * seen.classify_s,
        "group": 1000 * (ended - found),
        "total": 1000 * (ended - started),
    }
