"""What a user can cause is told in one line."""

import pytest

from edge_app.cli import commands
from edge_app.common import errors
from edge_app.common.errors import (
    CameraError,
    EdgeDigitsError,
    ImageDamagedError,
    ImageError,
    ImageTooLargeError,
    UnfitSourceError,
)

pytestmark = pytest.mark.device

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and kind.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_one_line_and_status_1(kind, capsys):
    def fail():
        raise kind("a.png: torn;\ncopy it anew")

    assert commands.exit_status(fail, prog="edge-digits") == 1
    assert capsys.readouterr() == (
        "",
        "edge-digits: error: a.png: torn; copy it anew\n",
    )


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (OSError(28, "No space left on device"), "a file or the output"),
        (PermissionError(13, "Permission denied", "a.txt"), "a.txt:"),
    ],
)
def test_an_error_of_the_system_is_told_without_its_number(error, where, capsys):
    def fail():
        raise error

    assert commands.exit_status(fail, prog="edge-digits") == 1
    message = f"{where} cannot be read or written ({error.strerror})"
    assert capsys.readouterr().err == f"edge-digits: error: {message}\n"


@pytest.mark.parametrize(
    ("kind", "caught"),
    [
        (ImageTooLargeError, ImageError),
        (ImageDamagedError, ImageError),
        (UnfitSourceError, CameraError),
        (ImageError, EdgeDigitsError),
    ],
)
def test_who_expects_an_error_gets_those_that_say_more_of_it(kind, caught):
    with pytest.raises(caught, match="page 7"):
        raise kind("page 7")


def test_the_nearest_name_is_told_where_one_is_near():
    known = ["page", "page-lite", "classic"]
    assert errors.did_you_mean("page_lite", known) == "; did you mean page-lite?"
    variables = ["EDGE_DIGITS_FPS", "EDGE_DIGITS_SOURCE"]
    for name, hint in (("SORCE", "; did you mean EDGE_DIGITS_SOURCE?"), ("QQ", "")):
        name = f"EDGE_DIGITS_{name}"
        assert errors.did_you_mean(name, variables, prefix="EDGE_DIGITS_") == hint
    assert errors.did_you_mean("x", known) == errors.did_you_mean("x", []) == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (TimeoutError("timed out"), "timed out"),
        (TimeoutError(), "TimeoutError"),
        ("no host given", "no host given"),
    ],
)
def test_an_error_in_words_has_no_number(error, words):
    assert errors.in_words(error) == words


def test_a_terminal_is_told_nothing_by_a_name():
    for name, shown in (
        ("grün 1.png", "grün 1.png"),
        ("two\nlines", "two\\nlines"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\udce9", "\\udce9"),
    ):
        assert errors.printable(name) == shown


def test_what_is_no_error_of_a_user_keeps_its_traceback():
    def fail():
        raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="a fault of ours"):
        commands.exit_status(fail, prog="edge-digits")
