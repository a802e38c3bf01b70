"""The accuracy on digits that were corrupted as MNIST-C's are."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from statistics import mean

import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from benchmarks.models.beyond_mnist.mnist_c import CORRUPTIONS
from edge_app.model import normalize
from edge_app.model.classify import NUM_DIGITS, Classifier
from train.data.mnist import Split


def measure(
    classifiers: Mapping[str, Classifier], test: Split, *, seed: int
) -> list[Row]:
    """Return accuracies under each corruption, a column a model, and their mean.

    It is the mean of the kinds: a kind with several forms, such as noise, counts once.

    Args:
        classifiers: The models by name.
        test: The images that are corrupted.
        seed: Decides everything random.
    """
    rows: list[Row] = []
    by_kind: dict[str, dict[str, list[float]]] = {name: {} for name in classifiers}
    for corruption in tqdm(CORRUPTIONS, unit="corruption", leave=False):
        inputs = normalize.to_model_input(corruption(test.images, seed=seed))
        row: Row = {"corruption": corruption.name, "severity": corruption.severity}
        for name, classifier in classifiers.items():
            read = classifier.scores(inputs)[:, :NUM_DIGITS].argmax(axis=1)
            row[name] = float(np.mean(read == test.labels))
            by_kind[name].setdefault(corruption.kind, []).append(row[name])
        rows.append(row)
    means = {name: mean(map(mean, kinds.values())) for name, kinds in by_kind.items()}
    return [*rows, {"corruption": "mean of the kinds", "severity": "", **means}]


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "corruption",
        _run,
        text="score digits corrupted as those of MNIST-C",
        example="--models report-int8 --plot corrupted.png",
    )
    benchmark_options.add_data(parser)
    benchmark_options.add_models(parser)
    benchmark_options.add_seed(parser)
    benchmark_options.add_plot(parser, "some digits of each corruption")


def _run(arguments: argparse.Namespace) -> Result:
    test = test_digits.test_images(arguments.data)
    if arguments.plot:
        _draw(arguments.plot, test, seed=arguments.seed)
    rows = measure(test_digits.classifiers(arguments.models), test, seed=arguments.seed)
    return Result(
        f"accuracy on {len(test):,} corrupted MNIST test images, seed {arguments.seed}",
        rows,
        shown=in_percent(rows),
    )


def _draw(path: Path, test: Split, *, seed: int) -> None:
    from edge_app.common import files
    from train.report import plots

    images = test.images[:20]
    rows = [("none", images)]
    rows += [
        (corruption.name, corruption(images, seed=seed)) for corruption in CORRUPTIONS
    ]
    with files.replacing(path) as temporary:
        plots.sheet(rows, title="Corrupted digits").savefig(temporary)
