"""Classical methods against our CNNs: accuracy, time to fit, latency, size.

The methods that surveys of handwritten digits compare, on raw pixels: nearest
neighbors, a support vector machine, a decision tree and a random forest.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, test_digits
from benchmarks.common.command import Commands, Result, benchmark
from convert import timing
from edge_app.common import option_types
from edge_app.model import classify, normalize, runtime
from edge_app.model.classify import NUM_DIGITS
from train.data import mnist as data
from train.data.mnist import Split

ReadDigits = Callable[[NDArray[np.float32]], NDArray[Any]]

_TIMED = 200  # single digits, after a warm-up


@dataclass(frozen=True)
class Baseline:
    """One method on one split.

    Attributes:
        method: What it is, with its settings.
        fitted: Images it was fitted to; `None` where its manifest tells.
        accuracy: Share of the test images read rightly, 0..1.
        fit_s: Seconds to fit it; `None` where that was not done here.
        latency_us: Microseconds to read one digit, median.
        size_kib: Of its file: joblib's for the classical methods.
    """

    method: str
    fitted: int | None
    accuracy: float
    fit_s: float | None
    latency_us: float
    size_kib: float


def methods(seed: int) -> dict[str, Any]:
    """Return the classical methods by name, not yet fitted."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    return {
        "k-NN, k = 3": KNeighborsClassifier(n_neighbors=3),
        "SVM, RBF kernel, C = 10": SVC(C=10, cache_size=1000),
        "decision tree": DecisionTreeClassifier(random_state=seed),
        "random forest, 100 trees": RandomForestClassifier(100, random_state=seed),
    }


def classical(training: Split, test: Split, *, seed: int) -> Iterator[Baseline]:
    """Fit and measure the classical methods, on pixels in 0..1."""
    inputs = _flat(training.images)
    with tempfile.TemporaryDirectory() as folder:
        for name, method in (bar := tqdm(methods(seed).items(), leave=False)):
            bar.set_description(name)
            started = time.perf_counter()
            method.fit(inputs, training.labels)
            fit_s = time.perf_counter() - started
            yield Baseline(
                method=name,
                fitted=len(training),
                accuracy=_accuracy(method.predict(_flat(test.images)), test),
                fit_s=round(fit_s, 1),
                latency_us=_latency_us(method.predict, _flat(test.images)),
                size_kib=_stored_kib(method, Path(folder) / "method"),
            )


def cnn(arch: str, training: Split, test: Split, *, epochs: int, seed: int) -> Baseline:
    """Fit a network of ours, without augmentation; measure it as float32 TFLite."""
    from train.fit import backend

    backend.start()
    import keras

    from convert.formats import forms, to_tflite
    from edge_app.common.process.quiet import quiet
    from train.networks.architectures import ARCHITECTURES

    keras.utils.set_random_seed(seed)
    model = ARCHITECTURES[arch]()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    inputs = normalize.to_model_input(training.images)
    started = time.perf_counter()
    with tqdm(total=epochs, desc=arch, unit="epoch", leave=False) as bar:
        progress = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: bar.update()
        )
        model.fit(
            inputs, training.labels, batch_size=128, epochs=epochs,
            callbacks=[progress], verbose=0,
        )  # fmt: skip
    fit_s = time.perf_counter() - started
    with quiet(show_if_failed=True):
        content = to_tflite.convert(model, forms.chosen("float32.tflite")[0])
    found = runtime.load(Path(f"{arch}.tflite"), content)
    return Baseline(
        method=f"{arch} CNN, {epochs} epochs, float32",
        fitted=len(training),
        accuracy=_accuracy(_digits(found)(normalize.to_model_input(test.images)), test),
        fit_s=round(fit_s, 1),
        latency_us=_latency_us(found, normalize.to_model_input(test.images)),
        size_kib=round(len(content) / 1024, 1),
    )


def shipped(test: Split) -> Iterator[Baseline]:
    """Measure the shipped int8 TFLite models, fitted to MNIST's training images."""
    for name, classifier in test_digits.classifiers(None).items():
        if not name.endswith("int8.tflite"):
            continue
        inputs = normalize.to_model_input(test.images)
        yield Baseline(
            method=f"{name}, as shipped",
            fitted=None,
            accuracy=_accuracy(_digits(classifier.scores)(inputs), test),
            fit_s=None,
            latency_us=_latency_us(classifier.scores, inputs),
            size_kib=round((classify.MODELS / name).stat().st_size / 1024, 1),
        )


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "baselines",
        _run,
        text="compare k-NN, SVM, decision tree and random forest with our CNNs",
        example="--train-count 10000",
    )
    benchmark_options.add_data(parser)
    parser.add_argument(
        "--split", default="standard", choices=data.SPLITS, help="which images test"
    )
    parser.add_argument(
        "--train-count",
        type=option_types.positive,
        metavar="N",
        help="fit so many images only, every digit in its share (default: all; some "
        "minutes for the SVM)",
    )
    parser.add_argument(
        "--epochs",
        type=option_types.positive,
        default=5,
        help="of the CNNs that are fitted here",
    )
    parser.add_argument(
        "--archs", nargs="*", default=["report"], metavar="NAME", help="those CNNs"
    )
    benchmark_options.add_seed(parser)


def _run(arguments: argparse.Namespace) -> Result:
    seed = arguments.seed
    training, test = data.load_both(arguments.data, arguments.split, seed=seed)
    count = arguments.train_count or len(training)
    if count < len(training):
        _, training = data.split(training, count=count, seed=seed)
    rows = [
        *classical(training, test, seed=seed),
        *(
            cnn(arch, training, test, epochs=arguments.epochs, seed=seed)
            for arch in arguments.archs
        ),
    ]
    if arguments.split == "standard":  # else they know some of the test images
        rows += shipped(test)
    found = [asdict(row) for row in rows]
    return Result(
        f"{len(training):,} images fitted, {len(test):,} to test ({arguments.split}); "
        f"latency of one digit, median of {_TIMED}",
        found,
        shown=[
            {name: "-" if value is None else value for name, value in row.items()}
            | {"accuracy": f"{row['accuracy']:.2%}"}
            for row in found
        ],
    )


def _flat(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return normalize.to_model_input(images).reshape(len(images), -1)


def _digits(scores: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> ReadDigits:
    return lambda inputs: scores(inputs)[:, :NUM_DIGITS].argmax(axis=1)


def _accuracy(read: NDArray[Any], test: Split) -> float:
    return float(np.mean(read == test.labels))


def _latency_us(read: ReadDigits, inputs: NDArray[np.float32]) -> float:
    ones = itertools.cycle(np.split(inputs[:_TIMED], len(inputs[:_TIMED])))
    times_us = timing.times_us(lambda: read(next(ones)), runs=_TIMED)
    return round(float(np.median(times_us)), 1)


def _stored_kib(method: Any, path: Path) -> float:
    import joblib

    joblib.dump(method, path)
    return round(path.stat().st_size / 1024, 1)
