"""What ``python -m convert`` can be told."""

import argparse
from pathlib import Path

from convert.formats import forms
from edge_app.cli import commands
from edge_app.common.errors import ConversionError

MODELS = Path(__file__).parents[1] / "edge_app" / "models"

# What converting a page network does not use: its scenes are its images, and what it
# may differ from Keras is fixed.
_OF_CLASSIFIERS = (
    "page", "data", "calibration", "test", "range", "max_loss", "min_agreement", "debug"
)  # fmt: skip

EXAMPLES = """\
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
  python -m convert runs/report --to int8 --debug  where the rounding hurts
  python -m convert flowers.keras --calibration train/ --test test/ --out models
  python -m convert runs/page                      the network that finds digits
  python -m convert inspect edge_app/models/report-int8.tflite
"""
INSPECT_EXAMPLES = """\
examples:
  python -m convert inspect edge_app/models/report-int8.tflite
  python -m convert inspect --untrusted downloads/*.onnx
  python -m convert inspect model.onnx --json
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of a conversion."""
    parser = commands.Parser(
        prog="python -m convert",
        description="Convert a trained Keras image classifier to quantized TFLite, "
        "ONNX and C, verify each file on test images in the runtimes that will run it, "
        "and publish those that prove right. A page network, which finds digits, "
        "likewise, on rendered scenes. `python -m convert inspect FILE` says "
        "what is in a model file.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add(
        "model",
        type=Path,
        metavar="MODEL",
        help="a run folder of python -m train, or a .keras file",
    )
    add("--to", default=forms.DEFAULT, metavar="FORMS", help="which forms, see below")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        default=MODELS,
        help="where files and manifest go",
    )
    add(
        "--page",
        type=Path,
        metavar="FILE",
        help="the HTML page that compares the forms (default: beside the model)",
    )
    _add_images(parser.add_argument_group("images"))
    _add_quantization(parser.add_argument_group("quantization"))
    _add_verification(parser.add_argument_group("verification"))
    _add_untrusted(
        parser.add_argument_group("a model of unknown origin"),
        memory_mb=16384,
        seconds=3600,
    )
    return parser


def _add_images(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with MNIST's IDX files; downloaded once if not given",
    )
    add(
        "--calibration",
        type=Path,
        metavar="PATH",
        help="training images of your own instead of MNIST: a folder or .npz file",
    )
    add("--test", type=Path, metavar="PATH", help="test images of your own, likewise")
    add(
        "--range",
        type=_range,
        default=(0.0, 1.0),
        metavar="LOW,HIGH",
        help="what the pixel values 0 and 255 of your own images become (default: 0,1; "
        "write --range=-1,1)",
    )
    add(
        "--calibration-samples",
        type=commands.positive,
        metavar="N",
        help="training images that set the int8 ranges (default: 200, or all), or "
        "crops of scenes for a page network (default: 100)",
    )
    add(
        "--scenes",
        type=Path,
        metavar="DIR",
        help="rendered scenes for a page network (default: scenes in its run folder)",
    )
    add(
        "--seed",
        type=int,
        metavar="N",
        help="of their choice (default: the run's own)",
    )


def _add_quantization(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--calibration-method",
        choices=("minmax", "entropy", "percentile"),
        default="minmax",
        help="how ONNX ranges are found; TFLite's are always minmax",
    )
    add(
        "--onnx-activations",
        choices=("uint8", "int8"),
        default="uint8",
        help="of int8.onnx; uint8 is faster on x86",
    )
    add("--opset", type=int, default=17, metavar="N", help="ONNX operator set")


def _add_verification(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--max-loss",
        type=_percent,
        metavar="POINTS",
        help="percentage points of test accuracy that a form may lose (default: by "
        "form; 0.03 for int8, more for a model that errs on over 0.5%%)",
    )
    add(
        "--min-agreement",
        type=_percent,
        metavar="PERCENT",
        help="test images that must get the label that Keras gives them (default: by "
        "form; 99.9 for int8)",
    )
    add(
        "--debug",
        action="store_true",
        help="compare each form with Keras layer by layer",
    )
    add("--sha256", metavar="HEX", help="refuse a .keras file that has another hash")


def _add_untrusted(
    group: argparse._ActionsContainer, *, memory_mb: int, seconds: int
) -> None:
    add = group.add_argument
    add(
        "--untrusted",
        action="store_true",
        help="parse in a child process only, with the limits below",
    )
    add(
        "--memory-mb",
        type=commands.positive,
        default=memory_mb,
        metavar="N",
        help="address space of that process",
    )
    add(
        "--seconds",
        type=commands.positive,
        default=seconds,
        metavar="N",
        help="time for one file",
    )


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
    add("files", type=Path, nargs="+", metavar="FILE", help="a .tflite or .onnx file")
    add("--json", action="store_true", help="one JSON object a line and file")
    add("--sha256", metavar="HEX", help="refuse a file that has another hash")
    _add_untrusted(parser, memory_mb=4096, seconds=60)
    return parser


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


def _percent(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"0 to 100 expected, got {text}")
    return value
