"""How long each model takes in each runtime."""

import argparse
import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from benchmarks.command import Commands, Result
from benchmarks.report import threads
from edge_app import classify, commands, manifest, runtime
from edge_app.errors import ModelError, RuntimeMissingError

BATCH_SIZES = (1, 8, 32)
_WARMUP_S = 0.2


@dataclass(frozen=True)
class Latency:
    """One model, runtime, number of threads and batch size.

    Attributes:
        model: The file's name.
        runtime: What executed it.
        threads: Threads an inference might use.
        batch: Inputs an inference.
        median_us: Microseconds of one inference of the whole batch.
        p95_us: Exceeded by one inference in twenty.
        p99_us: Exceeded by one in a hundred.
        size_kib: Of the file.
        accuracy: On the MNIST test images, from the manifest.
    """

    model: str
    runtime: str
    threads: int
    batch: int
    median_us: float
    p95_us: float
    p99_us: float
    size_kib: float
    accuracy: float


def measure(*, runs: int, models: list[str] | None = None) -> Iterator[Latency]:
    """Latencies of shipped models in all installed runtimes.

    Args:
        runs: Timed inferences of each, after a warm-up.
        models: File names; `None` for all that are shipped.

    Raises:
        ModelError: No such model.
        RuntimeMissingError: No installed runtime executes any of them.
    """
    shipped = {
        name: entry
        for name, entry in manifest.read(classify.MODELS).items()
        if entry.is_classifier
    }
    for name in models or ():
        if name not in shipped:
            raise ModelError(f"{name}: not shipped; one of {', '.join(shipped)}")
    cases = [
        (entry, name, num_threads, batch)
        for entry in shipped.values()
        if models is None or entry.file in models
        for name in runtime.installed()
        if entry.file.endswith(runtime.RUNTIMES[name].suffix)
        for num_threads in sorted({1, threads()})
        for batch in BATCH_SIZES
    ]
    if not cases:
        raise RuntimeMissingError("no installed runtime executes these models")
    for entry, name, num_threads, batch in tqdm(cases, unit="case", leave=False):
        classifier = classify.load(
            entry.file, runtime_name=name, num_threads=num_threads
        )
        times_us = timed(classifier, batch=batch, runs=runs)
        median, p95, p99 = np.percentile(times_us, [50, 95, 99])
        yield Latency(
            model=entry.file,
            runtime=name,
            threads=num_threads,
            batch=batch,
            median_us=round(float(median), 1),
            p95_us=round(float(p95), 1),
            p99_us=round(float(p99), 1),
            size_kib=round(entry.size_bytes / 1024, 1),
            accuracy=entry.accuracy,
        )


def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "latency",
        _run,
        text="time each shipped model in each runtime",
        example="--runs 2000",
    )
    parser.add_argument(
        "--runs", type=commands.positive, default=1000, help="timed inferences a case"
    )
    parser.add_argument("--models", nargs="+", metavar="FILE", help="only these files")


def _run(arguments: argparse.Namespace) -> Result:
    found = measure(runs=arguments.runs, models=arguments.models)
    rows = [dataclasses.asdict(row) for row in found]
    return Result(
        f"{arguments.runs} inferences each, after {_WARMUP_S} s of warm-up",
        rows,
        shown=[{**row, "accuracy": f"{row['accuracy']:.2%}"} for row in rows],
    )


def timed(
    classifier: classify.Classifier,
    *,
    batch: int,
    runs: int,
    warmup_s: float = _WARMUP_S,
) -> list[float]:
    """Microseconds of each run, inputs quantized and outputs dequantized each time."""
    inputs = np.random.default_rng(0).random(
        (batch, *classifier.model.input_shape), np.float32
    )
    until = time.perf_counter() + warmup_s
    while time.perf_counter() < until:
        classifier.scores(inputs)
    times_us = []
    for _ in range(runs):
        started = time.perf_counter_ns()
        classifier.scores(inputs)
        times_us.append((time.perf_counter_ns() - started) / 1000)
    return times_us
