"""What is told when one page takes the place of another before the camera."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice, pairwise

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common.command import Row
from benchmarks.live.shaken import shaken
from edge_app.live.tracking.track import Event, Tracker
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sources.demo.demo_scene import Scene

FPS = 15
GAPS_S = (0.0, 0.1, 0.2, 0.5)
_PAGE_FRAMES = 9  # that each page is shown: 0.6 s
_FIRST_SEED = 5000
_LEAST_READ = 6  # of these frames: else a page says more of the reader


@dataclass(frozen=True)
class ShownPage:
    """A page that is shown.

    Attributes:
        numbers: What stands on it.
        readings: Of its frames.
        blend: Of a frame that was exposed while it took the place of the page before
            it, half of each; of the first page, of its first frame.
    """

    numbers: frozenset[str]
    readings: list[Reading]
    blend: Reading


@dataclass(frozen=True)
class Moment:
    """One frame of a swap.

    Attributes:
        reading: What is read in it.
        numbers: What stands on the pages that it shows, or on the one before where it
            shows none.
        old: What stood on the page before.
        after_s: Since the new page's first frame; negative before that.
    """

    reading: Reading
    numbers: frozenset[str]
    old: frozenset[str]
    after_s: float


@dataclass
class Tally:
    """What was told during swaps.

    Attributes:
        numbers: How many stand on the new pages.
        false_events: Events of a number that is not there, and every `changed`: no
            number does.
        false_frames: Frames with a number of neither page.
        longest_false_s: The longest that such a number was shown.
        longest_old_s: The longest that a number was shown that is on the page before
            only, after that was taken away.
        settle_s: Of each number that settled, from its page's first frame.
    """

    numbers: int = 0
    false_events: int = 0
    false_frames: int = 0
    longest_false_s: float = 0.0
    longest_old_s: float = 0.0
    settle_s: list[float] = field(default_factory=list)

    def add(self, moments: Sequence[Moment], tracker: Tracker, start_s: float) -> None:
        """Count what a tracker tells of one swap, whose first frame is at `start_s`."""
        num_false = num_old = 0
        for n, moment in enumerate(moments):
            time_s = start_s + n / FPS
            tracked, events = tracker.update(moment.reading, time_s)
            self._add_events(moment, events)
            texts = {number.text for number in tracked.numbers}
            is_false = bool(texts - moment.old - moments[-1].numbers)
            is_old = bool(texts & (moment.old - moments[-1].numbers))
            self.false_frames += is_false
            num_false = num_false + 1 if is_false else 0
            num_old = num_old + 1 if is_old else 0
            self.longest_false_s = max(self.longest_false_s, num_false / FPS)
            self.longest_old_s = max(self.longest_old_s, num_old / FPS)
        self.numbers += len(moments[-1].numbers)

    def _add_events(self, moment: Moment, events: Sequence[Event]) -> None:
        for event in events:
            is_there = event.text in moment.numbers
            if event.kind == "settled" and is_there and moment.after_s >= 0:
                self.settle_s.append(moment.after_s)
            if event.kind != "gone" and (event.kind == "changed" or not is_there):
                self.false_events += 1


def pages(reader: Reader) -> Iterator[ShownPage]:
    """Yield pages of the demo scene before a shaky camera, without end."""
    before: NDArray[np.uint8] | None = None
    for seed in count(_FIRST_SEED):
        scene = Scene(seed=seed)
        times = [n / FPS for n in range(_PAGE_FRAMES)]
        frames = [shaken(scene.frame(t)[0], seed, t)[0] for t in times]
        readings = [reader.read(frame) for frame in frames]
        numbers = frozenset(scene.numbers)
        num_read = sum(
            {number.text for number in r.numbers} == numbers for r in readings
        )
        if num_read < _LEAST_READ:
            continue
        other = frames[0] if before is None else before
        half = (frames[0].astype(np.uint16) + other) // 2
        yield ShownPage(numbers, readings, reader.read(half.astype(np.uint8)))
        before = frames[-1]


def moments(
    before: ShownPage, page: ShownPage, blank: Reading, gap_s: float, *, blended: bool
) -> list[Moment]:
    """Return the frames of a swap: the gap, perhaps a blended one, and the new page's.

    Args:
        before: The page that is taken away.
        page: The one that comes.
        blank: What is read on a sheet without digits.
        gap_s: How long that is seen in between.
        blended: Whether one frame shows both pages.
    """
    old = before.numbers
    seen = [(blank, old)] * round(gap_s * FPS)
    if blended:
        seen.append((page.blend, old | page.numbers))
    num_before = len(seen)
    seen += [(reading, page.numbers) for reading in page.readings]
    return [
        Moment(reading, numbers, old, (n - num_before) / FPS)
        for n, (reading, numbers) in enumerate(seen)
    ]


def tally_of(
    shown: Sequence[ShownPage], blank: Reading, gap_s: float, *, blended: bool
) -> Tally:
    """Return what a tracker tells while pages are swapped; as `moments` takes them."""
    tracker, tally = Tracker(), Tally()
    num_frames = len(shown[0].readings)
    for n, reading in enumerate(shown[0].readings):
        tracker.update(reading, n / FPS)
    for before, page in pairwise(shown):
        swap = moments(before, page, blank, gap_s, blended=blended)
        tally.add(swap, tracker, num_frames / FPS)
        num_frames += len(swap)
    return tally


def measure(reader: Reader, *, swaps: int) -> Iterator[Row]:
    """Yield what is reported of `swaps` swaps, with each gap, cut and blended."""
    found = islice(pages(reader), swaps + 1)
    shown = list(tqdm(found, total=swaps + 1, unit="page", leave=False))
    width, height = shown[0].readings[0].width, shown[0].readings[0].height
    blank = reader.read(np.full((height, width, 3), 235, np.uint8))
    for blended in (False, True):
        for gap_s in GAPS_S:
            tally = tally_of(shown, blank, gap_s, blended=blended)
            yield row(tally, gap_s, swaps=swaps, blended=blended)


def row(tally: Tally, gap_s: float, *, swaps: int, blended: bool) -> Row:
    """Return the figures of a tally."""
    return {
        "gap_s": gap_s,
        "blended": "yes" if blended else "no",
        "swaps": swaps,
        "false_events": tally.false_events,
        "false_frames": tally.false_frames,
        "longest_false_s": round(tally.longest_false_s, 2),
        "longest_old_s": round(tally.longest_old_s, 2),
        "numbers": tally.numbers,
        "settled": len(tally.settle_s),
        "settle_p50_s": round(float(np.percentile(tally.settle_s, 50)), 2),
        "settle_max_s": round(max(tally.settle_s), 2),
    }
