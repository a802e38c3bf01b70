"""All forms of a trained classifier beside each other: size, accuracy, time."""

import argparse
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from benchmarks.common import benchmark_options
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from edge_app.common.process.quiet import quiet

if TYPE_CHECKING:  # whose modules import TensorFlow
    from convert.report.comparison import Row as Made
    from convert.verify import Verification

log = logging.getLogger(__name__)


def measure(run: Path, to: str, data: Path | None) -> "list[Made[Verification]]":
    """Return the forms of a run's model that proved right; no file is kept.

    Args:
        run: Folder of a finished training.
        to: Which forms, as `python -m convert --to` takes them.
        data: MNIST, as `train.data.mnist.load` takes it.

    Raises:
        ConversionError: There is no such form, or no finished training.
        DataError: MNIST is not there.
    """
    from convert.conversion_options import ImageOptions, VerificationOptions
    from convert.formats import forms

    wanted = forms.chosen(to)
    from train.fit import backend

    backend.start()
    with quiet():
        from convert import pipeline as conversion
        from convert.source import model_source

    found = model_source.read(run, ImageOptions(data=data))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for form in tqdm(wanted, unit="form", leave=False):
            outcome = conversion.convert(
                found, [form], Path(folder), VerificationOptions(), log.info
            )
            for failure in outcome.failures:
                log.warning(failure)
            rows += outcome.rows
    return rows


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "forms",
        _run,
        text="compare all forms that trained classifiers can be converted to",
        example="runs/edge runs/report",
    )
    parser.add_argument(
        "folders", type=Path, nargs="+", metavar="RUN", help="of `python -m train`"
    )
    parser.add_argument(
        "--to", default="all", metavar="FORMS", help="as python -m convert takes them"
    )
    benchmark_options.add_data(parser)


def _run(arguments: argparse.Namespace) -> Result:
    rows: list[Row] = []
    for folder in arguments.folders:
        rows += _rows(measure(folder, arguments.to, arguments.data))
    return Result(
        "forms verified on MNIST's test images; time of one digit on one thread",
        rows,
        shown=in_percent(rows),
    )


def _rows(made: "Sequence[Made[Verification]]") -> Iterator[Row]:
    for form in made:
        for found in form.found:
            arch, _, name = form.file.partition("-")
            yield {
                "model": arch,
                "form": name,
                "numbers": form.form.description,
                "runtime": found.runtime,
                "size_bytes": form.size_bytes,
                "accuracy": found.accuracy,
                "same_label": found.agreement,
                "latency_us": round(found.latency_us),
            }
