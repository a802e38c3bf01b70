"""The rate at which handwriting that is no digit is taken for one.

Characters of Omniglot alphabets (Lake et al. 2015, https://github.com/brendenlake/
omniglot) that no shipped model was trained on, without those that look like a digit.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from edge_app.model import normalize
from edge_app.model.classify import Classifier
from train.data.mnist import Split
from train.report.reliability import KEPT_SHARE


def measure(
    classifiers: Mapping[str, Classifier],
    test: Split,
    characters: Mapping[str, NDArray[np.uint8]],
) -> list[Row]:
    """Return shares of digits kept and of unknowns accepted, by model and alphabet.

    Args:
        classifiers: The models by name.
        test: Digits.
        characters: Images `(N, 28, 28)` of what is no digit, by alphabet.
    """
    inputs = {
        name: normalize.to_model_input(images) for name, images in characters.items()
    }
    inputs["all"] = np.concatenate(list(inputs.values()))
    digits = normalize.to_model_input(test.images)
    rows = []
    for model, classifier in classifiers.items():
        confidences = [prediction.confidence for prediction in classifier(digits)]
        keeping = Classifier(
            classifier.model,
            accept_threshold=float(np.quantile(confidences, 1 - KEPT_SHARE)),
        )
        for alphabet, unknown in inputs.items():
            rows.append(
                {
                    "model": model,
                    "alphabet": alphabet,
                    "characters": len(unknown),
                    "threshold": keeping.accept_threshold,
                    "digits_kept": _accepted(keeping, digits),
                    "accepted": _accepted(keeping, unknown),
                    "own_threshold": classifier.accept_threshold,
                    "own_digits_kept": _accepted(classifier, digits),
                    "own_accepted": _accepted(classifier, unknown),
                }
            )
    return rows


def characters(
    folder: Path | None, alphabets: Sequence[str]
) -> dict[str, NDArray[np.uint8]]:
    """Return Omniglot characters as the app would normalize them, by alphabet.

    Raises:
        DataError: The archives are not there or do not hold an alphabet.
    """
    from train.data import omniglot

    return {name: omniglot.characters(folder, [name]) for name in alphabets}


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "unknowns",
        _run,
        text="count handwriting that is no digit and is taken for one",
        example="--unknowns ../shared/data/unknowns",
    )
    benchmark_options.add_unknowns(parser)
    parser.add_argument(
        "--alphabets",
        nargs="+",
        metavar="NAME",
        help="which ones (default: those that no model was trained on)",
    )
    benchmark_options.add_data(parser)
    benchmark_options.add_models(parser)


def _run(arguments: argparse.Namespace) -> Result:
    from train.data.omniglot import TEST_ALPHABETS

    found = characters(arguments.unknowns, arguments.alphabets or TEST_ALPHABETS)
    test = test_digits.test_images(arguments.data)
    rows = measure(test_digits.classifiers(arguments.models), test, found)
    return Result(
        "Omniglot characters accepted as digits: at the threshold that keeps "
        f"{KEPT_SHARE:.1%} of the MNIST test digits, and at the model's own",
        rows,
        shown=in_percent(rows),
    )


def _accepted(classifier: Classifier, inputs: NDArray[np.float32]) -> float:
    return float(np.mean([prediction.accepted for prediction in classifier(inputs)]))
