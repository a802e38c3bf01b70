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
from edge_app.common.errors import ConversionError, TrainingError
from edge_app.common.process.quiet import quiet

if TYPE_CHECKING:  # whose modules import TensorFlow
    from convert.report.comparison import FormRow
    from convert.verify import Verification

log = logging.getLogger(__name__)


def measure(name: str, to: str, data: Path | None) -> "list[FormRow[Verification]]":
    """Return the forms of a model that proved right; no file is kept.

    Args:
        name: Folder of a finished training, or a shipped classifier such as `edge`,
            whose weights its float32 ONNX file has.
        to: Which forms, as `python -m convert --to` takes them.
        data: MNIST, as `train.data.mnist.load` takes it.

    Raises:
        ConversionError: There is no such form, no finished training, or no such shipped
            classifier.
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

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        model = Path(name)
        if not model.exists():
            model = _saved_shipped(name, Path(folder))
        found = model_source.read(model, ImageOptions(data=data))
        for form in tqdm(wanted, unit="form", leave=False):
            outcome = conversion.convert(
                found, [form], Path(folder), VerificationOptions(), log.info
            )
            for failure in outcome.failures:
                log.warning(failure)
            rows += outcome.rows
    return rows


def _saved_shipped(name: str, folder: Path) -> Path:
    """Save a shipped classifier as a Keras file in a folder; return the file."""
    with quiet():
        from train.networks import shipped

    model = folder / f"{name}.keras"
    try:
        shipped.network(name).save(model)
    except TrainingError as error:
        raise ConversionError(
            f"{name}: a folder of python -m train, or a shipped classifier such as "
            f"edge, expected ({error})"
        ) from error
    return model


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "forms",
        _run,
        text="compare all forms that classifiers can be converted to",
        example="edge runs/report",
    )
    parser.add_argument(
        "names",
        nargs="+",
        metavar="MODEL",
        help="a shipped classifier, such as edge, or a folder of `python -m train`",
    )
    parser.add_argument(
        "--to", default="all", metavar="FORMS", help="as python -m convert takes them"
    )
    benchmark_options.add_data(parser)


def _run(arguments: argparse.Namespace) -> Result:
    rows: list[Row] = []
    for name in arguments.names:
        rows += _rows(measure(name, arguments.to, arguments.data))
    return Result(
        "forms verified on MNIST's test images; time of one digit on one thread",
        rows,
        shown=in_percent(rows),
    )


def _rows(made: "Sequence[FormRow[Verification]]") -> Iterator[Row]:
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
