"""Archives of forms, of which only the fields are read."""

import csv

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.dataset as ds
from archives import archive
from scans import page

from edge_app.archive.store.stored import Store
from edge_app.reader import Reader

pytestmark = pytest.mark.xdist_group("archive")


def table(name, box_xywh, *lines, margin=8):
    """A field around a box of a page, in a settings file."""
    x, y, w, h = box_xywh
    place = [(x - margin) / 640, (y - margin) / 480]
    place += [(w + 2 * margin) / 640, (h + 2 * margin) / 480]
    return "\n".join([f"[field.{name}]", f"place = {place}", *lines, ""])


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """A folder of one page that stands, one that lies; its settings and numbers."""
    folder = tmp_path_factory.mktemp("forms")
    image = page(1)
    numbers = Reader().read(image).numbers
    (folder / "scans").mkdir()
    cv2.imwrite(str(folder / "scans/a.png"), image)
    lying = cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)
    cv2.imwrite(str(folder / "scans/b.png"), lying)
    config = folder / "form.toml"
    config.write_text(
        'source = "http://192.0.2.8/capture"\nrotate = "auto"\n'
        + table("first", numbers[0].box_xywh, "decimals = 2")
        + table("second", numbers[1].box_xywh, "maximum = 1")
        + table("empty", (4, 470, 20, 8), margin=0)
    )
    return folder / "scans", config, numbers


@pytest.fixture(scope="module")
def finished(forms, tmp_path_factory):
    scans, config, _ = forms
    out = tmp_path_factory.mktemp("read") / "out"
    assert archive("read", scans, out, "--config", config, "--workers", 1) == 0
    return out


def numbers_of(out):
    parts = Store(out).parts(Store(out).fingerprint()).values()
    found = ds.dataset([str(part) for part in parts]).to_table().to_pylist()
    return [row for row in found if row["kind"] == "number"]


@pytest.mark.slow  # a whole archive
def test_each_field_of_each_page_has_a_row(forms, finished):
    _, _, numbers = forms
    found = numbers_of(finished)
    digits = [number.text.replace(" ", "") for number in numbers]
    for file in (0, 1):
        row_of_field = {row["field"]: row for row in found if row["file"] == file}
        assert list(row_of_field) == ["first", "second", "empty"]
        assert row_of_field["first"]["text"] == digits[0]
        assert row_of_field["first"]["value"] == int(digits[0]) / 100
        assert row_of_field["first"]["fault"] is None
        assert row_of_field["second"]["text"] == digits[1]
        assert row_of_field["second"]["value"] is None
        assert row_of_field["second"]["fault"].startswith("implausible: ")
        assert row_of_field["empty"]["text"] == ""
        assert row_of_field["empty"]["fault"] == "unreadable: no digits"
    assert archive("verify", finished) == 0


def test_boxes_lie_on_the_page_as_it_came(forms, finished):
    _, _, numbers = forms
    x, y, w, h = numbers[0].box_xywh
    for row in numbers_of(finished):
        if row["field"] != "first":
            continue
        left, top, width, height = row["box_xywh"]
        if row["path"].endswith("b.png"):  # it lies on its side
            left, top, width, height = 640 - top - height, left, height, width
        assert (left, top) == pytest.approx((x - 8, y - 8), abs=2)
        assert (width, height) == pytest.approx((w + 16, h + 16), abs=2)
        for digit in row["digits"]:
            center = [
                digit["box_xywh"][n] + digit["box_xywh"][n + 2] / 2 for n in (0, 1)
            ]
            box = row["box_xywh"]
            assert box[0] <= center[0] <= box[0] + box[2]
            assert box[1] <= center[1] <= box[1] + box[3]


def test_fields_are_found_reviewed_corrected_and_exported(finished, tmp_path, capsys):
    row = next(number for number in numbers_of(finished) if number["field"] == "empty")
    text = next(
        number for number in numbers_of(finished) if number["field"] == "first"
    )["text"]
    assert archive("find", text, finished, "--crops", tmp_path / "crops") == 0
    assert ", first: " in capsys.readouterr().out
    assert len(list((tmp_path / "crops").glob("*.png"))) == 2
    assert archive("review", finished) == 0
    assert "empty: unreadable: no digits" in (finished / "review.html").read_text()
    saved = tmp_path / "corrections.csv"
    saved.write_text(
        "fingerprint,file,page,number,path,text\n"
        f'{Store(finished).fingerprint()},{row["file"]},1,{row["number"]},"{row["path"]}",0042\n'
    )
    assert archive("review", finished, "--take", saved) == 0
    assert archive("export", finished, tmp_path) == 0
    exported = list(csv.DictReader((tmp_path / "numbers.csv").read_text().splitlines()))
    assert len(exported) == 6
    (checked,) = [
        written_row for written_row in exported if written_row["is_checked"] == "True"
    ]
    assert (checked["text"], checked["value"], checked["fault"]) == ("0042", "42", "")
    assert archive("review", finished, "--training", tmp_path / "own") == 0
    printed = capsys.readouterr().out
    assert ": 0 digits; left out for having more or fewer digits" in printed
    assert printed.endswith("than were read: 1 number\n")


def test_what_is_typed_wins_over_the_file(forms, tmp_path):
    scans, config, _ = forms
    words = ["read", scans, tmp_path, "--config", config, "--workers", 1]
    archive(*words, "--rotate", "0", "--reader", "classic")
    pages = ds.dataset(tmp_path / "readings").to_table().to_pylist()
    assert {row["rotation"] for row in pages if row["kind"] == "page"} == {0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[field.a]\n", "field.a.place"),
        ('[camera.cellar]\nsource = "0"\n', "not of cameras"),
        ("rotat = 90\n", "no setting is called rotat"),
        ('reference = "lost.jpg"\n', "a picture that exists"),
    ],
)
def test_a_settings_file_that_is_wrong(tmp_path, capsys, text, message):
    (tmp_path / "a.toml").write_text(text)
    words = ["read", tmp_path, tmp_path / "out", "--config", tmp_path / "a.toml"]
    assert archive(*words) == 1
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1
