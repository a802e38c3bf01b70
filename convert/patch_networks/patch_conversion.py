"""Make, verify and publish the forms of one network of patches."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

import onnx
from tabulate import tabulate

from convert import pipeline
from convert.conversion_options import OnnxOptions
from convert.formats import prepare, to_onnx, to_tflite
from convert.formats.forms import FLOAT_TFLITE, Form
from convert.formats.make import NUM_TRIED_INPUTS, Made
from convert.page_network import export_page
from convert.patch_networks.patch_agreement import PatchAgreement, PatchVerifier
from convert.patch_networks.trained_patches import TrainedPatches
from convert.report.comparison import FormRow
from convert.source.model_source import FOREIGN
from edge_app.common.process.quiet import quiet
from edge_app.model.manifest import Manifest


def convert(
    trained: TrainedPatches,
    forms: Sequence[Form],
    folder: Path,
    options: OnnxOptions,
    say: Callable[[str], None],
) -> pipeline.Outcome[PatchAgreement]:
    """Convert a network of patches to each form; publish those that prove right.

    Args:
        trained: The network.
        forms: Which.
        folder: Where the files go.
        options: What ONNX leaves open.
        say: Is told each step, in a line.

    Raises:
        ConversionError: Networks of pages do not come in one of the forms, or another
            publishing into the folder does not end.
    """
    export_page.check(forms)
    with quiet():
        exporter, verifier = _Exporter(trained, options), PatchVerifier(trained)
    verified = pipeline.proved(exporter, verifier, partial(_entry, trained))
    return pipeline.published(trained.arch, forms, verified, folder, say)


def table(rows: Sequence[FormRow[PatchAgreement]]) -> str:
    """Return the rows as a Markdown table."""
    shown = [
        {
            "file": row.file,
            "numbers": row.form.description,
            "runtime": agreement.runtime,
            "KiB": round(row.size_bytes / 1024),
            "patches": agreement.num_patches,
            "same label": f"{agreement.same_labels:.2%}",
            "logits differ by": f"{agreement.error:.3f}",
            "us a patch": f"{agreement.latency_us:.0f}",
        }
        for row in rows
        for agreement in row.found
    ]
    return tabulate(shown, headers="keys", tablefmt="github", disable_numparse=True)


class _Exporter:
    """Makes the forms of one network of patches."""

    def __init__(self, trained: TrainedPatches, options: OnnxOptions) -> None:
        self._trained, self._options = trained, options
        self._model = prepare.for_conversion(trained.model, batch_size=None)

    def __call__(self, form: Form) -> Made:
        if form.suffix == ".tflite":
            content = to_tflite.convert(self._model, form, self._trained.calibration)
        else:
            quantized = to_onnx.quantized(
                self._onnx, form.numbers, self._trained.calibration, self._options
            )
            content = to_onnx.serialized(quantized, self._trained.metadata())
        return Made(form, {f"{self._trained.arch}-{form.full_name}": content}, content)

    @cached_property
    def _onnx(self) -> onnx.ModelProto:
        content = to_tflite.convert(self._model, FLOAT_TFLITE)
        tried = self._trained.calibration[:NUM_TRIED_INPUTS]
        return to_onnx.float32(self._model, content, tried, self._options)


def _entry(
    trained: TrainedPatches, made: Made, found: Sequence[PatchAgreement]
) -> Manifest:
    return Manifest(
        file=made.name,
        sha256=hashlib.sha256(made.model).hexdigest(),
        size_bytes=len(made.model),
        arch=trained.arch,
        form=made.form.name,
        input_shape=tuple(trained.model.input_shape[1:]),
        input_dtype=made.form.io_dtypes[0],
        labels=trained.inputs.labels,
        normalization=FOREIGN,
        accept_threshold=0.0,
        accuracy=trained.accuracy,
        made_by=trained.made_by,
        figures={"same_labels": round(found[0].same_labels, 5)},
        thresholds=trained.thresholds,
    )
