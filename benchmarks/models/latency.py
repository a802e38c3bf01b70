"""The latency of each model in each runtime."""

import argparse
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.common import benchmark_options
from benchmarks.common.command import Commands, Result, benchmark
from benchmarks.common.results import threads
from convert import timing
from convert.timing import TIMING
from edge_app.common.errors import RuntimeMissingError
from edge_app.model import classify, manifest, runtime

BATCHES = (1, 8, 32)


@dataclass(frozen=True)
class Latency:
    """One model, runtime, number of threads and batch size.

    Attributes:
        model: The file's name; its path if it is not shipped.
        runtime: What executed it.
        threads: Threads an inference might use.
        batch: Inputs an inference.
        median_us: Microseconds of one inference of the whole batch.
        p95_us: Exceeded by one inference in twenty.
        p99_us: Exceeded by one in a hundred.
        size_kib: Of the file.
        accuracy: On the MNIST test images, from the manifest; `None` without one.
    """

    model: str
    runtime: str
    threads: int
    batch: int
    median_us: float
    p95_us: float
    p99_us: float
    size_kib: float
    accuracy: float | None


def measure(*, runs: int, models: list[str] | None = None) -> Iterator[Latency]:
    """Measure the latencies of models in all installed runtimes.

    A model need not be one of digits, or be described by a manifest.

    Args:
        runs: Timed inferences of each, after a warm-up.
        models: Shipped ones or paths, as `classify.find` takes them; `None` for all
            that are shipped.

    Raises:
        ModelError: No such model.
        RuntimeMissingError: No installed runtime executes one of them.
    """
    cases = [
        (path, name, num_threads, batch)
        for path in _paths(models)
        for name in _runtimes(path, is_named=models is not None)
        for num_threads in sorted({1, threads()})
        for batch in BATCHES
    ]
    if not cases:
        raise RuntimeMissingError("no installed runtime executes these models")
    for case in tqdm(cases, unit="case", leave=False, disable=None):
        yield _latency(*case, runs=runs)


def _latency(
    path: Path, runtime_name: str | None, num_threads: int, batch: int, *, runs: int
) -> Latency:
    content, entry = manifest.read_model(path)
    model = runtime.load(
        path,
        content,
        runtime=runtime_name,
        num_threads=num_threads,
        is_known=entry is not None,
    )
    times_us = timed(model, batch=batch, runs=runs)
    median, p95, p99 = np.percentile(times_us, [50, 95, 99])
    return Latency(
        model=path.name if path.parent == classify.MODELS else str(path),
        runtime=model.runtime,
        threads=num_threads,
        batch=batch,
        median_us=round(float(median), 1),
        p95_us=round(float(p95), 1),
        p99_us=round(float(p99), 1),
        size_kib=round(len(content) / 1024, 1),
        accuracy=entry.accuracy if entry else None,
    )


def _paths(models: list[str] | None) -> list[Path]:
    """Return the files of models, each once.

    Raises:
        ModelError: No such model.
    """
    if models is None:
        entries = manifest.read(classify.MODELS).values()
        models = [entry.file for entry in entries if entry.is_classifier]
    return list(dict.fromkeys(classify.find(name) for name in models))


def _runtimes(path: Path, *, is_named: bool) -> list[str | None]:
    """Return the installed runtimes that execute a file.

    Without one, `None` for a file that was asked for by its name: to load it says why.
    """
    names: list[str | None] = [
        name
        for name in runtime.installed()
        if path.suffix.lower() == runtime.RUNTIMES[name].suffix
    ]
    return names or [None] * is_named


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "latency",
        _run,
        text="time each shipped model, or files of your own, in each runtime",
        example="--models edge-int8 my.tflite",
    )
    benchmark_options.add_runs(parser, "timed inferences a case", default=1000)
    benchmark_options.add_models(parser)


def _run(arguments: argparse.Namespace) -> Result:
    found = measure(runs=arguments.runs, models=arguments.models)
    rows = [dataclasses.asdict(row) for row in found]
    return Result(
        f"{arguments.runs} inferences each, after {TIMING.warmup_s} s of warm-up",
        rows,
        shown=[{**row, "accuracy": _shown(row["accuracy"])} for row in rows],
    )


def _shown(accuracy: float | None) -> str:
    return "not known" if accuracy is None else f"{accuracy:.2%}"


def timed(
    model: runtime.Model,
    *,
    batch: int,
    runs: int,
    warmup_s: float = TIMING.warmup_s,
) -> list[float]:
    """Return the microseconds of each run, with quantizing and dequantizing."""
    inputs = np.random.default_rng(0).random((batch, *model.input_shape), np.float32)
    return timing.times_us(
        lambda: classify.shares(model(inputs)), runs=runs, warmup_s=warmup_s
    )
