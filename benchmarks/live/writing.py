"""The events while digits are written: are any believed before they are finished?

Numbers are written stroke by stroke before the camera, by real hands.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common.command import Row
from benchmarks.common.percentiles import percentile
from benchmarks.live import FRAMES_PER_S
from benchmarks.live.shaken import shaken
from edge_app.live.tracking.track import Event, Tracker
from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sources.demo.demo_scene import Points
from train.scenes.glyph_page import gray_levels
from train.scenes.writing import pens
from train.scenes.writing.handwriting import Strokes
from train.scenes.writing.pens import Pen

if TYPE_CHECKING:  # it is only passed on
    from train.scenes.writing.hands import Hands

_WRITING_SEED = 7
RESTS_S = (0.25, 0.4, 0.5, TRACKING.rested_s, 0.8)  # that are tried


@dataclass(frozen=True)
class _Pace:
    """Size and speed of written numbers.

    A hand makes five to ten movements a second, of which a digit takes three to eight
    and lifting the pen to its next stroke one to three (Schomaker et al., A taxonomy of
    multimodal interaction in the human information processing system, 1995, appendix
    E). What has two values lies between them.

    Attributes:
        size_wh: Of the frames.
        heights_px: Of a digit.
        pen_of_height: Width of a stroke, of a digit's height.
        blur_sigma_px: Of the camera's.
        most_digits: Of a number.
        between_of_height: From a digit to the next one, of their height.
        heights_per_s: How far the pen goes in a second, in digits' heights.
        lift_s: From a stroke to the next one of a digit.
        next_digit_s: More, to the first stroke of the next digit.
        before_s: That only the paper is seen.
        after_s: That the whole number is seen.
    """

    size_wh: tuple[int, int] = (640, 480)
    heights_px: tuple[float, float] = (60, 140)
    pen_of_height: tuple[float, float] = (0.06, 0.12)
    blur_sigma_px: float = 0.6
    most_digits: int = 3
    between_of_height: tuple[float, float] = (0.2, 0.4)
    heights_per_s: tuple[float, float] = (1.5, 6.0)
    lift_s: tuple[float, float] = (0.1, 0.6)
    next_digit_s: tuple[float, float] = (0.2, 0.8)
    before_s: float = 0.3
    after_s: float = 1.5


_WRITING_PACE = _Pace()


@dataclass(frozen=True)
class Stroke:
    """A stroke of the pen.

    Attributes:
        points: `(N, 2)` float32, in pixels of the frame.
        starts_s: When the pen is set down.
        ends_s: When it is lifted.
    """

    points: Points
    starts_s: float
    ends_s: float

    def until(self, time_s: float) -> Points | None:
        """Return what of it is there at a time; `None` for nothing."""
        if time_s <= self.starts_s:
            return None
        share = min(1.0, (time_s - self.starts_s) / (self.ends_s - self.starts_s))
        return self.points[: max(2, round(share * len(self.points)))]


@dataclass(frozen=True)
class Writing:
    """A number that is being written.

    Attributes:
        text: What it will be.
        strokes: In the order in which they are written.
        height: Of its digits, in pixels.
        seed: Of the pen and the camera.
    """

    text: str
    strokes: list[Stroke]
    height: float
    seed: int

    @property
    def ends_s(self) -> float:
        """Return when the last stroke ends."""
        return self.strokes[-1].ends_s

    def frame(self, time_s: float) -> NDArray[np.uint8]:
        """Return what the camera sees, `(480, 640, 3)` uint8, BGR."""
        width, height = _WRITING_PACE.size_wh
        ink = np.zeros((height, width), np.float32)
        drawn = [stroke.until(time_s) for stroke in self.strokes]
        # The same pen in each frame.
        rng = np.random.default_rng([self.seed, _WRITING_SEED])
        pen = Pen(width=float(rng.uniform(*_WRITING_PACE.pen_of_height)), variation=0.0)
        if there := [stroke for stroke in drawn if stroke is not None]:
            pens.draw(ink, there, pen, self.height, rng)
        gray = gray_levels(ink, blur_sigma_px=_WRITING_PACE.blur_sigma_px)
        page = cv2.cvtColor(gray.astype(np.uint8), cv2.COLOR_GRAY2BGR)
        return shaken(np.asarray(page, np.uint8), self.seed, time_s)[0]


@dataclass(frozen=True)
class WritingOutcome:
    """News of a number while it was written.

    Attributes:
        text: What it is.
        believed: What settled, or changed to, one after the other.
        settle_s: From the end of its last stroke until it settled as it is; `None`
            where it did not.
    """

    text: str
    believed: list[str]
    settle_s: float | None

    @property
    def was_wrong_first(self) -> bool:
        """Return whether a text that is no beginning of it was believed before."""
        return not all(self.text.startswith(text) for text in self.believed)


def written(seed: int, hands: "Hands") -> Writing:
    """Return a number that one of the hands writes.

    Args:
        seed: Decides everything random.
        hands: One of whom writes.
    """
    rng = np.random.default_rng([seed, _WRITING_SEED])
    hand = hands.writer(rng)
    height = float(rng.uniform(*_WRITING_PACE.heights_px))
    digits = rng.integers(
        0, 10, rng.integers(1, _WRITING_PACE.most_digits + 1)
    ).tolist()
    speed = height * rng.uniform(*_WRITING_PACE.heights_per_s)
    time_s, x, y = (
        _WRITING_PACE.before_s,
        0.15 * _WRITING_PACE.size_wh[0],
        0.3 * _WRITING_PACE.size_wh[1],
    )
    strokes: list[Stroke] = []
    for label in digits:
        placed = _placed(hand.digit(label, rng), height, x, y)
        for points in placed:
            length = sum(float(np.hypot(*(b - a))) for a, b in pairwise(points))
            ends_s = time_s + max(1 / FRAMES_PER_S, length / speed)
            strokes.append(Stroke(points, time_s, ends_s))
            time_s = ends_s + rng.uniform(*_WRITING_PACE.lift_s)
        x = max(float(stroke[:, 0].max()) for stroke in placed)
        x += height * rng.uniform(*_WRITING_PACE.between_of_height)
        time_s += rng.uniform(*_WRITING_PACE.next_digit_s)
    return Writing("".join(map(str, digits)), strokes, height, seed)


def readings(reader: Reader, writing: Writing) -> Iterator[tuple[Reading, float]]:
    """Yield what is read in each frame, and when that was."""
    for n in range(round((writing.ends_s + _WRITING_PACE.after_s) * FRAMES_PER_S)):
        yield reader.read(writing.frame(n / FRAMES_PER_S)), n / FRAMES_PER_S


def outcome(
    writing: Writing,
    seen: Iterable[tuple[Reading, float]],
    *,
    rested_s: float = TRACKING.rested_s,
) -> WritingOutcome:
    """Return what a tracker tells of a number, frame by frame; see `Tracker`."""
    tracker = Tracker(rested_s=rested_s)
    events: list[Event] = []
    for reading, time_s in seen:
        events += tracker.update(reading, time_s)[1]
    believed = [event for event in events if event.kind in ("settled", "changed")]
    is_right = bool(believed) and believed[-1].text == writing.text
    return WritingOutcome(
        writing.text,
        [belief.text for belief in believed],
        believed[-1].time_s - writing.ends_s if is_right else None,
    )


def measure(reader: Reader, hands: "Hands", *, count: int) -> Row:
    """Return what is reported of `count` numbers while they are written."""
    outcomes = []
    for seed in tqdm(range(count), unit="number", leave=False):
        writing = written(seed, hands)
        outcomes.append(outcome(writing, readings(reader, writing)))
    return summary(outcomes)


def measure_rests(reader: Reader, hands: "Hands", *, count: int) -> Iterator[Row]:
    """Yield the same for each time that written digits may have to rest."""
    outcomes: dict[float, list[WritingOutcome]] = {rest_s: [] for rest_s in RESTS_S}
    for seed in tqdm(range(count), unit="number", leave=False):
        writing = written(seed, hands)
        seen = list(readings(reader, writing))
        for rested_s, found in outcomes.items():
            found.append(outcome(writing, seen, rested_s=rested_s))
    for rested_s, found in outcomes.items():
        yield {"rested_s": rested_s, **summary(found)}


def summary(outcomes: Sequence[WritingOutcome]) -> Row:
    """Return the figures of all numbers; who is misread to the end counts apart."""
    right = [outcome for outcome in outcomes if outcome.settle_s is not None]
    settle_s = [outcome.settle_s for outcome in right if outcome.settle_s is not None]
    return {
        "numbers": len(outcomes),
        "settled_right_in_the_end": len(right),
        "wrong_first": sum(outcome.was_wrong_first for outcome in right),
        "settle_p50_s": percentile(settle_s, 50),
        "settle_p95_s": percentile(settle_s, 95),
    }


def _placed(strokes: Strokes, height: float, x: float, y: float) -> Strokes:
    """Move strokes of a digit of height 1 to `x` (left) and `y` (top)."""
    left = min(float(stroke[:, 0].min()) for stroke in strokes)
    place = np.array([x - left * height, y])
    return [(stroke * height + place).astype(np.float32) for stroke in strokes]
