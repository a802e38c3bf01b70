"""One page network -> its TFLite and ONNX files.

All have a batch of 1, which browsers want, and free sides, which reading wants: it
looks at pictures of any size.
"""

from collections.abc import Sequence
from functools import cached_property

import onnx

from convert.conversion_options import OnnxOptions
from convert.formats import prepare, read_tflite, to_onnx, to_tflite
from convert.formats.forms import FLOAT_TFLITE, Form
from convert.formats.make import Made
from convert.page_network.trained import Trained
from edge_app.common.errors import ConversionError

_NUMBERS, _SUFFIXES = ("int8", "float32"), (".tflite", ".onnx")


def check(forms: Sequence[Form]) -> None:
    """Check that page networks come in these forms.

    Raises:
        ConversionError: They do not.
    """
    for form in forms:
        if (
            form.numbers not in _NUMBERS
            or form.suffix not in _SUFFIXES
            or form.batch_size
            or form.float_io
        ):
            raise ConversionError(
                f"--to {form.full_name}: page networks come as int8 and float32, "
                ".tflite and .onnx of each"
            )


class Exporter:
    """Makes the forms of one page network."""

    def __init__(self, trained: Trained, options: OnnxOptions) -> None:
        """Prepare a network; what several forms start from is made once."""
        self._trained, self._options = trained, options
        self._model = prepare.for_conversion(trained.model, batch_size=1)

    def __call__(self, form: Form) -> Made:
        """Return the file of a form.

        Raises:
            ConversionError: The format has no operator for something in the network.
        """
        if form.suffix == ".tflite":
            content = self._tflite(form)
        else:
            quantized = to_onnx.quantized(
                self._onnx, form.numbers, self._trained.calibration, self._options
            )
            content = to_onnx.serialized(quantized, self._trained.metadata())
        name = f"{self._trained.name}-{form.full_name}"
        return Made(form, {name: content}, content)

    def _tflite(self, form: Form) -> bytes:
        return to_tflite.convert(self._model, form, self._trained.calibration)

    @cached_property
    def _onnx(self) -> onnx.ModelProto:
        content = self._tflite(FLOAT_TFLITE)
        names = [tensor.name for tensor in read_tflite.read(content).outputs]
        return to_onnx.of_pictures(content, names, self._options)
