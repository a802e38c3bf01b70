"""The source of a conversion: a model, and images that calibrate and verify it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert.conversion_options import ImageOptions
from convert.formats import calibrate
from convert.inspect import load
from convert.source import own_images
from convert.source.own_images import LabeledImages
from edge_app import __version__
from edge_app.common.errors import ConversionError
from edge_app.common.labels import NUM_DIGITS, REJECT
from edge_app.model import classify, normalize
from train.data import mnist as data
from train.fit import fitting, runs
from train.fit.fit_settings import Settings

TOOLS = ("tensorflow", "keras", "tf2onnx", "onnx", "onnxslim", "onnxruntime")
# The normalization of a model whose inputs are not made by `normalize`.
FOREIGN = 0


@dataclass(frozen=True)
class ConversionSource:
    """A model to be converted.

    Attributes:
        name: What its files' names begin with.
        model: The network.
        labels: What each output stands for.
        num_classes: The first so many outputs compete for the label; what follows
            them, such as `reject`, does not.
        calibration: Inputs from training images, float32.
        test: Test images.
        accept_threshold: For the manifest.
        normalization: The `normalize.VERSION` that its inputs are made by, or
            `FOREIGN`.
        made_by: How it came to be, for the manifest.
    """

    name: str
    model: keras.Model
    labels: tuple[str, ...]
    num_classes: int
    calibration: NDArray[np.float32]
    test: LabeledImages
    accept_threshold: float
    normalization: int
    made_by: dict[str, Any]

    def metadata(self) -> dict[str, str]:
        """Return what an ONNX file says of itself."""
        low, high = float(self.calibration.min()), float(self.calibration.max())
        return {
            "labels": json.dumps(list(self.labels)),
            "preprocessing": f"normalization {self.normalization} of edge_app"
            if self.normalization
            else "the user's own",
            "input": f"(batch, height, width, channels), {low:g}..{high:g}",
            "accept_threshold": f"{self.accept_threshold:.6f}",
            "version": __version__,
        }


def read(path: Path, options: ImageOptions) -> ConversionSource:
    """Read the model of a run folder or a `.keras` file, and its images.

    Raises:
        ConversionError: The path holds no finished model, or a refused one.
        DataError: Images are missing or do not fit.
    """
    if (options.calibration is None) != (options.test is None):
        raise ConversionError("--calibration and --test must be given together")
    file = path / "model.keras" if path.is_dir() else path
    metrics = _metrics(path) if path.is_dir() else {}
    model = load.read(file, sha256=options.sha256)
    settings = runs.settings_of(path) if path.is_dir() else Settings()
    seed = settings.seed if options.seed is None else options.seed
    if options.calibration is not None and options.test is not None:
        training, test, num_classes = _labeled_by_user(model, options)
        normalization = FOREIGN
    else:
        training, test = _mnist(model, settings, options, file)
        num_classes, normalization = NUM_DIGITS, normalize.VERSION
    taken = calibrate.representative(
        training.labels, num_samples=options.num_samples, seed=seed
    )
    calibration = training.inputs[taken]
    calibrate.check_disjoint(calibration, test.inputs)
    return ConversionSource(
        name=settings.arch if path.is_dir() else path.stem,
        model=model,
        labels=_labels(test.names, num_classes, model.output_shape[-1]),
        num_classes=num_classes,
        calibration=calibration,
        test=test,
        accept_threshold=metrics.get(
            "accept_threshold", classify.DEFAULT_ACCEPT_THRESHOLD
        ),
        normalization=normalization,
        made_by=_made_by(metrics, len(calibration)),
    )


def _labeled_by_user(
    model: Any, options: ImageOptions
) -> tuple[LabeledImages, LabeledImages, int]:
    num_outputs = model.output_shape[-1]
    training, test = (
        own_images.load(
            path,
            shape=tuple(model.input_shape[1:]),
            num_outputs=num_outputs,
            value_range=options.value_range,
        )
        for path in (options.calibration, options.test)
        if path is not None
    )
    return training, test, num_outputs


def _mnist(
    model: Any, settings: Settings, options: ImageOptions, file: Path
) -> tuple[LabeledImages, LabeledImages]:
    expected = (normalize.INPUT_SIZE, normalize.INPUT_SIZE, 1)
    shape, num_outputs = tuple(model.input_shape[1:]), model.output_shape[-1]
    if shape != expected or num_outputs < NUM_DIGITS:
        raise ConversionError(
            f"{file}: takes {shape} and gives {num_outputs} scores, so MNIST cannot "
            "verify it; name images of your own with --calibration and --test"
        )
    mnist, test = data.load(options.data, "train"), data.load(options.data, "t10k")
    training, _ = fitting.validation_split(mnist, settings)
    return _labeled(training), _labeled(test)


def _labeled(split: data.Split) -> LabeledImages:
    return LabeledImages(
        normalize.to_model_input(split.images), split.labels.astype(np.int64)
    )


def _labels(
    names: Sequence[str], num_classes: int, num_outputs: int
) -> tuple[str, ...]:
    known = tuple(names) or tuple(str(number) for number in range(num_classes))
    return known + (REJECT,) * (num_outputs - num_classes)


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


def _made_by(metrics: dict[str, Any], num_samples: int) -> dict[str, Any]:
    command = f"python -m convert RUN --calibration-samples {num_samples}"
    return {
        **({"train": metrics["made_by"]} if metrics else {}),
        "convert": {
            "command": command,
            "versions": {name: version(name) for name in TOOLS},
        },
    }
