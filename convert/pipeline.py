"""Make, verify and publish the forms of one model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic

import numpy as np

from convert import publish
from convert.conversion_options import VerificationOptions
from convert.formats.forms import Form
from convert.formats.make import Made, Maker
from convert.inspect import layers
from convert.report.comparison import Figures, FormRow
from convert.source.model_source import ConversionSource
from convert.verify import Verification, verify
from convert.verify.reference import KerasReference
from convert.verify.tolerances import tolerance
from edge_app.common.errors import ConversionError, ModelError
from edge_app.common.process.quiet import quiet
from edge_app.model.manifest import Manifest

_TEST_IMAGES_A_BATCH = 1000
_COMPARED_LAYER_BY_LAYER = 32  # images


@dataclass
class Outcome(Generic[Figures]):
    """Outcome of a conversion.

    Attributes:
        rows: Of the forms that were verified, and published.
        failures: Why each of the others was not, one line each.
    """

    rows: list[FormRow[Figures]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Verified(Generic[Figures]):
    """A form that proved right.

    Attributes:
        made: Its files.
        found: Its figures, the preferred runtime first.
        entry: Its manifest; `None` for what the app cannot load.
    """

    made: Made
    found: tuple[Figures, ...]
    entry: Manifest | None


def convert(
    source: ConversionSource,
    forms: Sequence[Form],
    folder: Path,
    options: VerificationOptions,
    say: Callable[[str], None],
) -> Outcome[Verification]:
    """Convert a classifier to each form; publish those that prove right.

    Args:
        source: The model.
        forms: Which.
        folder: Where the files go.
        options: How strictly.
        say: Is told each step, in a line.

    Raises:
        ConversionError: Another publishing into the folder does not end.
    """
    maker = Maker(source, options.onnx)
    with quiet():
        reference = _reference(source)

    def verified(form: Form) -> Verified[Verification]:
        with quiet():
            made = maker(form)
            compared = _debugged(maker, made) if options.layers else []
        for line in compared:
            say(f"  {line}")
        with quiet():
            found = tuple(_verified(made, reference, options))
        return Verified(made, found, publish.entry(source, made, found))

    return published(source.name, forms, verified, folder, say)


def proved(
    exporter: Callable[[Form], Made],
    verifier: Callable[[str, bytes, Form], Sequence[Figures]],
    entry: Callable[[Made, Sequence[Figures]], Manifest],
) -> Callable[[Form], Verified[Figures]]:
    """Return what makes a form of a network that is no classifier, and verifies it.

    Args:
        exporter: Makes its file.
        verifier: Returns the figures of a file by its name, bytes and form, or raises
            why it is not to be published.
        entry: Returns the file's manifest.
    """

    def verified(form: Form) -> Verified[Figures]:
        with quiet():
            made = exporter(form)
            found = tuple(verifier(made.name, made.model, form))
        return Verified(made, found, entry(made, found))

    return verified


def published(
    name: str,
    forms: Sequence[Form],
    verified: Callable[[Form], Verified[Figures]],
    folder: Path,
    say: Callable[[str], None],
) -> Outcome[Figures]:
    """Make each form of a model; publish those that prove right.

    Args:
        name: What the files' names begin with.
        forms: Which.
        verified: Makes one and verifies it, or raises why it is not to be published.
        folder: Where the files go.
        say: Is told each step, in a line.

    Raises:
        ConversionError: Another publishing into the folder does not end.
    """
    outcome = Outcome[Figures]()
    entries: list[Manifest] = []
    contents: dict[str, bytes] = {}
    for form in forms:
        file = f"{name}-{form.full_name}"
        say(f"{file}: converting ...")
        try:
            verified_form = verified(form)
        except (ConversionError, ModelError) as error:
            outcome.failures.append(_failure(file, error))
            continue
        row = _row(verified_form, form)
        for figures in row.found:
            say(f"  {row.size_bytes / 1024:.0f} KiB, {figures}")
        outcome.rows.append(row)
        contents |= verified_form.made.files
        if verified_form.entry is not None:
            entries.append(verified_form.entry)
    if contents:
        publish.publish(folder, contents, entries)
    return outcome


def _failure(file: str, error: Exception) -> str:
    """Return in a line why a file is not published."""
    reason = " ".join(str(error).split())
    return reason if reason.startswith(file) else f"{file}: {reason}"


def _row(verified_form: Verified[Figures], form: Form) -> FormRow[Figures]:
    made = verified_form.made
    size_bytes = sum(map(len, made.files.values()))
    if form.suffix == ".c":
        size_bytes = len(made.model)  # what it takes in flash
    return FormRow(made.name, form, size_bytes, verified_form.found)


def _reference(source: ConversionSource) -> KerasReference:
    """Return Keras' scores of the test images."""
    test = source.test
    scores = source.model.predict(
        test.inputs, batch_size=_TEST_IMAGES_A_BATCH, verbose=0
    )
    return KerasReference(
        test.inputs,
        test.labels,
        np.asarray(scores, np.float32),
        source.num_classes,
        sum(bool(layer.weights) for layer in source.model.layers),
    )


def _verified(
    made: Made, reference: KerasReference, options: VerificationOptions
) -> list[Verification]:
    limits = tolerance(
        made.form,
        reference,
        max_loss=options.max_loss,
        min_agreement=options.min_agreement,
    )
    return verify(made.name, made.model, made.form, reference, limits)


def _debugged(maker: Maker, made: Made) -> list[str]:
    """Return the errors of a form's layers, in lines."""
    form = made.form
    if form.suffix == ".ort":
        return ["an .ort file is compared as the .onnx that it is made of"]
    suffix = ".onnx" if form.suffix == ".onnx" else ".tflite"
    plain = maker(Form("float32", suffix, form.batch_size)).model
    errors = layers.errors(
        suffix,
        made.model,
        plain,
        maker.source.model,
        maker.source.test.inputs[:_COMPARED_LAYER_BY_LAYER],
    )
    worst = max(errors, key=lambda layer_error: layer_error.error)
    lines = [f"{e.error:8.2%}  {e.layer or '-'}  ({e.tensor})" for e in errors]
    return [
        "error of each layer's output, relative to its size:",
        *lines,
        f"largest: {worst.layer or worst.tensor}, {worst.error:.2%}",
    ]
