"""What may be typed as an option's value."""

import argparse
import re
from pathlib import Path

import pytest

from edge_app.common import option_types

pytestmark = pytest.mark.device


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (option_types.whole, "-3", -3),
        (option_types.positive, "1", 1),
        (option_types.region, "0,5,320,1", (0, 5, 320, 1)),
        (option_types.path, "seen/it", Path("seen/it")),
        (option_types.picture, "a.jpg", Path("a.jpg")),
        (option_types.filled, "s3://a/b", "s3://a/b"),
        (option_types.pattern, "[0-9]{5}", "[0-9]{5}"),
        (option_types.size, "1280x720", (1280, 720)),
        (option_types.size, "16384x3906", (16384, 3906)),  # just below 64 megapixels
        (option_types.fourcc, "mjpg", "MJPG"),
        (option_types.number, "-0.5", -0.5),
        (option_types.positive_number, "0.5", 0.5),
        (option_types.share, "0", 0.0),
        (option_types.share, "1", 1.0),
        (option_types.port, "0", 0),
        (option_types.port, "65535", 65535),
    ],
)
def test_what_is_taken(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (option_types.positive, "0", "^a whole number of at least 1 expected, got 0$"),
        (option_types.region, "1,2,3", "^X,Y,W,H in pixels .*, got 1,2,3$"),
        (option_types.region, "1,2,3,wide", "^X,Y,W,H in pixels .*, got 1,2,3,wide$"),
        (option_types.region, "-1,0,5,5", "^X and Y of at least 0, .* got -1,0,5,5$"),
        (option_types.region, "0,0,5,0", "W and H of at least 1 expected, got 0,0,5,0"),
        (option_types.path, "s3://a/b", "^a path .*, got the URL s3://a/b$"),
        (option_types.path, "", "^a name or a path expected, got ''$"),
        (option_types.picture, "http://a/b.jpg", "try: edge-digits run --source http:"),
        (option_types.picture, "", "^a name or a path expected, got ''$"),
        (option_types.filled, "", "^a name or a path expected, got ''$"),
        (option_types.pattern, "[0-9", r"expected, got \[0-9 \(unterminated"),
        (option_types.pattern, "[0-9]{99999999999}", r"\(the repetition number is too"),
        pytest.param(
            option_types.pattern, "(" * 9999, r"\(maximum recursion depth", id="nested"
        ),
        (option_types.size, "640", "^a size such as 1280x720 expected, got 640$"),
        (option_types.size, "0x480", "^a size such as 1280x720 expected, got 0x480$"),
        (option_types.size, "16385x1", "^at most 16384 pixels a side and 64 megapix"),
        (option_types.size, "16384x3907", "megapixels expected, got 16384x3907$"),
        (option_types.fourcc, "MJPEG", "^four letters such as MJPG .*, got MJPEG$"),
        (option_types.fourcc, "µJPG", "^four letters such as MJPG .*, got µJPG$"),
        (option_types.number, "nan", "^a finite number expected, got nan$"),
        (option_types.positive_number, "0", "^a number above 0 expected, got 0$"),
        (option_types.positive_number, "inf", "^a number above 0 expected, got inf$"),
        (option_types.positive_number, "nan", "^a number above 0 expected, got nan$"),
        (option_types.share, "1.01", "^a number from 0 to 1 expected, got 1.01$"),
        (option_types.share, "nan", "^a number from 0 to 1 expected, got nan$"),
        (option_types.port, "-1", "^a port from 0 to 65535 expected, got -1$"),
        (option_types.port, "65536", "^a port from 0 to 65535 expected, got 65536$"),
    ],
)
def test_what_is_not_taken_is_told(parse, text, message):
    with pytest.raises(argparse.ArgumentTypeError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("parse", "expected"),
    [
        (option_types.whole, "a whole number"),
        (option_types.positive, "a whole number of at least 1"),
        (option_types.number, "a finite number"),
        (option_types.positive_number, "a number above 0"),
        (option_types.share, "a number from 0 to 1"),
        (option_types.port, "a port from 0 to 65535"),
    ],
)
@pytest.mark.parametrize("text", ["", "abc", "1,5", "9" * 5000 + "x"])
def test_what_is_no_number_is_told_with_what_is_expected(parse, expected, text):
    message = f"^{re.escape(f'{expected} expected, got {text!r}')}$"
    with pytest.raises(argparse.ArgumentTypeError, match=message):
        parse(text)


def test_of_several_sources_each_is_kept_and_the_last_one_is_the_value():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", action=option_types.Sources, default="auto")
    arguments = parser.parse_args(["--source", "0", "--source", "a.mp4"])
    assert (arguments.sources, arguments.source) == (("0", "a.mp4"), "a.mp4")
    arguments = parser.parse_args([])
    assert (hasattr(arguments, "sources"), arguments.source) == (False, "auto")


def test_an_empty_source_is_refused(capsys):
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", action=option_types.Sources, default="auto")
    with pytest.raises(SystemExit):
        parser.parse_args(["--source", ""])
    message = "argument --source: a source such as 0, clip.mp4 or demo expected, got ''"
    assert message in capsys.readouterr().err
