"""What is told, found, exported and corrected of an archive that was read."""

import csv
import json
import re
import subprocess
import sys

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from archives import QUICK, archive, read_rows
from scans import write_mixed

from edge_app.archive.store.stored import Store

pytestmark = pytest.mark.xdist_group("archive")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder of one file of each kind, read: the folder and its results."""
    folder = tmp_path_factory.mktemp("finished")
    write_mixed(folder / "scans")
    words = ["read", folder / "scans", folder / "out", "--dpi", 72, "--workers", 1]
    assert archive(*words, *QUICK) == 1
    return folder / "scans", folder / "out"


def test_status(finished, capsys):
    _, out = finished
    assert archive("status", out) == 1
    printed = capsys.readouterr().out
    assert "9 files in 1 shard, 1 of them read" in printed
    assert "11 pages" in printed
    assert re.search(r"^ +8 ok$", printed, re.M)
    assert re.search(r"^ +2 unreadable$", printed, re.M)
    assert re.search(r"^ +1 damaged$", printed, re.M)
    assert not (out / "quarantine.txt").exists()


def test_find(finished, tmp_path, capsys):
    _, out = finished
    assert archive("find", "[0-9]{4}", out, "--json", "--crops", tmp_path) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found
    assert {len(row["text"]) for row in found} == {4}
    crops = list(tmp_path.glob("*.png"))
    assert len(crops) == len(found)
    for crop in crops:
        height, width = cv2.imread(str(crop)).shape[:2]
        assert 10 < height <= 120
        assert width > height  # upright, whichever way its page was turned
    assert archive("find", found[0]["text"], out) == 0
    assert found[0]["path"] in capsys.readouterr().out
    assert archive("find", "[0-9]{40}", out) == 1
    assert archive("find", "(?=1)1", out) == 1  # Python knows it, RE2 does not
    assert "regular expression" in capsys.readouterr().err


@pytest.mark.parametrize("style", ["csv", "jsonl"])
def test_export(finished, tmp_path, style):
    _, out = finished
    assert archive("export", out, tmp_path, "--format", style) == 0
    tables = {}
    for name in ("pages", "numbers"):
        text = (tmp_path / f"{name}.{style}").read_text()
        tables[name] = (
            list(csv.DictReader(text.splitlines()))
            if style == "csv"
            else [json.loads(line) for line in text.splitlines()]
        )
    rows = read_rows(out)
    assert len(tables["pages"]) == sum(row["kind"] == "page" for row in rows)
    assert len(tables["numbers"]) == sum(row["kind"] == "number" for row in rows)
    texts = sorted(row["text"] for row in rows if row["kind"] == "number")
    assert sorted(row["text"] for row in tables["numbers"]) == texts


def on_page(html):
    """The numbers on a page for review: file, page, number and path of each."""
    return re.findall(
        r'data-file="(\d+)" data-page="(\d+)" data-number="(\d+)" data-path="([^"]+)"',
        html,
    )


def test_corrections_are_exported_and_learned_from(finished, tmp_path, capsys):
    _, out = finished
    assert archive("review", out, "--count", 3) == 0
    assert "3 numbers" in capsys.readouterr().out
    html = (out / "review.html").read_text()
    assert html.count("data:image/png") == 3
    assert "://" not in html  # it needs no connection
    numbers = [row for row in read_rows(out) if row["kind"] == "number"]
    unsure = min(numbers, key=lambda row: row["confidence"])
    # One is another number, one is none, and one has more digits than were read.
    truth = ["9" * len(unsure["text"]), "", "1" * 30]
    checked = on_page(html)
    assert checked[0][0] == str(unsure["file"])
    saved = tmp_path / "corrections.csv"
    lines = ["fingerprint,file,page,number,path,text"]
    for (*place, path), text in zip(checked, truth, strict=True):
        lines.append(",".join([Store(out).fingerprint(), *place, f'"{path}"', text]))
    saved.write_text("\r\n".join([*lines, ""]))
    assert archive("review", out, "--take", saved) == 0

    assert archive("export", out, tmp_path) == 0
    exported = list(csv.DictReader((tmp_path / "numbers.csv").read_text().splitlines()))
    assert len(exported) == len(numbers) - 1
    corrected = {row["read_as"]: row for row in exported if row["is_checked"] == "True"}
    assert sorted(row["text"] for row in corrected.values()) == sorted(truth[::2])
    assert corrected[unsure["text"]]["text"] == truth[0]

    assert archive("review", out, "--training", tmp_path / "own") == 0
    digits = [path.parent.name for path in tmp_path.glob("own/*/*.28x28.png")]
    assert digits.count("9") == len(unsure["text"])
    assert set(digits) == {"9", "reject"}

    assert archive("review", out, "--count", 500) == 0
    left = on_page((out / "review.html").read_text())
    assert len(left) == len(numbers) - 3
    assert not set(left) & set(checked)
    (out / "corrections.csv").unlink()


def test_a_table_that_has_no_corrections(finished, tmp_path, capsys):
    _, out = finished
    (tmp_path / "other.csv").write_text("a,b\n")
    assert archive("review", out, "--take", tmp_path / "other.csv") == 1
    assert "no table of corrections" in capsys.readouterr().err
    assert archive("review", out, "--take", tmp_path / "lost.csv") == 1
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["read", "scans", "s3://bucket/out"],
        ["status", "s3://bucket/out"],
        ["export", "out", "s3://bucket/tables"],
        ["find", "1", "out", "--crops", "s3://bucket/hits"],
        ["review", "out", "--training", "s3://bucket/own"],
    ],
)
def test_results_go_into_folders_not_to_urls(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        archive(*words)
    message = capsys.readouterr().err
    assert "of this machine's file system expected, got the URL s3://bucket/" in message
    assert message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_archive_there(tmp_path, capsys):
    assert archive("status", tmp_path) == 1
    assert "no archive; try" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "missing"),
    [(["read", "scans"], "distributed"), (["status"], "pyarrow")],
)
def test_without_the_extra_the_command_says_what_to_install(tmp_path, words, missing):
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from edge_app.__main__ import main\n"
        f"raise SystemExit(main({['archive', *words, str(tmp_path)]!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{missing} is not installed" in done.stderr
    assert "archive" in done.stderr


def test_what_reads_nothing_needs_no_dask(tmp_path):
    program = (
        "import sys\n"
        "from edge_app.__main__ import main\n"
        f"main(['archive', 'status', {str(tmp_path)!r}])\n"
        "raise SystemExit('dask' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
