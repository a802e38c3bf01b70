"""All figures by which a shipped model is judged, for people and for its manifest."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.models import calibration, latency
from benchmarks.models.beyond_mnist import corruption, unknowns
from edge_app.model import classify, manifest, normalize
from edge_app.model.classify import NUM_DIGITS, Classifier
from edge_app.model.manifest import Manifest
from train.data.mnist import Split
from train.report import reliability

_REFERENCE = "report-int8.tflite"  # whose latency is 1
# What is shown of each figure, and in which unit.
_SHARE_FIGURES = (
    "accuracy",
    "lost_from_float",
    "same_as_float",
    "unknowns_accepted",
    "calibration_error",
    "corrupted_accuracy",
)


@dataclass(frozen=True)
class FigureConstants:
    """Times and corruptions that are measured.

    Attributes:
        num_rounds: In which the models take turns, so that all meet the same.
        num_runs: Of each model in a round.
        warmup_s: Of each model in a round, before them.
        corruption_seed: Of the corruptions.
    """

    num_rounds: int = 9
    num_runs: int = 300
    warmup_s: float = 0.02
    corruption_seed: int = 1


_FIGURES = FigureConstants()


def measure(
    classifiers: Mapping[str, Classifier],
    entries: Mapping[str, Manifest],
    test: Split,
    characters: Mapping[str, NDArray[np.uint8]],
) -> list[Row]:
    """Return a row a model; all shares are 0..1.

    Args:
        classifiers: The models by file name.
        entries: What their manifest says of them.
        test: MNIST's test images.
        characters: Images `(N, 28, 28)` of what is no digit, by alphabet.
    """
    inputs = normalize.to_model_input(test.images)
    labels = {
        name: classifier.scores(inputs)[:, :NUM_DIGITS].argmax(axis=1)
        for name, classifier in classifiers.items()
    }
    latencies = _latencies(classifiers)
    rows = []
    for name, classifier in tqdm(classifiers.items(), unit="model", leave=False):
        alone = {name: classifier}
        right = np.mean(labels[name] == test.labels)
        float_labels = labels[_as_float(entries[name], entries)]
        float_right = np.mean(float_labels == test.labels)
        _, *accepted = unknowns.measure(alone, test, characters)
        rows.append(
            {
                "model": name,
                "size_bytes": entries[name].size_bytes,
                "accuracy": float(right),
                "lost_from_float": float(float_right - right),
                "same_as_float": float(np.mean(labels[name] == float_labels)),
                "unknowns_accepted": accepted[-1]["accepted"],
                "calibration_error": calibration.measure(alone, test)[0][
                    "calibration_error"
                ],
                "corrupted_accuracy": corruption.measure(
                    alone, test, seed=_FIGURES.corruption_seed
                )[-1][name],
                "latency_of_report_int8": latencies[name] / latencies[_REFERENCE],
            }
        )
    return rows


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "figures",
        _run,
        text="measure all figures by which the shipped models are judged",
        example="--unknowns ../shared/data/unknowns --write",
    )
    benchmark_options.add_unknowns(parser)
    parser.add_argument(
        "--write", action="store_true", help="keep them in the models' manifest"
    )
    benchmark_options.add_data(parser)


def _run(arguments: argparse.Namespace) -> Result:
    from train.data.omniglot import TEST_ALPHABETS

    entries = manifest.read(classify.MODELS)
    characters = unknowns.characters(arguments.unknowns, TEST_ALPHABETS)
    test = test_digits.test_images(arguments.data)
    rows = measure(test_digits.classifiers(None), entries, test, characters)
    if arguments.write:
        write(entries, rows)
    return Result(
        f"shipped models on MNIST's {len(test):,} test images; unknowns: characters of "
        f"{', '.join(TEST_ALPHABETS)} accepted as digits where "
        f"{reliability.KEPT_SHARE:.1%} of the digits are; latency of one digit on one "
        f"thread, {_REFERENCE} is 1",
        rows,
        shown=[
            {
                name: f"{value:.2%}"
                if name in _SHARE_FIGURES
                else f"{value:.2f}"
                if isinstance(value, float)
                else value
                for name, value in row.items()
            }
            for row in rows
        ],
    )


def _latencies(classifiers: Mapping[str, Classifier]) -> dict[str, float]:
    """Return each model's median time of a digit, from rounds that all take part in."""
    times: dict[str, list[float]] = {name: [] for name in classifiers}
    for _ in range(_FIGURES.num_rounds):
        for name, classifier in classifiers.items():
            times[name].append(
                median(
                    latency.timed(
                        classifier.model,
                        batch=1,
                        runs=_FIGURES.num_runs,
                        warmup_s=_FIGURES.warmup_s,
                    )
                )
            )
    return {name: median(values) for name, values in times.items()}


def _as_float(entry: Manifest, entries: Mapping[str, Manifest]) -> str:
    """Return the float file of the same network in the same format."""
    suffix = Path(entry.file).suffix
    return next(
        other.file
        for other in entries.values()
        if other.arch == entry.arch
        and other.form == "float32"
        and other.file.endswith(suffix)
    )


def write(entries: Mapping[str, Manifest], rows: Sequence[Row]) -> None:
    """Keep in the shipped models' manifest what it does not say already."""
    left_out = {"model", "size_bytes", "accuracy"}
    described = dict(entries)
    for row in rows:
        figures = {
            name: round(value, 5) for name, value in row.items() if name not in left_out
        }
        described[row["model"]] = replace(entries[row["model"]], figures=figures)
    with manifest.replacing(classify.MODELS, described):
        pass
