import tomllib
from pathlib import Path

import pytest
from cameras import answering

from benchmarks.__main__ import main
from benchmarks.live import two_cameras
from benchmarks.live.two_cameras import _Second


def test_the_rate_is_that_of_settled_seconds():
    frames = (0, 3, 12, 19, 21, 21, 24)
    lost = (False, False, False, True, True, True, False)
    settled = (True, True, False, False, True, True, True)
    seconds = [
        _Second(is_lost, is_settled, 0, num_frames, 80.0)
        for is_lost, is_settled, num_frames in zip(lost, settled, frames, strict=True)
    ]
    # While it was lost 2 and 0 frames came; while it was there 3 and 3.
    assert two_cameras._rate(seconds, is_lost=True) == 1
    assert two_cameras._rate(seconds, is_lost=False) == 3


@pytest.mark.parametrize(
    ("frames", "num_recovered"),
    [
        ((0, 5, 5, 5, 5, 9, 9, 9, 12), 2),
        ((0, 5, 6, 6, 6, 6, 6, 6, 9), 1),  # it came late, when it was lost again
        ((0, 5, 5, 5, 5, 5, 5, 5, 5), 0),
    ],
)
def test_a_camera_has_recovered_when_it_gives_frames_after_a_loss(
    frames, num_recovered
):
    lost = (False, False, True, True, False, False, True, False, False)
    seconds = [
        _Second(is_lost, True, num_first, 0, 80.0)
        for is_lost, num_first in zip(lost, frames, strict=True)
    ]
    assert two_cameras._num_recovered(seconds) == num_recovered


def test_frames_and_reconnects_are_read_from_the_metrics():
    metrics = (
        b"HTTP/1.0 200 OK\r\n\r\n"
        b"# HELP edge_digits_frames_total Frames that were read.\n"
        b"edge_digits_frames_total 812.0\n"
        b"edge_digits_frames_skipped_total 9.0\n"
        b"edge_digits_reconnects_total 4.0\n"
    )
    with answering(metrics) as port:
        found = two_cameras._counters(f"http://127.0.0.1:{port}/camera/second")
    assert found == {"frames": 812, "reconnects": 4}


def test_both_cameras_stand_in_the_settings(tmp_path):
    first, second = "http://127.0.0.1:1/video", "http://127.0.0.1:2/video"
    words = two_cameras._command(tmp_path, 8080, first, second)
    config = Path(words[words.index("--config") + 1])
    assert tomllib.loads(config.read_text()) == {
        "camera": {"first": {"source": first}, "second": {"source": second}}
    }
    assert words[words.index("--port") + 1] == "8080"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--phase", "10"], "--phase 10: more than 10 seconds expected"),
        (
            ["--minutes", "1", "--phase", "31"],
            "--minutes 1: at least two phases of 31 ",
        ),
    ],
)
def test_too_short_to_see_anything(words, message, capsys):
    assert main(["cameras", *words]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"benchmarks: error: {message}")
    assert error.count("\n") == 1
