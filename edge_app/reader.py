"""A frame in, a Reading out: the whole pipeline on one page."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import find, geometry, grouping, rules
from edge_app.agreed import agreed
from edge_app.classify import NUM_DIGITS, Classifier, alternatives
from edge_app.expect import best_match
from edge_app.find.candidate import Candidate, Finder
from edge_app.find.classic import ClassicFinder
from edge_app.find.verdict import Verdict, near
from edge_app.geometry import Box, Quarter
from edge_app.grouping import Number
from edge_app.normalise import INPUT_SIZE, normalise, to_model_input
from edge_app.reading import Digit, Reading
from edge_app.stages import Stages

# A page is turned only for this much more evidence of digits than it has upright.
_CLEARLY = 1.05
# Where the rules read nothing, the page network is believed in two cases. It sees a
# page of digits: their log odds together and their mean confidence. Or it sees what the
# picture is of: a digit of this share of the frame's height, on even ground (deviation
# of the gray levels around it, of those within its box) or where the rules saw no more
# things than so many, from a confidence on. `python -m benchmarks together` counts what
# these gain and what they make false.
_PAGE_LOG_ODDS, _PAGE_CONFIDENCE = 8.0, 0.7
_FILLS, _EVEN, _ALONE, _ALONE_CONFIDENCE = 0.35, 0.15, 2, 0.75
# A picture of one digit: so few are read in it by rules; shrunk to so many pixels, at
# which strokes of any picture are whole, its connected ink is one thing alone, as tall
# as above; and its ground is as even as this.
_FEW, _THUMBNAIL, _PLAIN = 2, 112, 0.1
_CLASSIFIED = (None, "unsure", "border")  # rejects that both readers judged
_SUREST = 0.99  # confidence beyond which one digit says no more


@dataclass(frozen=True)
class _Seen:
    """What is seen in a frame.

    Attributes:
        digits: In no order; what is none says why.
        signs: Separators.
        normalize_s, classify_s: Seconds that went into each.
    """

    digits: list[Digit]
    signs: list[grouping.Sign]
    normalize_s: float
    classify_s: float


class Reader:
    """Reads the digits in frames."""

    def __init__(
        self,
        classifier: Classifier,
        finder: Finder | None = None,
        *,
        network: bool = True,
        printed: bool = False,
        roi_xywh: Box | None = None,
        rotate: Quarter | Literal["auto"] = 0,
        expect: str | None = None,
    ) -> None:
        """Read with a classifier and by rules, or with a finder.

        Args:
            classifier: From `edge_app.classify.load`.
            finder: From `edge_app.find.load`; `None` to read by rules, and with the
                page network beside them.
            network: Whether the page network reads beside the rules, if it is here.
            printed: Whether rules read printed digits, too, where they can be told from
                handwritten ones; else they are rejected.
            roi_xywh: The part of each frame that is read, before it is turned; `None`
                for all of it.
            rotate: Degrees clockwise by which frames are turned to be upright; `auto`
                finds them out from what reads best.
            expect: A regular expression that a number must match whole; others are
                rejected. `None` for any number.

        Raises:
            ValueError: The pattern is no regular expression.
        """
        self._classifier = classifier
        self._finder = finder
        self._textbook = ClassicFinder()
        self._wants_network = network
        self._printed = printed
        self._roi_xywh = roi_xywh
        self._rotate = rotate
        try:
            self._expect = None if expect is None else re.compile(expect)
        except re.error as error:
            raise ValueError(
                f"{expect!r}: not a regular expression ({error})"
            ) from error

    def read(
        self,
        frame: NDArray[np.uint8],
        *,
        rotate: Quarter | None = None,
        stages: Stages | None = None,
    ) -> Reading:
        """Return what stands in one frame.

        Args:
            frame: `(H, W, 3)` uint8, BGR, or `(H, W)` gray.
            rotate: Degrees clockwise by which this frame is turned, instead of the
                reader's own.
            stages: Filled with a picture of each stage.

        Raises:
            ValueError: An array of another shape or dtype.
        """
        started = time.perf_counter()
        frame = _color(frame)
        part, offset_xy = _part(frame, self._roi_xywh)
        chosen = self._rotate if rotate is None else rotate
        rotation = self._upright(part) if chosen == "auto" else chosen
        upright = geometry.turned(part, rotation)
        seen = self._seen(upright, stages)
        found = time.perf_counter()
        accepted = [each for each in seen.digits if each.reject is None]
        rejected = [each for each in seen.digits if each.reject is not None]
        digits, numbers = _in_reading_order(accepted, seen.signs)
        if self._expect is not None:
            digits, numbers, others = _expected(digits, numbers, self._expect)
            rejected += [replace(each, reject="pattern") for each in others]

        def placed(box_xywh: Box) -> Box:
            turned_wh = upright.shape[1], upright.shape[0]
            x, y, w, h = geometry.turned_box(
                box_xywh, turned_wh, geometry.back(rotation)
            )
            return x + offset_xy[0], y + offset_xy[1], w, h

        ended = time.perf_counter()
        return Reading(
            width=frame.shape[1],
            height=frame.shape[0],
            digits=tuple(
                replace(each, box_xywh=placed(each.box_xywh)) for each in digits
            ),
            numbers=tuple(
                replace(each, box_xywh=placed(each.box_xywh)) for each in numbers
            ),
            rejects=tuple(
                replace(each, box_xywh=placed(each.box_xywh)) for each in rejected
            ),
            latency_ms={
                # All that came before, so that the stages add up to the total.
                "find": 1000 * (found - started - seen.normalize_s - seen.classify_s),
                "normalize": 1000 * seen.normalize_s,
                "classify": 1000 * seen.classify_s,
                "group": 1000 * (ended - found),
                "total": 1000 * (ended - started),
            },
            rotation=rotation,
        )

    @cached_property
    def _network(self) -> Finder | None:
        """What reads beside the rules; loaded when the first frame comes."""
        return find.installed() if self._wants_network else None

    def _seen(self, frame: NDArray[np.uint8], stages: Stages | None) -> _Seen:
        """Return what is seen in an upright frame."""
        if self._finder is not None:
            return self._found(self._finder, frame, stages)
        by_rules = rules.read(
            frame, self._classifier, printed=self._printed, stages=stages
        )
        seen = _Seen(by_rules.digits, [], by_rules.normalize_s, by_rules.classify_s)
        num_digits = sum(each.reject is None for each in seen.digits)
        if num_digits <= _FEW and (only := self._only_digit(frame)) is not None:
            return _Seen([only], [], seen.normalize_s, seen.classify_s)
        has_digits = num_digits > 0
        if self._network is None or (has_digits and self._printed):
            return seen
        shown = None if stages is None else Stages()
        other = self._found(self._network, frame, shown)
        times = (  # of both, whichever is believed
            seen.normalize_s + other.normalize_s,
            seen.classify_s + other.classify_s,
        )
        if has_digits:
            frame_wh = frame.shape[1], frame.shape[0]
            digits = agreed(seen.digits, other.digits, frame_wh)
            return _Seen(digits, seen.signs, *times)
        if not _is_believed(other.digits, frame, num_passed_over=len(seen.digits)):
            return _Seen(seen.digits, seen.signs, *times)
        if stages is not None and shown is not None:
            stages.pictures |= shown.pictures
        return _Seen(other.digits, other.signs, *times)

    def _only_digit(self, frame: NDArray[np.uint8]) -> Digit | None:
        """Return the digit that a picture is of, if it shows nothing else."""
        scale = min(1.0, _THUMBNAIL / max(frame.shape[:2]))
        found = self._textbook(geometry.scaled(frame, scale))
        if len(found) != 1:
            return None
        box_xywh = _enlarged(found[0].box_xywh, 1 / scale)
        height, width = frame.shape[:2]
        if (
            geometry.reaches_border(box_xywh, (width, height))
            or box_xywh[3] < _FILLS * height
            or _unevenness(frame, box_xywh) > _PLAIN
        ):
            return None
        (digit,) = self._judged(None, found, _normalized(found))
        return None if digit.reject else replace(digit, box_xywh=box_xywh)

    def _found(
        self, finder: Finder, frame: NDArray[np.uint8], stages: Stages | None
    ) -> _Seen:
        """Return what a finder finds in an upright frame, judged by both readers."""
        candidates = finder(frame)
        found = time.perf_counter()
        images = _normalized(candidates)
        normalized = time.perf_counter()
        judged = self._judged(finder.verdict, candidates, images)
        ended = time.perf_counter()
        if stages is not None:
            stages.add_candidates(frame, judged)
            read = [each for each in judged if each.reject in _CLASSIFIED]
            stages.add_inputs(list(images), read)
        signs = self._signs(finder.verdict, candidates)
        return _Seen(judged, signs, normalized - found, ended - normalized)

    def _judged(
        self,
        verdict: Verdict | None,
        candidates: Sequence[Candidate],
        images: NDArray[np.uint8],
    ) -> list[Digit]:
        """Return each candidate but signs as a digit, rejected or not."""
        scores = self._classifier.scores(to_model_input(images))[:, :NUM_DIGITS]
        accept = self._classifier.accept_threshold
        if verdict is not None:
            scores = _weighed(verdict, candidates, scores)
            accept = verdict.accept
        judged = []
        remaining = iter(scores)
        for each in candidates:
            if each.sign is not None:
                continue
            reject = each.reject
            if _is_readable(each):
                own = next(remaining)
                if own.max() < accept:
                    reject = "border" if each.is_cut else "unsure"
            else:
                own = np.zeros(NUM_DIGITS)
                if each.scores is not None:
                    own = each.scores[:NUM_DIGITS]
            label = int(own.argmax())
            judged.append(
                Digit(
                    each.box_xywh,
                    label,
                    float(own[label]),
                    alternatives(own),
                    reject=reject,
                    ink=each.ink,
                )
            )
        return judged

    def _signs(
        self, verdict: Verdict | None, candidates: Sequence[Candidate]
    ) -> list[grouping.Sign]:
        """Return the separators; none where a pattern says how numbers look."""
        if verdict is None or self._expect is not None:
            return []
        return [
            (each.sign, each.box_xywh)
            for each in candidates
            if each.sign is not None and each.sign_share >= verdict.accept_sign
        ]

    def _upright(self, frame: NDArray[np.uint8]) -> Quarter:
        """Return the turn after which a frame shows most evidence of digits."""
        if self._finder is None:
            return rules.upright(frame, self._classifier)
        evidence = {
            turn: self._evidence(geometry.turned(frame, turn))
            for turn in geometry.QUARTERS
        }
        best = max(geometry.QUARTERS, key=lambda turn: evidence[turn])
        return best if evidence[best] > _CLEARLY * evidence[0] else 0

    def _evidence(self, frame: NDArray[np.uint8]) -> float:
        """Return the log odds of all digits of a frame, as it is turned, together.

        One sure digit says more than two that a mirror could explain, too.
        """
        digits = self._seen(frame, None).digits
        return _log_odds([each for each in digits if each.reject is None])


def _is_believed(
    digits: Sequence[Digit], frame: NDArray[np.uint8], *, num_passed_over: int
) -> bool:
    """Return whether the page network is right that the rules missed these digits.

    Of a page without digits the rules read nothing either: many digits count that are
    sure together, or one that the picture is of.

    Args:
        digits: What the network sees.
        frame: `(H, W, 3)` uint8, BGR, where it sees them.
        num_passed_over: How many things the rules saw and rejected.
    """
    accepted = [each for each in digits if each.reject is None]
    if not accepted:
        return False
    mean = sum(each.confidence for each in accepted) / len(accepted)
    if mean >= _PAGE_CONFIDENCE and _log_odds(accepted) >= _PAGE_LOG_ODDS:
        return True
    tallest = max(accepted, key=lambda each: each.box_xywh[3])
    if tallest.box_xywh[3] < _FILLS * frame.shape[0]:
        return False
    is_alone = num_passed_over <= _ALONE and tallest.confidence >= _ALONE_CONFIDENCE
    return is_alone or _unevenness(frame, tallest.box_xywh) <= _EVEN


def _enlarged(box_xywh: Box, times: float) -> Box:
    x, y, w, h = (round(n * times) for n in box_xywh)
    return x, y, w, h


def _unevenness(frame: NDArray[np.uint8], box_xywh: Box) -> float:
    """Return the deviation of gray levels around a box, as a share of that within."""
    gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    x, y, w, h = box_xywh
    room = max(1, h // 20)  # a pen's soft edge
    within = np.zeros(gray.shape, np.uint8)
    within[max(0, y - room) : y + h + room, max(0, x - room) : x + w + room] = 255
    _, around = cv2.meanStdDev(gray, mask=255 - within)
    _, inside = cv2.meanStdDev(gray, mask=within)
    return float(around.item() / max(1.0, inside.item()))


def _log_odds(digits: Sequence[Digit]) -> float:
    """Return the log odds of digits together; no single one's are counted for more."""
    shares = np.clip([each.confidence for each in digits], 0.5, _SUREST)
    return float(np.log(shares / (1 - shares)).sum())


def _weighed(
    verdict: Verdict, candidates: Sequence[Candidate], scores: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return both readers' shares of what can be read, of what stands around it, too.

    Args:
        verdict: How they are combined.
        candidates: All of a frame.
        scores: `(N, 10)`, the second reader's of those N that can be read.
    """
    known = [each for each in candidates if each.scores is not None]
    if not known:
        return scores
    is_read = np.array([_is_readable(each) for each in known])
    edge = np.zeros((len(known), NUM_DIGITS), np.float32)
    edge[is_read] = scores
    page = np.array([each.scores for each in known], np.float32)
    boxes = np.array([each.box_xywh for each in known], np.float32)
    shares = verdict.shares(page, edge, near(boxes))[is_read]
    return np.asarray(shares, np.float32)


def _is_readable(candidate: Candidate) -> bool:
    return candidate.ink is not None and candidate.reject is None


def _normalized(candidates: Sequence[Candidate]) -> NDArray[np.uint8]:
    """Return the model's images of all that can be read, `(N, 28, 28)` uint8."""
    images = [
        normalise(each.ink)
        for each in candidates
        if each.ink is not None and each.reject is None
    ]
    return np.array(images, np.uint8).reshape(-1, INPUT_SIZE, INPUT_SIZE)


def _color(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the frame as BGR.

    Raises:
        ValueError: An array of another shape or dtype.
    """
    gray = frame.ndim == 2
    color = frame.ndim == 3 and frame.shape[2] == 3
    if not (gray or color) or frame.dtype != np.uint8 or not frame.size:
        raise ValueError(
            f"frame of shape (H, W, 3) or (H, W) and dtype uint8 expected, got "
            f"{frame.shape} {frame.dtype}"
        )
    if gray:
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
    return frame


def _part(
    frame: NDArray[np.uint8], roi_xywh: Box | None
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The part of a frame that is read, and where it begins.

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


def _in_reading_order(
    found: list[Digit], signs: list[grouping.Sign]
) -> tuple[list[Digit], list[Number]]:
    seen = [digit.box_xywh for digit in found]
    groups = grouping.with_signs(grouping.reading_order(seen), seen, signs)
    digits = [found[index] for group, _ in groups for index in group]
    boxes = [digit.box_xywh for digit in digits]
    labels = [digit.label for digit in digits]
    numbers, first = [], 0
    for group, between in groups:
        own = range(first, first + len(group))
        numbers.append(grouping.number(own, labels, boxes, between))
        first += len(group)
    return digits, numbers


def _expected(
    digits: list[Digit], numbers: list[Number], expect: re.Pattern[str]
) -> tuple[list[Digit], list[Number], list[Digit]]:
    """The digits and numbers that match, read as they match best, and other digits."""
    kept: list[Digit] = []
    kept_numbers: list[Number] = []
    others: list[Digit] = []
    for number in numbers:
        own = [digits[index] for index in number.digits]
        text = best_match(
            expect,
            [each.alternatives or ((each.label, each.confidence),) for each in own],
        )
        if text is None:
            others += own
            continue
        indexes = tuple(range(len(kept), len(kept) + len(own)))
        kept_numbers.append(replace(number, text=text, digits=indexes))
        kept += [
            _read_as(each, int(label)) for each, label in zip(own, text, strict=True)
        ]
    return kept, kept_numbers, others


def _read_as(digit: Digit, label: int) -> Digit:
    if label == digit.label:
        return digit
    return replace(digit, label=label, confidence=dict(digit.alternatives)[label])
