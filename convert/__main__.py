"""The command ``python -m convert``."""

import argparse
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app import commands, normalise
from edge_app.errors import ConversionError
from edge_app.quiet import quiet
from train import backend

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXAMPLES = """\
examples:
  python -m convert runs/report                   replace the app's models
  python -m convert runs/report --out somewhere   write them somewhere else
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Convert one training run's model and verify each form."""
    arguments = _parser().parse_args(argv)
    return commands.exit_status(
        lambda: _convert(arguments), prog="convert", extra="train"
    )


def _convert(arguments: argparse.Namespace) -> int:
    backend.start()
    from convert import calibrate, publish
    from convert.verify import verify
    from train import data, evaluate, fit

    metrics = _metrics(arguments.run)
    settings = fit.settings_of(arguments.run)
    model = fit.load_model(arguments.run / "model.keras")
    mnist, test = data.load(arguments.data, "train"), data.load(arguments.data, "t10k")
    training, _ = fit.validation_split(mnist, settings)
    samples = calibrate.representative_inputs(
        training, num_samples=arguments.calibration_samples, seed=settings.seed
    )
    expected = evaluate.scores_of(model, test)
    made_by = _made_by(metrics, arguments.calibration_samples)
    all_converted, entries = [], []
    for form, make in _forms(model, samples).items():
        name = f"{settings.arch}-{form}"
        print(f"{name}: converting ...", flush=True)
        with quiet(show_if_failed=True):
            content = make()
        found = verify(
            Path(name),
            content,
            inputs=normalise.to_model_input(test.images),
            labels=test.labels,
            expected=expected,
        )
        for each in found:
            print(f"  {len(content) / 1024:.0f} KiB, {each}")
        all_converted.append(publish.Converted(name, content, found))
        entries.append(
            publish.entry(
                all_converted[-1],
                input_shape=tuple(model.input_shape[1:]),
                num_outputs=model.output_shape[-1],
                accept_threshold=metrics["accept_threshold"],
                made_by=made_by,
            )
        )
    publish.publish(arguments.out, all_converted, entries)
    print(f"{len(entries)} models and their manifest are in {arguments.out}")
    return 0


def _forms(
    model: Any, samples: "NDArray[np.float32]"
) -> dict[str, Callable[[], bytes]]:
    with quiet():
        from convert import to_onnx, to_tflite

    return {
        "int8.tflite": lambda: to_tflite.int8(model, samples),
        "float32.tflite": lambda: to_tflite.float32(model),
        "int8.onnx": lambda: to_onnx.int8(model, samples),
        "float32.onnx": lambda: to_onnx.float32(model),
    }


def _metrics(run: Path) -> dict[str, Any]:
    path = run / "metrics.json"
    try:
        metrics: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise ConversionError(
            f"{run}: holds no finished training (no metrics.json); train first, or "
            "finish it with python -m train --resume"
        ) from error
    except ValueError as error:
        raise ConversionError(f"{path}: not JSON ({error})") from error
    if not {"accept_threshold", "made_by"} <= set(metrics):
        raise ConversionError(f"{path}: not what python -m train writes; train again")
    return metrics


def _made_by(metrics: dict[str, Any], calibration_samples: int) -> dict[str, Any]:
    command = f"python -m convert RUN --calibration-samples {calibration_samples}"
    names = ("tensorflow", "tf2onnx", "onnx", "onnxruntime")
    return {
        "train": metrics["made_by"],
        "convert": {
            "command": command,
            "versions": {name: version(name) for name in names},
        },
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m convert",
        description="Convert a trained model to TFLite and ONNX, int8 and float32, "
        "verify each on the MNIST test images, and publish all or none.",
        epilog=EXAMPLES,
        formatter_class=commands.HelpFormatter,
    )
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of python -m train"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with MNIST's IDX files; downloaded once if not given",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path(__file__).parents[1] / "edge_app" / "models",
        help="where models and manifest go",
    )
    parser.add_argument(
        "--calibration-samples",
        type=int,
        default=1000,
        metavar="N",
        help="training images that set the int8 ranges",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
