"""Make, verify and publish the forms of one page network."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tabulate import tabulate

from convert import pipeline
from convert.conversion_options import OnnxOptions
from convert.formats.forms import Form
from convert.formats.make import Made
from convert.page_network.agreement import Agreement, Verifier
from convert.page_network.export_page import Exporter, check
from convert.page_network.trained import Trained
from convert.report.comparison import FormRow
from convert.source.model_source import FOREIGN
from edge_app.common.process.quiet import quiet
from edge_app.find.page.page_file import labels
from edge_app.model.manifest import Manifest


def convert(
    trained: Trained,
    forms: Sequence[Form],
    folder: Path,
    options: OnnxOptions,
    say: Callable[[str], None],
) -> pipeline.Outcome[Agreement]:
    """Convert a page network to each form; publish those that prove right.

    Args:
        trained: The network.
        forms: Which.
        folder: Where the files go.
        options: What ONNX leaves open.
        say: Is told each step, in a line.

    Raises:
        ConversionError: Page networks do not come in one of the forms, or another
            publishing into the folder does not end.
    """
    check(forms)
    with quiet():
        exporter, verifier = Exporter(trained, options), Verifier(trained)
    verified = pipeline.proved(exporter, verifier, partial(entry, trained))
    return pipeline.published(trained.name, forms, verified, folder, say)


def entry(trained: Trained, made: Made, found: Sequence[Agreement]) -> Manifest:
    """Return the manifest of a file.

    Args:
        trained: What was converted.
        made: The file.
        found: Its figures, the preferred runtime first.
    """
    return Manifest(
        file=made.name,
        sha256=hashlib.sha256(made.model).hexdigest(),
        size_bytes=len(made.model),
        arch=trained.name,
        form=made.form.name,
        input_shape=(0, 0, 1),
        input_dtype=made.form.io_dtypes[0],
        labels=labels(),
        normalization=FOREIGN,
        accept_threshold=0.0,
        accuracy=trained.accuracy,
        made_by=trained.made_by,
        figures={
            "same_centers": round(found[0].same_centers, 5),
            "same_labels": round(found[0].same_labels, 5),
        },
        thresholds=trained.thresholds,
    )


def table(rows: Sequence[FormRow[Agreement]]) -> str:
    """Return the rows as a Markdown table."""
    shown = [
        {
            "file": row.file,
            "numbers": row.form.description,
            "runtime": agreement.runtime,
            "KiB": round(row.size_bytes / 1024),
            "centers": agreement.num_centers,
            "same center": f"{agreement.same_centers:.2%}",
            "same label": f"{agreement.same_labels:.2%}",
            "added": f"{agreement.added:.2%}",
            "ms for 640x480": f"{agreement.latency_ms:.1f}",
        }
        for row in rows
        for agreement in row.found
    ]
    return tabulate(shown, headers="keys", tablefmt="github", disable_numparse=True)
