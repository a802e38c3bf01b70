"""The calibration of the models' confidence."""

import argparse
from collections.abc import Mapping

import numpy as np

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from edge_app.model import normalize
from edge_app.model.classify import NUM_DIGITS, Classifier
from train.data.mnist import Split
from train.report import reliability


def measure(classifiers: Mapping[str, Classifier], test: Split) -> list[Row]:
    """Return each model's accuracy, mean confidence and calibration error."""
    inputs = normalize.to_model_input(test.images)
    rows = []
    for name, classifier in classifiers.items():
        scores = classifier.scores(inputs)[:, :NUM_DIGITS]
        confidences, right = scores.max(axis=1), scores.argmax(axis=1) == test.labels
        error = reliability.expected_calibration_error(confidences, right)
        rows.append(
            {
                "model": name,
                "images": len(test),
                "accuracy": float(np.mean(right)),
                "mean_confidence": float(np.mean(confidences)),
                "calibration_error": error,
            }
        )
    return rows


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "calibration",
        _run,
        text="compare confidence and accuracy of each model",
        example="--models report-int8",
    )
    benchmark_options.add_data(parser)
    benchmark_options.add_models(parser)


def _run(arguments: argparse.Namespace) -> Result:
    test = test_digits.test_images(arguments.data)
    rows = measure(test_digits.classifiers(arguments.models), test)
    return Result(
        f"expected calibration error on the MNIST test images, {reliability.NUM_BINS} "
        "bins",
        rows,
        shown=in_percent(rows),
    )
