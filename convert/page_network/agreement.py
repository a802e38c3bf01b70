"""The agreement of a page network's file with Keras, in the runtime that runs it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert import timing
from convert.formats.forms import INPUT, Form
from convert.inspect import inspection
from convert.inspect.graph import Graph
from convert.page_network.trained import Trained
from edge_app.common.errors import ConversionError
from edge_app.find.page import decode
from edge_app.find.page.decode import maps_of
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, Kind
from edge_app.model import runtime
from edge_app.model.classify import NUM_DIGITS
from train.page.keras_pictures import KerasPictures

# What XNNPACK runs in one piece. `depth_to_space` must not have become RESHAPE and
# TRANSPOSE.
_OPERATORS_IN_INT8 = {"CONV_2D", "ADD", "DEPTH_TO_SPACE"}
_CHANNELS_OF_OUTPUT = {"kinds": len(Kind), "sizes": NUM_SIZES, "ink": NUM_INK}
_MEASURED = np.zeros((480, 640), np.uint8)
# Margins: two probabilities may each change by one, in opposite ways.
_CLEAR_LEAD_MARGINS = 2
_LEAST_CENTERS = 100  # of fewer one alone is the most that may be lost


@dataclass(frozen=True)
class PageTolerance:
    """Tolerances of a form of a page network against Keras.

    Attributes:
        margin: By how much a probability must be over the threshold for the center to
            count. Its label counts where it leads the next kind by
            `_CLEAR_LEAD_MARGINS` times that.
        centers: Least share of Keras' centers that the file has, and of the file's
            that Keras has.
        labels: Least share of these centers' labels that are the same.
    """

    margin: float
    centers: float
    labels: float


# float32: probabilities are compared after rounding to 1/255, which can go either way
# on both sides. Nothing else may differ.
_FLOAT_TOLERANCE = PageTolerance(margin=2 / 255, centers=1.0, labels=1.0)
# int8: measured on the shipped network, where its logit is over -2, a logit's error has
# a standard deviation of 1.2 steps of its output (0.10; a step is 1/255 of a range of
# 22), one in 100 is over 0.30 and one in 1000 over 0.47. A probability changes by at
# most a quarter of its logit's change, so that the margin of 0.12 are those 0.47. One
# in 1000 of the cells that might be a center are still as many as 1 in 60 of the
# centers, added ones with probabilities of 0.32 to 0.42, of which reading rejects most.
# Labels count where they lead by twice the margin.
_INT8_TOLERANCE = PageTolerance(margin=0.12, centers=0.98, labels=0.995)


@dataclass(frozen=True)
class Agreement:
    """A page network's file against Keras in one runtime.

    Attributes:
        runtime: What executed it.
        num_centers: Keras' centers of digits that are clearly over the threshold.
        same_centers: Share of them that the file has, within one cell.
        added: Share of the file's centers that Keras does not have.
        same_labels: Share of the common centers given the same label.
        latency_ms: Median of one picture of 640x480 here, one thread.
    """

    runtime: str
    num_centers: int
    same_centers: float
    added: float
    same_labels: float
    latency_ms: float

    def __str__(self) -> str:
        """Return the figures in a few words."""
        return (
            f"in {self.runtime}: {self.same_centers:.2%} of Keras' {self.num_centers} "
            f"centers, {self.same_labels:.2%} of their labels, {self.added:.2%} added, "
            f"{self.latency_ms:.1f} ms for 640x480"
        )


@dataclass(frozen=True)
class _Found:
    """The peaks of one look that are digits.

    Attributes:
        middles: `(N, 2)` x and y in pixels.
        scores: `(N, kinds)` float32.
    """

    middles: NDArray[np.float32]
    scores: NDArray[np.float32]

    @property
    def labels(self) -> NDArray[np.int64]:
        """Return the likeliest kind of each."""
        return np.asarray(self.scores.argmax(axis=1), np.int64)

    def clear(self, threshold: float) -> NDArray[np.bool_]:
        """Return whether each is over a threshold."""
        return np.asarray(self.scores.max(axis=1) >= threshold)

    def lead(self) -> NDArray[np.float32]:
        """Return by how much each one's likeliest kind is over the next."""
        ordered = np.sort(self.scores, axis=1)
        return np.asarray(ordered[:, -1] - ordered[:, -2])

    def near(self, other: "_Found") -> NDArray[np.bool_]:
        """Return whether each lies within a cell of each of another's, `(N, M)`."""
        away = np.abs(self.middles[:, np.newaxis] - other.middles)
        return np.asarray((away <= STRIDE).all(axis=2))


def tolerance(form: Form) -> PageTolerance:
    """Return what a form may differ from Keras."""
    return _FLOAT_TOLERANCE if form.numbers == "float32" else _INT8_TOLERANCE


class Verifier:
    """Compares the files of one page network with it."""

    def __init__(self, trained: Trained) -> None:
        """Let Keras look at the pictures."""
        self._pictures = trained.pictures
        self._threshold = trained.thresholds["peak"]
        self._expected = self._look(KerasPictures(trained.model))

    def __call__(self, name: str, content: bytes, form: Form) -> list[Agreement]:
        """Return how a file does in each installed runtime that executes it.

        Args:
            name: The file's name to be.
            content: Its bytes.
            form: What it was made as.

        Raises:
            ConversionError: It is not what its form declares, differs more than it
                may, or nothing executes it.
        """
        path = Path(name)
        check_declared(path, inspection.parse(path, content), form)
        limits = tolerance(form)
        compared = []
        for engine in runtime.installed():
            if runtime.RUNTIMES[engine].suffix != form.suffix:
                continue
            model = runtime.load_pictures(path, content, runtime=engine)
            compared.append(self._compared(model, limits))
            _check(name, compared[-1], limits)
        if not compared:
            raise ConversionError(f"{name}: no installed runtime can verify it")
        return compared

    def _look(self, model: runtime.PictureModel) -> list[_Found]:
        found = []
        for picture in self._pictures:
            peaks = decode.peaks(maps_of(model(picture)), self._threshold)
            # Digits alone: of print and letters only that they are none matters.
            boxes = peaks.boxes[peaks.kinds < NUM_DIGITS]
            scores = peaks.scores[peaks.kinds < NUM_DIGITS]
            middles = boxes[:, :2] + boxes[:, 2:] / 2
            found.append(_Found(np.asarray(middles, np.float32), scores))
        return found

    def _compared(
        self, model: runtime.PictureModel, limits: PageTolerance
    ) -> Agreement:
        least = self._threshold + limits.margin
        kept, added, labels = [], [], []
        for expected, found in zip(self._expected, self._look(model), strict=True):
            near = expected.near(found)
            is_kept = np.asarray(near.any(axis=1))
            is_known = np.asarray(near.any(axis=0))
            counts = expected.clear(least)
            kept.append(is_kept[counts])
            added.append(~is_known[found.clear(least)])
            same = near & (expected.labels[:, np.newaxis] == found.labels)
            counts &= is_kept & (expected.lead() >= _CLEAR_LEAD_MARGINS * limits.margin)
            labels.append(np.asarray(same.any(axis=1))[counts])
        return Agreement(
            runtime=model.runtime,
            num_centers=sum(map(len, kept)),
            same_centers=_share(kept, 1.0),
            added=_share(added, 0.0),
            same_labels=_share(labels, 1.0),
            latency_ms=timing.median_us(lambda: model(_MEASURED)) / 1000,
        )


def check_declared(path: Path, graph: Graph, form: Form) -> None:
    """Check names, shapes, dtypes, operators and quantization of a file.

    Raises:
        ConversionError: They are not what a page network's must be.
    """
    dtype = form.io_dtypes[0]
    declared = {tensor.name: tensor for tensor in (*graph.inputs, *graph.outputs)}
    for name, channels in {INPUT: 1, **_CHANNELS_OF_OUTPUT}.items():
        tensor = declared.pop(name, None)
        described = tensor and (tensor.shape[0], tensor.shape[-1], tensor.dtype)
        sides = () if tensor is None else tensor.shape[1:-1]
        if described != (1, channels, dtype) or any(map(_is_fixed, sides)):
            raise ConversionError(
                f"{path.name}: {name} (1, free, free, {channels}) {dtype} expected, "
                f"got {tensor and (tensor.shape, tensor.dtype)}"
            )
    if declared:
        raise ConversionError(f"{path.name}: {', '.join(declared)}: not expected")
    if path.suffix != ".tflite":
        return
    kinds = {operator.kind for operator in graph.operators}
    if other := sorted(kinds - _OPERATORS_IN_INT8):
        raise ConversionError(
            f"{path.name}: {', '.join(sorted(_OPERATORS_IN_INT8))} alone expected, got "
            f"{', '.join(other)}, which XNNPACK may not run in one piece with them"
        )
    if dtype == "int8":
        _check_input(path, graph)


def _check_input(path: Path, graph: Graph) -> None:
    """Check that a picture's bytes, less 128, are the input as they are.

    Raises:
        ConversionError: They are not.
    """
    known = graph.inputs[0].quantization
    if (
        known is None
        or known.zero_points != (-128,)
        or abs(known.scales[0] * 255 - 1) > 1e-5
    ):
        raise ConversionError(
            f"{path.name}: input with scale and zero point (1/255, -128) expected, got "
            f"{known}; the calibration must reach from black to white"
        )


def _check(name: str, found: Agreement, limits: PageTolerance) -> None:
    problems = []
    if found.num_centers < _LEAST_CENTERS:
        problems.append(
            f"Keras finds {found.num_centers} centers in the scenes, at least "
            f"{_LEAST_CENTERS} must be compared; train longer"
        )
    if found.same_centers < limits.centers:
        problems.append(
            f"{found.same_centers:.2%} of Keras' {found.num_centers} centers, at least "
            f"{limits.centers:.2%} must be there"
        )
    if found.added > 1 - limits.centers:
        problems.append(
            f"{found.added:.2%} of its centers are not Keras', at most "
            f"{1 - limits.centers:.2%} may be"
        )
    if found.same_labels < limits.labels:
        problems.append(
            f"same label as Keras for {found.same_labels:.2%} of the centers, at least "
            f"{limits.labels:.2%} must be"
        )
    if problems:
        raise ConversionError(
            f"{name} in {found.runtime}: {'; '.join(problems)}; not published"
        )


def _share(parts: list[NDArray[np.bool_]], otherwise: float) -> float:
    """Return the share of what is true; `otherwise` if there is nothing."""
    every = np.concatenate(parts)
    return float(every.mean()) if len(every) else otherwise


def _is_fixed(side: int | str) -> bool:
    return isinstance(side, int)
