"""The events while one page takes the place of another before the camera."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice, pairwise

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common.command import Row
from benchmarks.common.percentiles import percentile
from benchmarks.live import FRAMES_PER_S
from benchmarks.live.shaken import shaken
from edge_app.live.tracking.track import Event, Tracker
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sources.demo.demo_scene import Scene


@dataclass(frozen=True)
class SwapConstants:
    """Pages that are swapped, and times between them.

    Attributes:
        gaps_s: Between two pages, one after the other.
        num_frames: For which each page is shown: 0.6 s.
        first_seed: Of the pages.
    """

    gaps_s: tuple[float, ...] = (0.0, 0.1, 0.2, 0.5)
    num_frames: int = 9
    first_seed: int = 5000


SWAPS = SwapConstants()


@dataclass(frozen=True)
class ShownPage:
    """A page that is shown.

    Attributes:
        numbers: What stands on it.
        readings: Of its frames.
        blend: Of a frame that was exposed while it took the place of the page before
            it, half of each; of the first page, of its first frame.
        misread: What else is told of it when it is shown alone.
    """

    numbers: frozenset[str]
    readings: list[Reading]
    blend: Reading
    misread: frozenset[str]

    @property
    def texts(self) -> frozenset[str]:
        """Return all that is told of it when it is shown alone."""
        return self.numbers | self.misread

    @property
    def read_rightly(self) -> frozenset[str]:
        """Return its numbers that are read in each of its frames."""
        return self.numbers.intersection(*map(_texts, self.readings))


@dataclass(frozen=True)
class Moment:
    """One frame of a swap.

    Attributes:
        reading: What is read in it.
        after_s: Since the new page's first frame; negative before that.
    """

    reading: Reading
    after_s: float


@dataclass
class Tally:
    """Counts of what was read and reported wrongly during swaps.

    What is told of a page that is shown alone, but does not stand there, was misread:
    that is no fault of the swap.

    Attributes:
        false_events: Events of a number that is told of neither page alone, or that
            continues one of the page before as another one.
        false_frames: Frames with a number that is told of neither page alone.
        misread_events: Other events of a number that stands on neither page.
        misread_frames: Other frames with a number that stands on neither page.
        longest_old_s: The longest that a number was shown that is on the page before
            only, after that was taken away.
        numbers: How many stand on the new pages and are read rightly in each frame.
        settle_s: Of each of these that settled, from its page's first frame.
    """

    false_events: int = 0
    false_frames: int = 0
    misread_events: int = 0
    misread_frames: int = 0
    longest_old_s: float = 0.0
    numbers: int = 0
    settle_s: list[float] = field(default_factory=list)
    last_id: int = 0  # of the numbers that appeared until now: they are counted up

    def see(self, events: Sequence[Event]) -> None:
        """Take what happened without a swap."""
        ids = [event.number_id for event in events]
        self.last_id = max([self.last_id, *ids])

    def add(
        self,
        before: ShownPage,
        page: ShownPage,
        moments: Sequence[Moment],
        tracker: Tracker,
        start_s: float,
    ) -> None:
        """Count what a tracker tells of one swap, whose first frame is at `start_s`."""
        num_old, last_old_id = 0, self.last_id
        for n, moment in enumerate(moments):
            time_s = start_s + n / FRAMES_PER_S
            tracked, events = tracker.update(moment.reading, time_s)
            texts = _texts(tracked)
            self.false_frames += bool(texts - before.texts - page.texts)
            self.misread_frames += bool(texts & (before.misread | page.misread))
            num_old = num_old + 1 if texts & (before.texts - page.texts) else 0
            self.longest_old_s = max(self.longest_old_s, num_old / FRAMES_PER_S)
            for event in events:
                is_old = event.number_id <= last_old_id
                # While a gap or a blended frame is seen, the page before counts, too.
                texts = before.texts if is_old else page.texts
                if moment.after_s >= 0 and is_old:
                    texts &= page.texts
                self._add_event(event, texts, page.numbers | before.numbers)
                if event.kind == "settled" and event.text in page.read_rightly:
                    self.settle_s.append(moment.after_s)
            self.see(events)
        self.numbers += len(page.read_rightly)

    def _add_event(
        self, event: Event, texts: frozenset[str], numbers: frozenset[str]
    ) -> None:
        if event.kind == "gone":
            return
        if event.text not in texts:
            self.false_events += 1
        elif event.text not in numbers or event.kind == "changed":
            self.misread_events += 1


def pages(reader: Reader) -> Iterator[ShownPage]:
    """Yield pages of the demo scene before a shaky camera, without end."""
    before: NDArray[np.uint8] | None = None
    for seed in count(SWAPS.first_seed):
        scene = Scene(seed=seed)
        times = [n / FRAMES_PER_S for n in range(SWAPS.num_frames)]
        frames = [shaken(scene.frame(t)[0], seed, t)[0] for t in times]
        readings = [reader.read(frame) for frame in frames]
        numbers = frozenset(scene.numbers)
        other = frames[0] if before is None else before
        half = (frames[0].astype(np.uint16) + other) // 2
        blend = reader.read(half.astype(np.uint8))
        yield ShownPage(numbers, readings, blend, texts_alone(readings) - numbers)
        before = frames[-1]


def texts_alone(readings: Sequence[Reading]) -> frozenset[str]:
    """Return what is read, and what a tracker tells, of a page that was not swapped."""
    tracker = Tracker()
    texts: set[str] = set()
    for n, reading in enumerate(readings):
        tracked, events = tracker.update(reading, n / FRAMES_PER_S)
        texts |= _texts(reading) | _texts(tracked) | {event.text for event in events}
    return frozenset(texts)


def moments(
    page: ShownPage, blank: Reading, gap_s: float, *, blended: bool
) -> list[Moment]:
    """Return the frames of a swap: the gap, perhaps a blended one, and the new page's.

    Args:
        page: The one that comes.
        blank: What is read on a sheet without digits.
        gap_s: How long that is seen in between.
        blended: Whether one frame shows both pages.
    """
    seen = [blank] * round(gap_s * FRAMES_PER_S)
    if blended:
        seen.append(page.blend)
    num_before = len(seen)
    return [
        Moment(reading, (n - num_before) / FRAMES_PER_S)
        for n, reading in enumerate([*seen, *page.readings])
    ]


def tally_of(
    shown: Sequence[ShownPage], blank: Reading, gap_s: float, *, blended: bool
) -> Tally:
    """Return what a tracker tells while pages are swapped; as `moments` takes them."""
    tracker, tally = Tracker(), Tally()
    num_frames = len(shown[0].readings)
    for n, reading in enumerate(shown[0].readings):
        tally.see(tracker.update(reading, n / FRAMES_PER_S)[1])
    for before, page in pairwise(shown):
        swap = moments(page, blank, gap_s, blended=blended)
        tally.add(before, page, swap, tracker, num_frames / FRAMES_PER_S)
        num_frames += len(swap)
    return tally


def measure(reader: Reader, *, swaps: int) -> Iterator[Row]:
    """Yield what is reported of `swaps` swaps, with each gap, cut and blended."""
    found = islice(pages(reader), swaps + 1)
    shown = list(tqdm(found, total=swaps + 1, unit="page", leave=False))
    width, height = shown[0].readings[0].width, shown[0].readings[0].height
    blank = reader.read(np.full((height, width, 3), 235, np.uint8))
    for blended in (False, True):
        for gap_s in SWAPS.gaps_s:
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
        "misread_events": tally.misread_events,
        "misread_frames": tally.misread_frames,
        "longest_old_s": round(tally.longest_old_s, 2),
        "numbers": tally.numbers,
        "settled": len(tally.settle_s),
        "settle_p50_s": percentile(tally.settle_s, 50),
        "settle_max_s": percentile(tally.settle_s, 100),
    }


def _texts(reading: Reading) -> frozenset[str]:
    return frozenset(number.text for number in reading.numbers)
