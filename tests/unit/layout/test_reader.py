import json
import shutil

import cv2
import numpy as np
import pytest

from edge_app import find
from edge_app.model import classify
from edge_app.reader import Reader
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


def test_blank_page_is_an_empty_reading(reader):
    reading = reader.read(np.full((480, 640, 3), 240, np.uint8))
    assert reading.digits == reading.numbers == ()
    stages = {"find", "normalize", "classify", "group", "total"}
    assert set(reading.latency_ms) == stages


@pytest.mark.parametrize("name", [None, "classic", "page", "page-lite"])
@pytest.mark.parametrize("rotate", [0, "auto"])
@pytest.mark.parametrize("blank", [False, True])
def test_stage_times_add_up_to_the_total(name, rotate, blank):
    frame = (
        np.full((480, 640, 3), 240, np.uint8) if blank else Scene(seed=1).frame(0.0)[0]
    )
    reading = Reader(classify.load(), find.load(name), rotate=rotate).read(frame)
    *stages, total = reading.latency_ms.values()
    assert min(stages) >= 0
    assert sum(stages) == pytest.approx(total)


def test_gray_frames_are_read_like_color(reader):
    frame, _ = Scene(seed=1).frame(0.0)
    gray = frame.min(axis=2)
    as_color = np.repeat(gray[..., np.newaxis], 3, axis=2)
    assert reader.read(gray).numbers == reader.read(as_color).numbers != ()


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((4, 4, 4), np.uint8),
        ((4, 4, 3), np.float32),
        ((4, 4), np.float64),
        ((4, 4), np.bool_),
        ((4,), np.uint8),
        ((0, 5, 3), np.uint8),
        ((0, 0), np.uint8),
    ],
)
def test_other_arrays_are_refused(reader, shape, dtype):
    with pytest.raises(ValueError, match="uint8 expected, got"):
        reader.read(np.zeros(shape, dtype))


def test_reading_as_json(reader):
    frame, _ = Scene(seed=1).frame(0.0)
    reading = reader.read(frame)
    row = json.loads(json.dumps(reading.to_dict()))
    assert (row["width"], row["height"]) == (640, 480)
    order = [index for number in row["numbers"] for index in number["digits"]]
    assert order == list(range(len(row["digits"])))
    for number in row["numbers"]:
        labels = [str(row["digits"][index]["label"]) for index in number["digits"]]
        assert number["text"] == "".join(labels)
    for digit, found in zip(row["digits"], reading.digits, strict=True):
        assert digit["confidence"] == pytest.approx(found.confidence, abs=1e-4)


@pytest.mark.parametrize("size", [8, 12, 20, 30])
def test_blots_are_no_digits(reader, size):
    frame = np.full((480, 640, 3), 210, np.uint8)
    ink = (40, 40, 40)
    cv2.circle(frame, (200, 200), size, ink, cv2.FILLED)
    cv2.rectangle(frame, (300, 200), (304 + 2 * size, 198 + 2 * size), ink, cv2.FILLED)
    cv2.rectangle(frame, (100, 300), (100 + size, 300 + 2 * size), ink, cv2.FILLED)
    cv2.ellipse(frame, (450, 200), (24, 32), 0, 0, 360, ink, 14)
    assert [digit.label for digit in reader.read(frame).digits] == [0]


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (15, 17), (3, 3000)])
def test_any_size_is_read(reader, shape):
    assert reader.read(np.full(shape, 128, np.uint8)).digits == ()


def test_both_polarities_on_one_frame(reader):
    # Two pages as one picture: ink that is darker and lighter than its ground.
    frame, _ = Scene(seed=1).frame(0.0)
    num_digits = len(reader.read(frame).digits)
    found = reader.read(np.vstack([frame, 255 - frame])).digits
    assert len(found) >= 2 * num_digits - 2


def test_ink_is_as_large_as_its_box(reader):
    for digit in reader.read(Scene(seed=1).frame(0.0)[0]).digits:
        height, width = digit.ink.shape
        _, _, w, h = digit.box_xywh
        assert width / height == pytest.approx(w / h, rel=0.15)


def test_printed_digits_are_read_when_they_are_asked_for():
    page = np.full((480, 640, 3), 245, np.uint8)
    for row, text in enumerate(("82 37 46", "50 19 63", "74 28 95", "31 60 48")):
        place = 60, 100 + 100 * row
        cv2.putText(page, text, place, cv2.FONT_HERSHEY_COMPLEX, 1.6, (30, 30, 30), 2)
    handwritten, every = (
        Reader(classify.load(), find.load(printed=printed)).read(page)
        for printed in (False, True)
    )
    assert len(every.digits) > len(handwritten.digits)
    assert {reject.reject for reject in handwritten.rejects} >= {"print"}


def test_rejects_say_why(reader):
    words = np.full((300, 640, 3), 240, np.uint8)
    for index, text in enumerate(("Kitchen table", "Harvest week")):
        place = 20, 100 + 110 * index
        cv2.putText(words, text, place, cv2.FONT_HERSHEY_TRIPLEX, 1.6, (40, 40, 40), 2)
    for name in ("page", "classic"):
        reading = Reader(classify.load(), find.load(name)).read(words)
        assert reading.rejects, name
        reasons = {reject.reject for reject in reading.rejects}
        assert reasons <= {"letter", "print", "border", "unsure", "pattern"}
        row = reading.to_dict(rejects=True)["rejects"][0]
        assert row["reject"] == reading.rejects[0].reject


def test_a_damaged_page_network_leaves_the_classic_way(tmp_path, monkeypatch, caplog):
    for path in classify.MODELS.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "page-int8.tflite").write_bytes(b"damaged")
    monkeypatch.setattr(classify, "MODELS", tmp_path)
    reader = Reader(classify.load())
    assert reader.read(Scene(seed=1).frame(0.0)[0]).digits
    assert reader.read(np.full((60, 80), 240, np.uint8)).digits == ()
    (record,) = caplog.records  # said once
    assert "finding digits the classic way" in record.message


@pytest.mark.parametrize("moment_s", [2.0, 5.0, 10.0])
def test_what_a_finer_look_cuts_in_two_is_read_whole(reader, moment_s):
    # Only the lower half of the first line lies in the part with small writing.
    frame, _ = Scene(seed=2).frame(moment_s)
    assert "919765" in [number.text for number in reader.read(frame).numbers]
