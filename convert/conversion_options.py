"""The options of ``python -m convert``, each stated once: as a dataclass's field."""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from convert.formats import forms
from edge_app.cli import commands
from edge_app.common import option_types
from edge_app.common.errors import ConversionError
from edge_app.common.option_fields import add_options, option, values_of
from edge_app.model.classify import MODELS
from train.data.data_options import DataOptions

# What converting a page network does not use: its scenes are its images, and what it
# may differ from Keras is fixed.
_OF_CLASSIFIERS = (
    "page", "data", "calibration", "test", "range", "max_loss", "min_agreement",
    "layers",
)  # fmt: skip

CONVERT_EXAMPLES = """\
forms (--to), one or more with commas between:
  int8, float32, float16, dynamic        its .tflite and its .onnx
  uint8, int16x8, int8-float-io          .tflite only
  int8-batch1, ...                       the same with the batch size fixed at 1
  int8.tflite, float32.ort, int8.c, ...  that file alone
  tflite, onnx, ort, c, all              every form of a format, or of all

images of one's own (--calibration, --test):
  a folder with a sub-folder of images for each output, in the order of their names,
  or an .npz file with the arrays images (N, height, width[, channels]) and labels (N,)

examples:
  python -m convert runs/report                    replace the app's models
  python -m convert runs/report --to all --out models/report
  python -m convert runs/report --to int8 --layers  where the rounding hurts
  python -m convert flowers.keras --calibration train/ --test test/ --out models
  python -m convert runs/page                      the network that finds digits
  python -m convert runs/context                   the network that looks again
  python -m convert runs/separator                 the one that tells 2.50 from 250
  python -m convert inspect edge_app/models/report-int8.tflite
"""
INSPECT_EXAMPLES = """\
examples:
  python -m convert inspect edge_app/models/report-int8.tflite
  python -m convert inspect --untrusted downloads/*.onnx
  python -m convert inspect model.onnx --json
"""


def _range(text: str) -> tuple[float, float]:
    try:
        low, high = (float(word) for word in text.split(","))
    except ValueError:
        low = high = 0.0
    if not low < high:
        raise argparse.ArgumentTypeError(
            f"two numbers LOW,HIGH expected, the first the smaller, got {text!r}"
        )
    return low, high


def percent(text: str) -> float:
    """Parse a percentage, 0 to 100, as a share."""
    expected = "a number from 0 to 100"
    return option_types.checked(float, text, expected, lambda v: 0 <= v <= 100) / 100


@dataclass(frozen=True)
class SampleOptions:
    """Options of the images that calibrate, and of the file they are for."""

    num_samples: int | None = option(
        None,
        "training images that set the int8 ranges (default: 200, or all), or crops of "
        "scenes for a page network (default: 100)",
        flag="--calibration-samples",
        parse=option_types.positive,
        metavar="N",
    )
    seed: int | None = option(None, "of their choice (default: the run's own)")
    sha256: str | None = option(
        None, "refuse a file that has another hash", metavar="HEX"
    )


@dataclass(frozen=True)
class ImageOptions(SampleOptions):
    """Options of where a classifier's images are.

    Attributes:
        data: As `DataOptions.data`.
    """

    data: Path | None = None
    calibration: Path | None = option(
        None,
        "training images of your own instead of MNIST: a folder or .npz file",
        metavar="PATH",
    )
    test: Path | None = option(
        None, "test images of your own, likewise", metavar="PATH"
    )
    value_range: tuple[float, float] = option(
        (0.0, 1.0),
        "what the pixel values 0 and 255 of your own images become, such as "
        "--range=-1,1",
        flag="--range",
        parse=_range,
        metavar="LOW,HIGH",
    )


@dataclass(frozen=True)
class SceneOptions(SampleOptions):
    """Options of where a page network's scenes are."""

    scenes: Path | None = option(
        None,
        "rendered scenes for a page network (default: scenes in its run folder)",
        metavar="DIR",
    )


@dataclass(frozen=True)
class OnnxOptions:
    """Options that ONNX leaves open."""

    # ONNX Runtime has read 17 since 1.12, and OpenCV's DNN module reads it too.
    opset: int = option(17, "ONNX operator set", metavar="N")
    method: Literal["minmax", "entropy", "percentile"] = option(
        "minmax",
        "how ONNX ranges are found; TFLite's are always minmax",
        flag="--calibration-method",
    )
    activations: Literal["uint8", "int8"] = option(
        "uint8", "of int8.onnx; uint8 is faster on x86", flag="--onnx-activations"
    )


@dataclass(frozen=True)
class VerificationOptions:
    """Options of how strictly forms are verified.

    Attributes:
        onnx: What ONNX leaves open.
    """

    max_loss: float | None = option(
        None,
        "percentage points of test accuracy that a form may lose (default: by form; "
        "0.03 for int8, more for a model that errs on over 0.5%%)",
        parse=percent,
        metavar="POINTS",
    )
    min_agreement: float | None = option(
        None,
        "test images that must get the label that Keras gives them (default: by form; "
        "99.9 for int8)",
        parse=percent,
        metavar="PERCENT",
    )
    layers: bool = option(False, "compare each form with Keras layer by layer")
    onnx: OnnxOptions = field(default_factory=OnnxOptions)


@dataclass(frozen=True)
class UntrustedOptions:
    """Options of parsing a model of unknown origin."""

    untrusted: bool = option(
        False, "parse in a child process only, with the limits below"
    )
    memory_limit_mb: int = option(
        16384,
        "megabytes of address space of that process",
        flag="--memory-limit",
        parse=option_types.positive,
        metavar="MB",
    )
    time_limit_s: float = option(
        3600.0,
        "seconds for one file",
        flag="--time-limit",
        parse=option_types.positive_number,
        metavar="S",
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser of a conversion."""
    parser = commands.Parser(
        prog="python -m convert",
        description="Convert a trained Keras image classifier to quantized TFLite, "
        "ONNX and C, verify each file on test images in the runtimes that will run it, "
        "and publish those that prove right. A page network, which finds digits, "
        "likewise, on rendered scenes. `python -m convert inspect FILE` says "
        "what is in a model file.",
        epilog=CONVERT_EXAMPLES,
    )
    parser.set_defaults(
        stray_hint="; one model is converted at a time, and what is in a file is told "
        "by: python -m convert inspect {}"
    )
    _add_model(parser)
    images = parser.add_argument_group("images")
    add_options(images, DataOptions, names=("data",))
    add_options(images, ImageOptions, names=("calibration", "test", "value_range"))
    add_options(images, SceneOptions, names=("num_samples", "scenes", "seed"))
    quantization = parser.add_argument_group("quantization")
    add_options(quantization, OnnxOptions)
    verification = parser.add_argument_group("verification")
    add_options(verification, VerificationOptions)
    add_options(verification, SampleOptions, names=("sha256",))
    add_options(
        parser.add_argument_group("a model of unknown origin"), UntrustedOptions
    )
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    """Add which model is converted, to which forms, and where these go."""
    add = parser.add_argument
    add(
        "model",
        type=option_types.path,
        metavar="MODEL",
        help="a run folder of python -m train, or a .keras file",
    )
    add("--to", default=forms.DEFAULT, metavar="FORMS", help="which forms, see below")
    add(
        "--out",
        type=option_types.path,
        metavar="DIR",
        default=MODELS,
        help="where files and manifest go",
    )
    add(
        "--page",
        type=option_types.path,
        metavar="FILE",
        help="the HTML page that compares the forms (default: beside the model)",
    )


def image_options(arguments: argparse.Namespace) -> ImageOptions:
    """Return what was parsed of a classifier's images."""
    return ImageOptions(data=arguments.data, **values_of(ImageOptions, arguments))


def verification_options(arguments: argparse.Namespace) -> VerificationOptions:
    """Return what was parsed of verification, and of ONNX."""
    onnx = OnnxOptions(**values_of(OnnxOptions, arguments))
    return VerificationOptions(**values_of(VerificationOptions, arguments), onnx=onnx)


def check_for_page_network(arguments: argparse.Namespace) -> None:
    """Check that nothing was asked for that only a classifier's conversion does.

    Raises:
        ConversionError: Something was.
    """
    usual = parser()
    for name in _OF_CLASSIFIERS:
        if getattr(arguments, name) != usual.get_default(name):
            raise ConversionError(
                f"--{name.replace('_', '-')} is for classifiers; {arguments.model} "
                "holds a page network, which is verified on its scenes (--scenes)"
            )


def inspect_parser() -> argparse.ArgumentParser:
    """Return the parser of an inspection."""
    parser = commands.Parser(
        prog="python -m convert inspect",
        description="What is in a .tflite or .onnx file: operators, tensors, "
        "quantization, bytes and multiply-accumulates of each layer, whether all is "
        "integer, what runs outside XNNPACK. A manifest beside the file is checked "
        "first.",
        epilog=INSPECT_EXAMPLES,
    )
    add = parser.add_argument
    add(
        "files",
        type=option_types.path,
        nargs="+",
        metavar="FILE",
        help="a .tflite or .onnx file",
    )
    add("--json", action="store_true", help="one JSON object a line and file")
    add_options(parser, SampleOptions, names=("sha256",))
    add_options(parser, UntrustedOptions, memory_limit_mb=4096, time_limit_s=60.0)
    return parser
