"""The options of `edge-digits archive`, which a device shows help of, too."""

import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.archive.archive_arguments import add_actions
from edge_app.cli import commands
from edge_app.cli.reader_settings import ReaderSettings

pytestmark = pytest.mark.device


def parsed(*words):
    parser = commands.Parser()
    add_actions(parser)
    return parser.parse_args(words)


def test_reading_takes_what_a_reader_takes_and_who_reads():
    arguments = parsed(
        "read", "scans", "out", "--rotate", "auto", "--expect", "[0-9]{5}",
        "--workers", "3", "--dpi", "300", "--config", "form.toml",
    )  # fmt: skip
    assert (arguments.action, arguments.source) == ("read", "scans")
    assert arguments.out == Path("out")
    assert (arguments.workers, arguments.dpi) == (3, 300)
    assert arguments.config == Path("form.toml")
    expected = ReaderSettings(rotate="auto", expect="[0-9]{5}")
    assert ReaderSettings.of(arguments) == expected
    assert arguments.parser.parse_args(["scans", "out"]).workers is None


def test_each_action_takes_the_results_and_which_of_them():
    for words in (
        ["status"], ["verify"], ["find", "19[0-9]{2}"], ["export"], ["review"]
    ):  # fmt: skip
        more = ["tables"] if words == ["export"] else []
        arguments = parsed(*words, "out", *more, "--fingerprint", "a1b2")
        assert (arguments.action, arguments.out) == (words[0], Path("out"))
        assert arguments.fingerprint == "a1b2"


def test_what_becomes_of_results_has_options():
    find = parsed("find", "1+", "out", "--crops", "hits", "--json")
    assert (find.pattern, find.crops, find.json) == ("1+", Path("hits"), True)
    export = parsed("export", "out", "tables", "--format", "jsonl")
    assert (export.folder, export.format) == (Path("tables"), "jsonl")
    review = parsed("review", "out", "--take", "a.csv", "--training", "own")
    assert (review.take, review.training) == (Path("a.csv"), Path("own"))
    assert parsed("review", "out", "--count", "7").count == 7


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "ACTION"),
        (["read", "scans"], "OUT"),
        (["read", "scans", "s3://bucket/out"], "a path of this machine's file system"),
        (["read", "", "out"], "a name or a path expected, got ''"),
        (["read", "scans", ""], "a name or a path expected, got ''"),
        (["find", "[0-9", "out"], "PATTERN"),
        (["read", "a", "b", "--workers", "0"], "--workers"),
        (["read", "a", "b", "--again", "ok"], "--again"),
        (["export", "out", "tables", "--format", "xml"], "--format"),
    ],
)
def test_what_is_typed_wrong_is_told(words, message, capsys):
    with pytest.raises(SystemExit, match="2"):
        parsed(*words)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("action", ["read", "status", "verify", "find", "export"])
def test_help_has_an_example(action, capsys):
    with pytest.raises(SystemExit, match="0"):
        parsed(action, "--help")
    assert f"  edge-digits archive {action} " in capsys.readouterr().out


def test_the_options_need_nothing_that_a_device_lacks():
    heavy = "cv2", "numpy", "distributed", "pyarrow", "fsspec", "jinja2"
    code = (
        "import sys; import edge_app.archive.archive_arguments;"
        f"print(*set({heavy!r}) & set(sys.modules))"
    )
    found = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert found.split() == []
