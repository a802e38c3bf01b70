"""Measure anew what documents show and tests hold."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tqdm import tqdm

from benchmarks import references
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.references import MeasuredReference, Measurement
from edge_app.common.errors import DataError, EdgeDigitsError

_UNKNOWN_S = 60.0  # how long takes what was never measured


def measure(measurement: Measurement) -> MeasuredReference:
    """Return what a measurement gives now, made in a process of its own.

    Raises:
        EdgeDigitsError: It failed; why stands on stderr.
    """
    words = measurement.command.split()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", *words, "--result", str(result)],
            cwd=references.ROOT,
            stdout=subprocess.DEVNULL,
        )
        if done.returncode:
            raise EdgeDigitsError(
                f"python -m benchmarks {measurement.command} ended with status "
                f"{done.returncode}; see above"
            )
        found = json.loads(result.read_text(encoding="utf-8"))
    kept = measurement.columns
    return MeasuredReference(
        command=f"python -m benchmarks {measurement.command}",
        benchmark=found["benchmark"],
        seconds=round(time.perf_counter() - started),
        machine=found["machine"],
        rows=[{key: row[key] for key in kept or row} for row in found["rows"]],
    )


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "reference",
        _run,
        text="measure anew what the documents show and the tests hold",
        example="reading",
    )
    parser.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help=f"measurements, or groups of them: {', '.join(references.groups())}",
    )


def _run(arguments: argparse.Namespace) -> Result:
    todo = references.chosen(arguments.names)
    expected_s = {measurement.name: _expected_s(measurement) for measurement in todo}
    rows = []
    # One line below the bar of the measurement itself.
    with tqdm(total=sum(expected_s.values()), unit="s", position=1) as bar:
        for measurement in todo:
            bar.set_description(measurement.name)
            rows.append(_renewed(measurement))
            bar.update(expected_s[measurement.name])
    return Result("measured anew; `make figures` shows it in the documents", rows)


def _renewed(measurement: Measurement) -> Row:
    found = measure(measurement)
    try:
        worse = references.worse(measurement, found.rows)
    except DataError:  # there is none yet
        worse = []
    references.write(measurement.name, found)
    return {
        "measurement": measurement.name,
        "seconds": found.seconds,
        "worse than it may be": "; ".join(worse),
    }


def _expected_s(measurement: Measurement) -> float:
    try:
        return references.read(measurement.name).seconds or _UNKNOWN_S
    except DataError:
        return _UNKNOWN_S
