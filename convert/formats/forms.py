"""The forms a model can take, by name."""

from collections.abc import Iterable
from dataclasses import dataclass

from edge_app.common.errors import ConversionError

DEFAULT = "int8,float32"
# What the files of all forms call their input and their scores; the second is the name
# that Keras' export gives a model's only output.
INPUT, OUTPUT = "input", "output_0"


@dataclass(frozen=True)
class Form:
    """One way to store a model.

    Attributes:
        numbers: How weights and activations are stored, a key of `NUMBER_FORMATS`.
        suffix: Of the file; it tells the format.
        batch_size: Inputs an inference; `None` if that is free.
        float_io: Whether an integer TFLite file takes and gives float32 all the same.
    """

    numbers: str
    suffix: str
    batch_size: int | None = None
    float_io: bool = False

    @property
    def name(self) -> str:
        """Return what it is called in file names and manifests."""
        parts = [self.numbers, "float-io" if self.float_io else ""]
        if self.batch_size and self.suffix in (".tflite", ".onnx"):
            parts.append(f"batch{self.batch_size}")
        return "-".join(filter(None, parts))

    @property
    def full_name(self) -> str:
        """Return the name with its suffix, which tells it from all others."""
        return self.name + self.suffix

    @property
    def description(self) -> str:
        """Return what its numbers are, for people."""
        if self.suffix in (".onnx", ".ort"):
            return _NUMBERS_ONNX.get(self.numbers, NUMBER_FORMATS[self.numbers])
        return NUMBER_FORMATS[self.numbers] + (_FLOAT_IO if self.float_io else "")

    @property
    def io_dtypes(self) -> tuple[str, str]:
        """Return the dtypes of input and output that the file must have."""
        dtype = "float32"
        if self.suffix in (".tflite", ".c") and not self.float_io:
            dtype = {"int8": "int8", "uint8": "uint8"}.get(self.numbers, dtype)
        return dtype, dtype

    @property
    def is_calibrated(self) -> bool:
        """Return whether its activations' ranges come from calibration images."""
        return self.numbers in ("int8", "uint8", "int16x8")


FLOAT_TFLITE = Form("float32", ".tflite")
# What the numbers are, for people.
NUMBER_FORMATS = {
    "float32": "all float32",
    "float16": "float16 weights",
    "dynamic": "int8 weights, activations quantized as they come",
    "int8": "all int8",
    "uint8": "int8 inside, uint8 input and output",
    "int16x8": "int16 activations, int8 weights",
}
_FLOAT_IO = ", float32 input and output"
_NUMBERS_ONNX = {
    "float16": "float16" + _FLOAT_IO,
    "dynamic": "uint8 weights, activations quantized as they come",
    "int8": "int8 as QDQ pairs" + _FLOAT_IO,
}


def _all() -> tuple[Form, ...]:
    forms = []
    for batch_size in (None, 1):
        for numbers in NUMBER_FORMATS:
            forms.append(Form(numbers, ".tflite", batch_size))
            if numbers == "int8":
                forms.append(Form(numbers, ".tflite", batch_size, float_io=True))
        for numbers in ("float32", "float16", "dynamic", "int8"):
            forms.append(Form(numbers, ".onnx", batch_size))
    forms += [Form("float32", ".ort"), Form("int8", ".ort")]
    # TensorFlow Lite Micro plans its memory for one input.
    forms.append(Form("int8", ".c", batch_size=1))
    return tuple(forms)


FORMS = _all()


def chosen(words: str) -> list[Form]:
    """Return the forms that a comma-separated list names, in its order, each once.

    A word is a full name (`int8-batch1.tflite`), a name alone (`int8`, which stands
    for its .tflite and .onnx), a format (`tflite`, `onnx`, `ort`, `c`) or `all`.

    Raises:
        ConversionError: A word names no form.
    """
    found: dict[Form, None] = {}
    for word in words.split(","):
        fitting = list(_named(word.strip()))
        if not fitting:
            raise ConversionError(
                f"--to {word!r}: no such form; all, tflite, onnx, ort, c or one of "
                f"{', '.join(dict.fromkeys(form.name for form in FORMS))} expected"
            )
        found |= dict.fromkeys(fitting)
    return list(found)


def _named(word: str) -> Iterable[Form]:
    for form in FORMS:
        is_model = form.suffix in (".tflite", ".onnx")
        if word in ("all", form.suffix[1:], form.full_name) or (
            is_model and word == form.name
        ):
            yield form
