"""What is found on a machine, and what to do about it."""

import cv2
import numpy as np
import pytest

from edge_app.__main__ import main
from edge_app.cli import doctor
from edge_app.cli.doctor import Finding
from edge_app.model import runtime

pytestmark = pytest.mark.device


def test_doctor_finds_this_machine_well(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for subject in ("Python", "Runtime", "OpenCV", "Window", "Camera", "Model"):
        assert subject in out
    assert "WRONG" not in out


def test_doctor_names_what_is_wrong(tmp_path, capsys):
    (tmp_path / "broken.tflite").write_bytes(b"nothing")
    assert main(["doctor", "--model", str(tmp_path / "broken.tflite")]) == 1
    assert "WRONG Model" in capsys.readouterr().out


def found(subject, **options):
    """What is found of a subject, without looking at what comes after it."""
    return next(
        check for check in doctor.examine(**options) if check.subject == subject
    )


def test_one_thing_after_the_other_is_looked_at():
    subjects = [finding.subject for finding in doctor.examine(source="97")]
    assert subjects == ["Python", "Runtime", "OpenCV", "Window", "Camera", "Model"]


def test_without_opencv_there_is_no_more_to_look_at(monkeypatch):
    monkeypatch.setattr(doctor, "why_no_opencv", lambda: "not installed; do this")
    *_, last = doctor.examine()
    assert last == Finding("wrong", "OpenCV", "not installed; do this")


def test_packages_that_overwrite_each_other(monkeypatch):
    monkeypatch.setattr(doctor, "version", lambda package: "4.0")
    opencv = found("OpenCV")
    assert opencv.state == "wrong"
    assert "opencv-python 4.0 and opencv-python-headless 4.0 and" in opencv.text
    assert opencv.text.endswith("overwrite each other: uninstall all but one")


@pytest.mark.parametrize(
    ("installed", "numpy", "state", "text"),
    [
        ({}, "2.1.0", "wrong", "none is installed; try: pip install ai-edge-litert"),
        ({"litert": "2.0"}, "2.1.0", "ok", "litert 2.0"),
        ({"tflite-runtime": "2.14"}, "1.26.4", "ok", "tflite-runtime 2.14"),
        (
            {"tflite-runtime": "2.14"},
            "2.1.0",
            "wrong",
            "tflite-runtime 2.14, but tflite-runtime needs NumPy 1: pip install "
            "'numpy<2'",
        ),
        (
            {"litert": "2.0", "tflite-runtime": "2.14"},
            "2.1.0",
            "note",  # the other one works
            "litert 2.0, tflite-runtime 2.14, but tflite-runtime needs NumPy 1: pip "
            "install 'numpy<2'",
        ),
    ],
)
def test_runtimes(monkeypatch, installed, numpy, state, text):
    monkeypatch.setattr(runtime, "installed", lambda: installed)
    monkeypatch.setattr(doctor.np, "__version__", numpy)
    assert found("Runtime") == Finding(state, "Runtime", text)


@pytest.mark.parametrize(
    ("shade", "state", "text"),
    [
        (16, "ok", "gives 64x48 pictures"),
        (15, "note", "gives 64x48 pictures, all black: is it covered?"),
    ],
)
def test_a_camera_that_sees_something_or_not(tmp_path, shade, state, text):
    source = str(tmp_path / "a.png")
    cv2.imwrite(source, np.full((48, 64, 3), shade, np.uint8))
    assert found("Camera", source=source) == Finding(
        state, "Camera", f"{source} {text}"
    )


def test_a_camera_without_a_picture(tmp_path):
    camera = found("Camera", source=str(tmp_path))
    assert (camera.state, camera.subject) == ("wrong", "Camera")
    assert "holds no image files" in camera.text
    empty = str(tmp_path / "empty.avi")
    cv2.VideoWriter(empty, cv2.VideoWriter.fourcc(*"MJPG"), 5, (64, 48)).release()
    text = f"{empty} opens but gives no picture"
    assert found("Camera", source=empty) == Finding("wrong", "Camera", text)


def test_a_source_that_is_named_is_needed(capsys):
    assert main(["doctor", "--source", "nope.mp4"]) == 1
    assert "WRONG Camera   nope.mp4: no such file" in capsys.readouterr().out


def test_a_model_is_tried_on_digits_that_are_known():
    model = found("Model", source="97", model="report-int8")
    assert model.state == "ok"
    assert model.text.startswith("report-int8 in ")
    missing = found("Model", source="97", model="no-such-model")
    assert missing.state == "wrong"
    assert "no-such-model" in missing.text
