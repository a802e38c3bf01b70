"""The gain of some corrections of one hand: its other digits, and MNIST's, by then.

Those hands of the part kept apart who wrote most digits. A hand's digits are drawn as a
model sees them (`train.data.drawings`) and held back in turns, a part at a time; of the
others, up to so many are corrected, rightly read or not; the shipped network is adapted
to them as ``python -m train adapt`` does, and reads those held back, each drawn several
times. So each digit is read once by a network that was not corrected on it.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from edge_app.common import option_types
from edge_app.common.errors import DataError
from edge_app.model.normalize import INPUT_SIZE
from train.data import mnist as data
from train.data.mnist import Split
from train.fit import backend
from train.fit.fit_settings import AdaptSettings

if TYPE_CHECKING:
    import keras

    from train.scenes.writing.hands import Hands

ALL, _INVENTED = "all", "an invented four"
_AVERAGED_FIGURES = ("before", "after", "mnist_before", "mnist_after")


@dataclass(frozen=True)
class CorrectionConstants:
    """Digits that are corrected, and those that are read after.

    Attributes:
        seed: Of their choice and drawing.
        num_copies: Drawings of each digit that is read, not corrected.
        num_rounds: In each of which a quarter of a hand's digits is held back.
    """

    seed: int = 5
    num_copies: int = 8
    num_rounds: int = 4


CORRECTION = CorrectionConstants()


def rounds(
    hands: "Hands", writer: str, *, corrected: int, seed: int
) -> Iterator[tuple[Split, Split]]:
    """Yield what is corrected in each round, and drawings of what is held back in it.

    Args:
        hands: Among whom the writer is.
        writer: Whose digits.
        corrected: How many are corrected, at most.
        seed: Decides which those are, and the pens.

    Raises:
        DataError: The hand wrote too few digits.
    """
    rng = np.random.default_rng(seed)
    samples = hands.samples("digits", writer)
    num_rounds = CORRECTION.num_rounds
    if len(samples) < num_rounds:
        raise DataError(
            f"{writer}: wrote {len(samples)} digits, at least {num_rounds} expected"
        )
    order = [samples[index] for index in rng.permutation(len(samples))]
    for number in range(num_rounds):
        held = order[number::num_rounds]
        others = [
            sample for index, sample in enumerate(order) if index % num_rounds != number
        ]
        yield (
            _drawn(hands, others[:corrected], 1, rng),
            _drawn(hands, held, CORRECTION.num_copies, rng),
        )


def invented(count: int, *, seed: int) -> Split:
    """Return fours as nobody writes them: a cross in a circle.

    Args:
        count: How many.
        seed: Decides where and how large they are.
    """
    rng = np.random.default_rng(seed)
    images = np.zeros((count, INPUT_SIZE, INPUT_SIZE), np.uint8)
    for image in images:
        x, y = rng.integers(12, 17, 2).tolist()
        radius = int(rng.integers(7, 10))
        cv2.circle(image, (x, y), radius, 255, 2, cv2.LINE_AA)
        cv2.line(image, (x - radius, y), (x + radius, y), 255, 2, cv2.LINE_AA)
        cv2.line(image, (x, y - radius), (x, y + radius), 255, 2, cv2.LINE_AA)
    return Split(images, np.full(count, 4, np.uint8))


def _drawn(
    hands: "Hands",
    samples: Sequence[tuple[str, int]],
    copies: int,
    rng: np.random.Generator,
) -> Split:
    from train.data import drawings

    repeated = [sample for sample in samples for _ in range(copies)]
    images = [
        drawings.drawing(hands.strokes("digits", index), rng) for _, index in repeated
    ]
    labels = [int(label) for label, _ in repeated]
    return Split(np.array(images, np.uint8), np.array(labels, np.uint8))


@dataclass(frozen=True)
class _Adapting:
    """A shipped network that is adapted, and what that changes.

    Attributes:
        test: MNIST's test images.
        mnist_before: Its accuracy on these.
        adapted: Returns a network adapted to corrections.
        accuracy_before: Returns its accuracy on images.
    """

    test: Split
    mnist_before: float
    adapted: Callable[[Split], "keras.Model"]
    accuracy_before: Callable[[Split], float]

    def row(self, pairs: Iterable[tuple[Split, Split]]) -> Row:
        """Return what all rounds of a hand together give."""
        from train.fit import adapt

        found = []
        for corrections, others in pairs:
            after = self.adapted(corrections)
            found.append(
                (
                    len(corrections),
                    len(others) // CORRECTION.num_copies,
                    self.accuracy_before(others),
                    adapt.accuracy(after, others),
                    adapt.accuracy(after, self.test),
                )
            )
        num_corrected, num_others, before, read, mnist_after = map(
            np.array, zip(*found, strict=True)
        )
        return {
            "corrected": round(float(num_corrected.mean())),
            "others": int(num_others.sum()),
            "before": float(np.average(before, weights=num_others)),
            "after": float(np.average(read, weights=num_others)),
            "mnist_before": self.mnist_before,
            "mnist_after": float(mnist_after.mean()),
            "mnist_worst": float(mnist_after.min()),
        }


def measure(
    hands: "Hands",
    writers: Sequence[str],
    *,
    mnist: Path | None,
    unknowns: Path | None,
    corrected: int,
) -> list[Row]:
    """Return the accuracy before and after corrections; a row a hand, then all of them.

    The last row is of a digit that is written as nobody does.

    Args:
        hands: Among whom the writers are.
        writers: Who is corrected, each for networks of their own.
        mnist: Folder with MNIST's files.
        unknowns: Folder with Omniglot's archives.
        corrected: Digits of each that are, at most.
    """
    from train.fit import adapt

    shipped, settings = adapt.start(None), AdaptSettings()
    test = data.load(mnist, "t10k")
    kept = adapt.anchors(data.load(mnist, "train"), unknowns, seed=CORRECTION.seed)
    rehearsed = adapt.rehearsal(shipped, kept, settings)
    adapting = _Adapting(
        test=test,
        mnist_before=adapt.accuracy(shipped, test),
        adapted=lambda found: adapt.adapted(shipped, found, rehearsed, settings),
        accuracy_before=lambda others: adapt.accuracy(shipped, others),
    )

    rows = [
        {
            "hand": writer,
            **adapting.row(
                rounds(hands, writer, corrected=corrected, seed=CORRECTION.seed)
            ),
        }
        for writer in tqdm(writers, unit="hand", leave=False, disable=None)
    ]
    fours = (
        invented(corrected, seed=CORRECTION.seed),
        invented(CORRECTION.num_copies * 10, seed=CORRECTION.seed + 1),
    )
    return [*rows, _together(rows), {"hand": _INVENTED, **adapting.row([fours])}]


def _together(rows: Sequence[Row]) -> Row:
    """Return a row of all hands, each digit of which counts alike."""
    others = [row["others"] for row in rows]

    def mean(name: str) -> float:
        return float(np.average([row[name] for row in rows], weights=others))

    return {
        "hand": ALL,
        "corrected": round(mean("corrected")),
        "others": sum(others),
        **{name: mean(name) for name in _AVERAGED_FIGURES},
        "mnist_worst": min(row["mnist_worst"] for row in rows),
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "correction",
        _run,
        text="correct digits of one hand, adapt the network, read its other digits",
        example="--strokes ../shared/data/strokes --data ../shared/data/mnist",
    )
    heldout.add_options(parser, required=True)
    benchmark_options.add_data(parser)
    benchmark_options.add_unknowns(parser)
    parser.add_argument(
        "--writers",
        type=option_types.positive,
        default=10,
        help="who wrote most digits",
    )
    parser.add_argument(
        "--corrected",
        type=option_types.positive,
        default=30,
        help="digits of each, at most",
    )


def _run(arguments: argparse.Namespace) -> Result:
    backend.start()
    hands = heldout.hands(arguments.strokes, arguments.part)
    busiest = sorted(
        hands.writers, key=lambda writer: -len(hands.samples("digits", writer))
    )
    rows = measure(
        hands,
        busiest[: arguments.writers],
        mnist=arguments.data,
        unknowns=arguments.unknowns,
        corrected=arguments.corrected,
    )
    return Result(
        f"edge (float32) adapted to digits of one hand of the part {arguments.part}",
        rows,
        shown=in_percent(rows),
    )
