"""What some corrections of one hand give: its other digits, and MNIST's, by then.

Hands of the part kept apart, who wrote most digits. Of each, some digits are drawn as a
model sees them (`train.data.drawings`) and corrected, all of them, rightly read or not;
the shipped network is adapted to them as ``python -m train adapt`` does, and reads the
hand's other digits, each drawn several times.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.common import heldout, options
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from edge_app.common import option_types
from edge_app.common.errors import DataError
from edge_app.model.normalize import INPUT_SIZE
from train.data import mnist as data
from train.data.mnist import Split
from train.fit import backend
from train.fit.settings import AdaptSettings

if TYPE_CHECKING:
    from train.scenes.writing.hands import Hands

_SEED = 5
_LEAST_OTHERS = 10  # digits of a hand, for --misread
_COPIES = 8  # drawings of each digit that is read, not corrected
_INVENTED = "an invented four"


def split(
    hands: "Hands", writer: str, *, corrected: int, seed: int
) -> tuple[Split, Split]:
    """Return a hand's corrected digits, and drawings of the others.

    Args:
        hands: Among whom the writer is.
        writer: Whose digits.
        corrected: How many are corrected.
        seed: Decides which those are, and the pens.

    Raises:
        DataError: There would be no others.
    """
    rng = np.random.default_rng(seed)
    samples = hands.samples("digits", writer)
    if len(samples) <= corrected:
        raise DataError(
            f"{writer}: wrote {len(samples)} digits, so --corrected {corrected} leaves "
            "none to read; correct fewer"
        )
    order = [samples[index] for index in rng.permutation(len(samples))]
    return (
        _drawn(hands, order[:corrected], 1, rng),
        _drawn(hands, order[corrected:], _COPIES, rng),
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


def measure(
    hands: "Hands",
    writers: Sequence[str],
    *,
    mnist: Path | None,
    unknowns: Path | None,
    corrected: int,
    rounds: int,
) -> list[Row]:
    """Return the accuracy before and after corrections; a row a hand and round.

    The last row is of a digit that is written as nobody does.

    Args:
        hands: Among whom the writers are.
        writers: Who is corrected, each for a network of their own.
        mnist: Folder with MNIST's files.
        unknowns: Folder with Omniglot's archives.
        corrected: Digits of each that are.
        rounds: How often, with other digits.
    """
    from train.fit import adapt

    shipped = adapt.start(None)
    test = data.load(mnist, "t10k")
    kept = adapt.anchors(data.load(mnist, "train"), unknowns, seed=_SEED)
    mnist_before = adapt.accuracy(shipped, test)
    tried = [
        (writer, *split(hands, writer, corrected=corrected, seed=_SEED + number))
        for writer in writers
        for number in range(rounds)
    ]
    fours = invented(corrected, seed=_SEED), invented(_COPIES * 10, seed=_SEED + 1)
    rows: list[Row] = []
    for hand, corrections, others in [*tried, (_INVENTED, *fours)]:
        adapted = adapt.adapted(shipped, corrections, kept, AdaptSettings())
        rows.append(
            {
                "hand": hand,
                "corrected": len(corrections),
                "read_wrongly": round(
                    len(corrections) * (1 - adapt.accuracy(shipped, corrections))
                ),
                "others": len(others) // _COPIES,
                "before": adapt.accuracy(shipped, others),
                "after": adapt.accuracy(adapted, others),
                "mnist_before": mnist_before,
                "mnist_after": adapt.accuracy(adapted, test),
            }
        )
    return rows


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
    options.add_data(parser)
    options.add_unknowns(parser)
    add = parser.add_argument
    add(
        "--writers", type=option_types.positive, default=3, help="who wrote most digits"
    )
    add(
        "--misread",
        action="store_true",
        default=False,
        help="take those whose corrected digits are read worst instead, as people "
        "would",
    )
    add("--corrected", type=option_types.positive, default=30, help="digits of each")
    add(
        "--rounds", type=option_types.positive, default=2, help="with other digits each"
    )


def _busiest(hands: "Hands", corrected: int) -> list[str]:
    """Return who wrote most digits, the busiest first."""
    del corrected
    return sorted(
        hands.writers, key=lambda writer: -len(hands.samples("digits", writer))
    )


def _misread(hands: "Hands", corrected: int) -> list[str]:
    """Return whose corrected digits are read worst, the worst first."""
    from train.fit import adapt

    shipped = adapt.start(None)

    def accuracy(writer: str) -> float:
        digits, _ = split(hands, writer, corrected=corrected, seed=_SEED)
        return adapt.accuracy(shipped, digits)

    writers = [
        writer
        for writer in hands.writers
        if len(hands.samples("digits", writer)) >= corrected + _LEAST_OTHERS
    ]
    return sorted(writers, key=accuracy)


def _run(arguments: argparse.Namespace) -> Result:
    backend.start()
    hands = heldout.hands(arguments.strokes, arguments.part)
    chosen = _misread if arguments.misread else _busiest
    writers = chosen(hands, arguments.corrected)
    rows = measure(
        hands,
        writers[: arguments.writers],
        mnist=arguments.data,
        unknowns=arguments.unknowns,
        corrected=arguments.corrected,
        rounds=arguments.rounds,
    )
    return Result(
        f"edge (float32) adapted to digits of one hand of the part {arguments.part}",
        rows,
        shown=in_percent(rows),
    )
