"""Folders, patterns and single files of photographs, as `run --source` takes them."""

import csv
import json

import cv2
import numpy as np
import pytest
from written import jpeg

from edge_app.__main__ import main
from edge_app.common.errors import CameraError
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.pictures import folder as folders

pytestmark = pytest.mark.device


def write_page(path, seed=1):
    scene = Scene(seed=seed)
    ok, content = cv2.imencode(path.suffix, scene.frame(0.0)[0])
    assert ok
    path.write_bytes(content.tobytes())
    return scene.numbers


def tear(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])


@pytest.fixture
def folder(tmp_path):
    """Two pages alike, a torn one, one without digits and one of other digits."""
    folder = tmp_path / "shots"
    folder.mkdir()
    for name in ("p1.png", "p2.png", "p3.jpg"):
        write_page(folder / name)
    tear(folder / "p3.jpg")
    cv2.imwrite(str(folder / "p10.png"), np.full((240, 320, 3), 240, np.uint8))
    write_page(folder / "p11.png", seed=2)
    (folder / "notes.txt").write_text("no image")
    return folder


def names_in(folder):
    return [
        str(folder / f"p{n}") for n in ("1.png", "2.png", "3.jpg", "10.png", "11.png")
    ]


def test_names_are_sorted_as_people_count(tmp_path):
    expected = ["2", "a", "p02", "p2", "P3", "p10-2", "p10"]
    expected = [f"{name}.png" for name in expected]
    for name in reversed(expected):
        cv2.imwrite(str(tmp_path / name), np.full((20, 30, 3), 200, np.uint8))
    found = [frame.name for frame in open_source(str(tmp_path)).frames()]
    assert found == [str(tmp_path / name) for name in expected]


def test_what_has_to_be_converted_first_is_named(tmp_path):
    cv2.imwrite(str(tmp_path / "p10.png"), np.full((20, 30, 3), 200, np.uint8))
    (tmp_path / "p2.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (tmp_path / "p3.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "notes.txt").write_text("no image")
    faults = {frame.name: frame.fault for frame in open_source(str(tmp_path)).frames()}
    names = [str(tmp_path / name) for name in ("p2.HEIC", "p3.pdf", "p10.png")]
    assert list(faults) == names
    assert "convert it to JPEG" in faults[names[0]]
    assert "make one of each page" in faults[names[1]]
    assert faults[names[2]] is None


def test_records_name_each_file_in_order(folder, tmp_path, capsys, caplog):
    jsonl, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    options = ["--view", "text", "--jsonl", str(jsonl), "--csv", str(table)]
    assert main(["run", "--source", str(folder), *options]) == 1
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in jsonl.read_text().splitlines()]
    assert [row["source"] for row in rows] == names_in(folder)
    texts = [[n["text"] for n in row.get("numbers", ())] for row in rows]
    assert texts[0] == texts[1] == Scene(seed=1).numbers
    assert texts[3] == []
    assert texts[4] == Scene(seed=2).numbers
    # A file that was not read is not said to hold no digits.
    assert "p3.jpg" in rows[2]["error"]
    assert not {"numbers", "digits"} & rows[2].keys()

    with table.open(newline="") as file:
        cells = list(csv.DictReader(file))
    assert list(dict.fromkeys(row["source"] for row in cells)) == names_in(folder)
    assert [row["text"] for row in cells if row["source"].endswith("p2.png")] == texts[
        1
    ]
    torn, empty = (
        [r for r in cells if r["source"].endswith(n)] for n in ("p3.jpg", "p10.png")
    )
    assert [(r["event"], r["text"], r["confidence"]) for r in torn] == [
        ("unreadable", "", "")
    ]
    assert [(r["event"], r["text"]) for r in empty] == [("", "")]

    said = [line.split("  ", 1)[1] for line in out.splitlines()]
    assert [line.split(": ")[0] for line in said] == names_in(folder)
    assert said[2].endswith("p3.jpg: cannot be read")
    assert said[3].endswith("p10.png: no digits")
    assert err == "edge-digits: error: 1 of 5 images cannot be read\n"
    (warning,) = caplog.messages
    assert "p3.jpg: " in warning


def test_a_record_of_a_folder_is_taken_up_again(folder, tmp_path):
    tear(folder / "p11.png")  # the last line says so
    for name in ("a.jsonl", "a.csv"):
        options = ["--view", "none", f"--{name[2:]}", str(tmp_path / name)]
        for _ in range(2):
            assert main(["run", "--source", str(folder), *options]) == 1
        seen = (tmp_path / name).read_text()
        assert seen.count("p11.png") >= 2


def test_names_with_line_breaks_and_odd_bytes_are_one_line_each(tmp_path):
    shots = tmp_path / "shots"
    shots.mkdir()
    odd = [b"a\nb, c.png", b"caf\xe9.png"]
    for name in odd:
        write_page(tmp_path / "page.png")
        (tmp_path / "page.png").rename(shots / name.decode(errors="surrogateescape"))
    jsonl, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    options = ["--view", "none", "--jsonl", str(jsonl), "--csv", str(table)]
    assert main(["run", "--source", str(shots), *options]) == 0
    sources = [json.loads(line)["source"] for line in jsonl.read_text().splitlines()]
    assert sources == [f"{shots}/a\nb, c.png", f"{shots}/caf\udce9.png"]
    lines = table.read_text().splitlines()
    assert len(lines) == 1 + 2 * len(Scene(seed=1).numbers)
    found = {row["source"] for row in csv.DictReader(lines)}
    assert found == {f"{shots}/a b, c.png", f"{shots}/caf\\udce9.png"}


def test_a_folder_that_holds_nothing_readable(tmp_path, capsys):
    for name in ("a.jpg", "b.png"):
        write_page(tmp_path / name)
        tear(tmp_path / name)
    record = tmp_path / "out" / "a.jsonl"
    options = ["--view", "none", "--jsonl", str(record)]
    assert main(["run", "--source", str(tmp_path), *options]) == 1
    err = capsys.readouterr().err
    assert "none of its images can be read" in err.splitlines()[-1]
    assert record.read_text().count('"error"') == 2


def test_unreadable_frames_are_blank_and_say_why(tmp_path):
    (tmp_path / "a.png").write_bytes(b"torn")
    cv2.imwrite(str(tmp_path / "b.png"), np.full((20, 30, 3), 9, np.uint8))
    unreadable, readable = open_source(str(tmp_path)).frames()
    assert "a.png" in unreadable.fault
    assert unreadable.image.std() == 0
    assert (readable.fault, readable.image[0, 0, 0]) == (None, 9)
    (tmp_path / "b.png").unlink()
    with pytest.raises(CameraError, match=r"a\.png"):
        list(open_source(str(tmp_path)).frames())


@pytest.mark.parametrize("name", ["a.jpg", "a.JPE", "a.jfif", "a", "a.png", "b"])
def test_a_torn_photograph_is_an_error_whatever_it_is_called(tmp_path, name, capsys):
    suffix = ".png" if name in ("a.png", "b") else ".jpg"
    write_page(tmp_path / f"whole{suffix}")
    path = tmp_path / name
    (tmp_path / f"whole{suffix}").rename(path)
    assert main(["run", "--source", str(path), "--view", "text"]) == 0
    assert Scene(seed=1).numbers[0] in capsys.readouterr().out
    tear(path)
    assert main(["run", "--source", str(path), "--view", "text"]) == 1
    out, err = capsys.readouterr()
    assert "no digits" not in out
    assert err.count("\n") == 1
    assert f"{path}: torn or damaged" in err


def test_a_file_of_many_jpegs_is_a_video(tmp_path):
    for name in ("1.jpg", "2.jpg"):
        write_page(tmp_path / name)
    content = b"".join((tmp_path / name).read_bytes() for name in ("1.jpg", "2.jpg"))
    (tmp_path / "clip.mjpeg").write_bytes(content)
    source = open_source(str(tmp_path / "clip.mjpeg"))
    assert source.is_moving
    source.close()


def test_folder_and_pattern_of_images(tmp_path, caplog):
    for n in (2, 10, 1):
        cv2.imwrite(str(tmp_path / f"{n:02}.png"), np.full((20, 30, 3), n, np.uint8))
    (tmp_path / "03.jpg").write_bytes(b"torn")
    (tmp_path / "notes.txt").write_text("no image")
    for name in (str(tmp_path), str(tmp_path / "*.[pj]*g")):
        caplog.clear()
        frames = list(open_source(name).frames())
        readable = [frame for frame in frames if frame.fault is None]
        assert [frame.image[0, 0, 0] for frame in readable] == [1, 2, 10]
        assert "03.jpg" in caplog.text
    with pytest.raises(CameraError, match="no image files"):
        open_source(str(tmp_path / "*.gif"))


def test_images_are_upright_as_exif_says(tmp_path):
    page = np.full((20, 30, 3), 200, np.uint8)
    page[:5] = 40
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(page, orientation=8))
    for name in (photo, tmp_path):
        (frame,) = open_source(str(name)).frames()
        assert frame.image.shape == (30, 20, 3)
        assert frame.image[:, :4].mean() < 60 < 150 < frame.image[:, 6:].mean()


@pytest.mark.parametrize(
    ("name", "content", "is_picture"),
    [
        ("a.JPG", b"torn", True),
        ("a.jfif", b"", True),
        ("a.mjpeg", b"\xff\xd8\xff\xe0", False),
        ("a", b"\xff\xd8\xff\xe0\0\x10JFIF", True),
        ("a.dat", b"\x89PNG\r\n\x1a\n", True),
        ("a", b"RIFF\n\0\0\0WEBPVP8 ", True),
        ("a", b"RIFF\n\n\0\0AVI LIST", False),
        ("a", b"BM\n\n\0\0\0\0\0\0", True),
        ("a", b"BMW and other cars", False),
        ("a", b"P5 640 480", True),
        ("a", b"P50", False),
        ("a", b"", False),
    ],
)
def test_a_picture_is_known_by_its_name_or_its_beginning(
    tmp_path, name, content, is_picture
):
    (tmp_path / name).write_bytes(content)
    assert folders.is_image(tmp_path / name) == is_picture


def test_what_is_not_there_is_no_picture(tmp_path):
    assert not folders.is_image(tmp_path / "nothing")
    assert folders.opened(str(tmp_path / "nothing"), CameraOptions()) is None


def test_a_name_with_brackets_is_a_file_where_there_is_one(tmp_path):
    for name in ("page[1].png", "page1.png"):
        cv2.imwrite(str(tmp_path / name), np.full((20, 30, 3), 200, np.uint8))
    pattern = tmp_path / "page[1].png"
    (frame,) = folders.opened(str(pattern), CameraOptions()).frames()
    assert frame.name == str(pattern)
    pattern.unlink()
    (frame,) = folders.opened(str(pattern), CameraOptions()).frames()
    assert frame.name == str(tmp_path / "page1.png")
    (tmp_path / "clip[1].avi").write_text("left to who reads clips")
    assert folders.opened(str(tmp_path / "clip[1].avi"), CameraOptions()) is None


def test_pictures_have_no_options_of_cameras(folder):
    with pytest.raises(CameraError, match="shots: --focus is for cameras"):
        folders.opened(str(folder), CameraOptions(focus=3))
