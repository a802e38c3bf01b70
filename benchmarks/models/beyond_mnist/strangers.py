"""The accuracy on single digits of hands that nobody trained on.

UNIPEN's samples of the writers kept apart, drawn with pens of many kinds and sizes
(`train.data.drawings`), a few times each; and letters and signs of the same hands,
without those that may be digits.
"""

import argparse
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, test_digits
from benchmarks.common.command import (
    Commands,
    Result,
    Row,
    benchmark,
    in_percent,
    share,
)
from edge_app.common import option_types
from edge_app.model import normalize
from edge_app.model.classify import Classifier
from train.data import drawings
from train.data.mnist import Split

if TYPE_CHECKING:  # it is only passed on
    from train.scenes.writing.hands import Hands

_STRANGERS_SEED = 5  # of the drawings: the same for every model and part
_NO_DIGITS: tuple[drawings.DrawnKind, ...] = ("letters", "symbols")


def drawn(hands: "Hands", *, copies: int, jobs: int = 1) -> dict[str, Split]:
    """Return drawings by kind: `digits`, `letters` and `symbols`.

    Args:
        hands: Who wrote.
        copies: Drawings of each sample.
        jobs: Processes that draw.
    """
    return {
        kind: drawings.drawn(
            hands, kind, copies=copies, seed=_STRANGERS_SEED, jobs=jobs
        )
        for kind in ("digits", *_NO_DIGITS)
    }


def measure(
    classifiers: Mapping[str, Classifier], drawn: Mapping[str, Split]
) -> list[Row]:
    """Return shares of digits read rightly, of all and of the accepted, by model.

    Args:
        classifiers: The models by name.
        drawn: From `drawn`.
    """
    inputs = {
        kind: normalize.to_model_input(split.images) for kind, split in drawn.items()
    }
    rows = []
    for model, classifier in tqdm(classifiers.items(), unit="model", leave=False):
        found = classifier(inputs["digits"])
        is_right = (
            np.array([prediction.label for prediction in found])
            == drawn["digits"].labels
        )
        accepted = np.array([prediction.accepted for prediction in found])
        taken = {
            kind: [prediction.accepted for prediction in classifier(inputs[kind])]
            for kind in _NO_DIGITS
        }
        rows.append(
            {
                "model": model,
                "digits": len(found),
                "accuracy": float(is_right.mean()),
                "accepted": float(accepted.mean()),
                "accuracy_of_accepted": share(is_right[accepted]),
                "no_digits": sum(map(len, taken.values())),
                **{
                    f"{kind}_accepted": share(accepted_here)
                    for kind, accepted_here in taken.items()
                },
                "both_accepted": share(list(chain(*taken.values()))),
            }
        )
    return rows


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "hands",
        _run,
        text="read single digits, letters and signs of hands that nobody trained on",
        example="--strokes ../shared/data/strokes --models edge-int8",
    )
    heldout.add_options(parser, required=True)
    parser.add_argument(
        "--copies",
        type=option_types.positive,
        default=4,
        help="drawings of each sample",
    )
    benchmark_options.add_jobs(parser)
    benchmark_options.add_models(parser)


def _run(arguments: argparse.Namespace) -> Result:
    hands = heldout.hands(arguments.strokes, arguments.part)
    split = drawn(hands, copies=arguments.copies, jobs=arguments.jobs)
    rows = measure(test_digits.classifiers(arguments.models), split)
    return Result(
        f"drawings of what hands of the part {arguments.part} wrote: digits, letters, "
        f"and signs without {drawings.LOOK_ALIKES}",
        rows,
        shown=in_percent(rows),
    )
