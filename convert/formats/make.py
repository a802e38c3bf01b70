"""One model -> the files of each form."""

from dataclasses import dataclass, field

import onnx

from convert.conversion_options import OnnxOptions
from convert.formats import prepare, read_tflite, to_c, to_onnx, to_tflite
from convert.formats.forms import Form
from convert.source.model_source import ConversionSource
from edge_app.common.errors import ConversionError

NUM_TRIED_INPUTS = 8  # inputs on which a translation to ONNX is tried


@dataclass(frozen=True)
class Made:
    """The outcome of making one form.

    Attributes:
        form: Which.
        files: Content by file name; C has two.
        model: The bytes that a runtime executes.
    """

    form: Form
    files: dict[str, bytes]
    model: bytes

    @property
    def name(self) -> str:
        """Return the first file's name."""
        return next(iter(self.files))


@dataclass
class Maker:
    """Makes the forms of one model; what several of them start from is made once."""

    source: ConversionSource
    options: OnnxOptions
    _floats: dict[int | None, onnx.ModelProto] = field(default_factory=dict)

    def __call__(self, form: Form) -> Made:
        """Make the files of a form.

        Raises:
            ConversionError: The format has no operator for something in the model.
        """
        stem = f"{self.source.name}-{form.name}"
        if form.suffix == ".tflite":
            content = self._tflite(form)
            return Made(form, {stem + form.suffix: content}, content)
        if form.suffix == ".c":
            return self._c(form, stem)
        model = self._onnx(form)
        content = to_onnx.serialized(model, self.source.metadata())
        if form.suffix == ".ort":
            content = to_onnx.ort(content)
        return Made(form, {stem + form.suffix: content}, content)

    def _tflite(self, form: Form) -> bytes:
        model = prepare.for_conversion(self.source.model, batch_size=form.batch_size)
        return to_tflite.convert(model, form, self.source.calibration)

    def _onnx(self, form: Form) -> onnx.ModelProto:
        if form.batch_size not in self._floats:
            plain = Form("float32", ".tflite", form.batch_size)
            self._floats[form.batch_size] = to_onnx.float32(
                prepare.for_conversion(self.source.model, batch_size=form.batch_size),
                self._tflite(plain),
                self.source.calibration[:NUM_TRIED_INPUTS],
                self.options,
            )
        return to_onnx.quantized(
            self._floats[form.batch_size],
            form.numbers,
            self.source.calibration,
            self.options,
        )

    def _c(self, form: Form, stem: str) -> Made:
        content = self._tflite(Form(form.numbers, ".tflite", form.batch_size))
        graph = read_tflite.read(content)
        header = to_c.header(stem, content, graph, self.source.labels)
        code = to_c.source(stem, content)
        if to_c.bytes_in(code) != content:
            raise ConversionError(f"{stem}.c does not hold the bytes of the model")
        files = {f"{stem}.c": code.encode(), f"{stem}.h": header.encode()}
        return Made(form, files, content)
