"""What libraries are told through the environment."""

import os

import pytest

from edge_app.common.process import environment

pytestmark = pytest.mark.device


def test_libraries_are_told_to_leave_the_messages_to_us(monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    environment.prepare()
    assert os.environ["OPENCV_LOG_LEVEL"] == "SILENT"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    pixels = int(os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"])
    assert 4000 * 3000 < pixels == environment.MAX_IMAGE_PIXELS


def test_what_the_user_set_stays(monkeypatch):
    monkeypatch.setattr(os, "environ", {"OPENCV_LOG_LEVEL": "DEBUG"})
    environment.prepare()
    assert os.environ["OPENCV_LOG_LEVEL"] == "DEBUG"
