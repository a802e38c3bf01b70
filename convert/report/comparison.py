"""The forms side by side: rows, a Markdown table, which to take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tabulate import tabulate

from convert.formats.forms import Form
from convert.verify import Verification

Figures = TypeVar("Figures")  # of one form in one runtime


@dataclass(frozen=True)
class FormRow(Generic[Figures]):
    """One published form.

    Attributes:
        file: Its name.
        form: What it is.
        size_bytes: Of all its files.
        found: Figures for each runtime, the preferred one first.
    """

    file: str
    form: Form
    size_bytes: int
    found: tuple[Figures, ...]


@dataclass(frozen=True)
class Advice:
    """Advice on which file to use on which device.

    Attributes:
        device: What it runs on.
        file: The file's name; empty where none of the made ones fits.
        reason: In a sentence.
    """

    device: str
    file: str
    reason: str


def table(rows: Sequence[FormRow[Verification]]) -> str:
    """Return the rows as a Markdown table."""
    shown = [
        {
            "file": row.file,
            "numbers": row.form.description,
            "runtime": verification.runtime,
            "KiB": round(row.size_bytes / 1024),
            "accuracy": f"{verification.accuracy:.2%}",
            "points lost": f"{100 * verification.lost:.2f}",
            "same label": f"{verification.agreement:.2%}",
            "largest difference": f"{verification.largest_difference:.1g}",
            "microseconds": round(verification.latency_us),
        }
        for row in rows
        for verification in row.found
    ]
    return tabulate(shown, headers="keys", tablefmt="github", disable_numparse=True)


def advice(rows: Sequence[FormRow[Verification]]) -> list[Advice]:
    """Return which of the published forms to take, for each kind of device."""
    return [
        _fastest(
            rows,
            "Raspberry Pi, 64-bit",
            lambda row: row.form.suffix == ".tflite" and row.form.batch_size is None,
            "tflite",
            "the fastest in LiteRT on this machine; compare them on the Pi, too",
        ),
        _smallest(
            rows,
            "Raspberry Pi, 32-bit",
            lambda row: row.form.name == "int8" and row.form.suffix == ".tflite",
            "int8.tflite",
            "tflite-runtime, the only runtime for 32-bit ARM, executes it, but not "
            "dynamic ranges",
        ),
        _fastest(
            rows,
            "laptop or server",
            lambda row: row.form.batch_size is None,
            "tflite,onnx",
            "the fastest on this machine",
        ),
        _smallest(
            rows,
            "browser",
            lambda row: _is_for_browsers(row.form),
            "int8-batch1.tflite",
            "the smallest download with the batch fixed at 1, which LiteRT.js needs",
        ),
        _smallest(
            rows,
            "microcontroller",
            lambda row: row.form.suffix == ".c",
            "int8.c",
            "TensorFlow Lite Micro reads it from flash; the header lists its operators",
        ),
    ]


def _is_for_browsers(form: Form) -> bool:
    is_one_at_a_time = form.suffix == ".tflite" and form.batch_size == 1
    return is_one_at_a_time and form.numbers in ("int8", "float16", "float32")


def advice_text(given: Sequence[Advice]) -> str:
    """Return one line for each device."""
    width = max(len(line.device) for line in given)
    return "\n".join(
        f"{line.device:<{width}}  {line.file or '-'}: {line.reason}" for line in given
    )


def _fastest(
    rows: Sequence[FormRow[Verification]],
    device: str,
    fits: Callable[[FormRow[Verification]], bool],
    words: str,
    reason: str,
) -> Advice:
    fitting = [row for row in rows if fits(row) and row.form.suffix != ".ort"]
    if not fitting:
        return _no_file(device, words)
    best = min(fitting, key=lambda row: row.found[0].latency_us)
    verification = best.found[0]
    return Advice(
        device,
        best.file,
        f"{reason} ({verification.latency_us:.0f} microseconds in "
        f"{verification.runtime}), "
        f"{100 * verification.lost:.2f} points lost",
    )


def _smallest(
    rows: Sequence[FormRow[Verification]],
    device: str,
    fits: Callable[[FormRow[Verification]], bool],
    words: str,
    reason: str,
) -> Advice:
    fitting = [row for row in rows if fits(row)]
    if not fitting:
        return _no_file(device, words)
    best = min(fitting, key=lambda row: row.size_bytes)
    return Advice(device, best.file, f"{reason} ({best.size_bytes / 1024:.0f} KiB)")


def _no_file(device: str, words: str) -> Advice:
    return Advice(device, "", f"no form for it was made; add --to {words}")
