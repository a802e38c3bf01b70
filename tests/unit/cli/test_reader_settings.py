"""What a reading depends on but the picture."""

import argparse
import inspect
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from edge_app.cli.reader_settings import MODEL, PLACE, READING, ReaderSettings
from edge_app.cli.run_options import add_page_options
from edge_app.common.errors import ModelError
from edge_app.common.option_fields import fields_of
from edge_app.reader import Reader

pytestmark = pytest.mark.device


def settings(*words):
    parser = argparse.ArgumentParser()
    add_page_options(parser)
    return ReaderSettings.of(parser.parse_args(words))


def test_they_are_what_was_typed():
    assert settings() == ReaderSettings()
    assert settings("--rotate", "auto").rotate == "auto"
    words = ["--roi", "1,2,3,4", "--rotate", "270", "--no-separators", "--printed"]
    assert settings(*words, "--min-confidence", "0.5") == ReaderSettings(
        roi_xywh=(1, 2, 3, 4),
        rotate=270,
        separators=False,
        printed=True,
        min_confidence=0.5,
    )


def test_they_are_by_default_what_a_reader_has():
    of_reader = inspect.signature(Reader.__init__).parameters
    of_option = {"finder" if name == "reader" else name: value
                 for name, value in vars(ReaderSettings()).items()}  # fmt: skip
    for name, value in of_option.items():
        assert of_reader[name].default == value


def test_each_of_them_is_shown_once():
    names = [field.name for field in fields_of(ReaderSettings)]
    assert sorted(PLACE + READING + MODEL) == sorted(names)


def test_of_other_pictures_all_is_read_as_they_are_by_the_same_reader():
    how = {"model": "report-int8", "reader": "classic", "printed": True}
    chosen = ReaderSettings(
        **how, separators=False, roi_xywh=(0, 0, 9, 9), rotate="auto",
        expect="[0-9]", min_confidence=0.5,
    )  # fmt: skip
    assert chosen.anything() == ReaderSettings(**how, separators=False)


def test_the_reader_that_is_opened_reads_as_they_say(scene_png):
    frame = cv2.imread(str(scene_png))
    upright = ReaderSettings(reader="classic").open().read(frame)
    text = upright.numbers[0].text
    lying = np.ascontiguousarray(np.rot90(frame))
    how = ReaderSettings(reader="classic", rotate=90, expect=text)
    reading = how.open().read(lying)
    assert reading.rotation == 90
    assert {number.text for number in reading.numbers} == {text}
    x, y, w, h = upright.numbers[0].box_xywh
    part = ReaderSettings(reader="classic", roi_xywh=(x - 9, y - 9, w + 18, h + 18))
    assert [number.text for number in part.open().read(frame).numbers] == [text]
    sure = ReaderSettings(reader="classic", min_confidence=1.0).open().read(frame)
    assert len(sure.digits) < len(upright.digits)


def test_a_model_that_is_not_there_is_told_as_it_is_opened():
    for wrong in ({"model": "no.tflite"}, {"reader": "no.tflite"}):
        with pytest.raises(ModelError, match=r"no\.tflite"):
            ReaderSettings(**wrong).open()


def test_options_need_no_opencv():
    program = (
        "import json, sys, edge_app.cli.reader_settings\n"
        "print(json.dumps([name in sys.modules for name in ('cv2', 'numpy')]))"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert json.loads(printed) == [False, False]
