"""An examination of this machine: what is there, what is wrong, and what to do."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import numpy as np

from edge_app.cli.read_settings import DoctorOptions
from edge_app.common.errors import CameraError, EdgeDigitsError
from edge_app.common.opencv import why_no_opencv
from edge_app.model import runtime

State = Literal["ok", "note", "wrong"]
MARKS: dict[State, str] = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}

_OPENCV_PACKAGES = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        state: `ok`; `note` for something that is missing but not needed by all; `wrong`
            for what keeps the reader from working.
        subject: What was looked at.
        text: What was found and, unless it is fine, what to do.
    """

    state: State
    subject: str
    text: str


def examine(source: str = "0", model: str | None = None) -> Iterator[Finding]:
    """Yield findings, each as soon as it is made.

    Args:
        source: The camera to try.
        model: The model to try, as `classify.load` takes it; `None` for the default.
    """
    yield _python()
    yield _runtime()
    opencv = _opencv()
    yield opencv
    if opencv.state == "wrong":
        return
    yield _window()
    yield _camera(source)
    yield _model(model)


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("ok", "Python", text)


def _runtime() -> Finding:
    found = runtime.installed()
    names = ", ".join(f"{name} {number}" for name, number in found.items())
    if not found:
        text = "none is installed; try: pip install ai-edge-litert"
        return Finding("wrong", "Runtime", text)
    if "tflite-runtime" in found and int(np.__version__.split(".")[0]) >= 2:
        text = f"{names}, but tflite-runtime needs NumPy 1: pip install 'numpy<2'"
        return Finding("note" if "litert" in found else "wrong", "Runtime", text)
    return Finding("ok", "Runtime", names)


def _opencv() -> Finding:
    if (reason := why_no_opencv()) is not None:
        return Finding("wrong", "OpenCV", reason)
    import cv2

    found = []
    for package in _OPENCV_PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    if len(found) > 1:
        text = f"{' and '.join(found)} overwrite each other: uninstall all but one"
        return Finding("wrong", "OpenCV", text)
    return Finding("ok", "OpenCV", found[0] if found else f"{cv2.__version__} (system)")


def _window() -> Finding:
    from edge_app.sinks.window.window_sink import why_no_window

    reason = why_no_window()
    if reason is None:
        return Finding("ok", "Window", "can be shown")
    return Finding("note", "Window", f"{reason}; readings come as a page or as text")


def _camera(source: str) -> Finding:
    from edge_app.sources import open_source

    # Who names a source needs it; nobody needs the first camera.
    state: State = "note" if source == DoctorOptions.source else "wrong"
    try:
        camera = open_source(source)
    except CameraError as error:
        return Finding(state, "Camera", str(error))
    try:
        frame = next(camera.frames())
    except (CameraError, StopIteration):
        return Finding(state, "Camera", f"{source} opens but gives no picture")
    finally:
        camera.close()
    height, width = frame.image.shape[:2]
    if frame.image.max() < 16:
        text = f"{source} gives {width}x{height} pictures, all black: is it covered?"
        return Finding("note", "Camera", text)
    return Finding("ok", "Camera", f"{source} gives {width}x{height} pictures")


def _model(name: str | None) -> Finding:
    from edge_app.model import classify
    from edge_app.reader import Reader
    from edge_app.sources.demo.demo_scene import Scene

    try:
        classifier = classify.load(name)
        frame, truth = Scene(seed=1).frame(0.0)
        reading = Reader(classifier).read(frame)
    except EdgeDigitsError as error:
        return Finding("wrong", "Model", str(error))
    expected = sorted(digit.label for digit in truth)
    right = sum(
        min(expected.count(label), [d.label for d in reading.digits].count(label))
        for label in set(expected)
    )
    text = (
        f"{name or classify.default_model()} in {classifier.model.runtime} reads "
        f"{right} of {len(expected)} digits of the demo scene in "
        f"{reading.latency_ms['total']:.0f} ms"
    )
    return Finding("ok" if right >= 0.8 * len(expected) else "wrong", "Model", text)
