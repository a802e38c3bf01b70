"""Photographs read one by one, and the pictures written of them."""

import json

import cv2
import numpy as np
import pytest
from tracks import number, reading
from written import jpeg

from edge_app.cli import read_photos
from edge_app.cli.read_photos import PhotoReader, PictureFolders
from edge_app.common.errors import ImageError
from edge_app.reader import Reader
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


def photos(reader, **folders):
    return PhotoReader(reader, PictureFolders(**folders))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_photograph_is_read_and_nothing_written(scene_png, reader):
    before = names(scene_png.parent)
    read = photos(reader).read(scene_png)
    assert [read_number.text for read_number in read.numbers] == Scene(seed=1).numbers
    assert names(scene_png.parent) == before


def test_pictures_of_each_have_a_name_of_their_own(tmp_path, reader):
    blank = cv2.imencode(".png", np.full((48, 64), 250, np.uint8))[1].tobytes()
    paths = [
        tmp_path / folder / name
        for folder, name in (
            ("a", "p.png"),
            ("b", "P.png"),
            ("c", "p-2.png"),
            ("d", "p.jpg"),
        )
    ]
    seen, stages = tmp_path / "seen", tmp_path / "stages"
    reading_them = photos(reader, annotate=seen, debug=stages)
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(blank)
        reading_them.read(path)
    found = [name.removesuffix("-read.png") for name in names(seen)]
    assert len({name.casefold() for name in found}) == len(paths)
    assert set(found) == {"p", "P-2", "p-2-2", "p-3"}
    for name in names(seen):
        assert cv2.imread(str(seen / name)).shape == (48, 64, 3)
    assert {name.split("-ink")[0] for name in names(stages) if "-ink" in name} == {
        "p-1", "P-2-1", "p-2-2-1", "p-3-1",
    }  # fmt: skip


def test_how_a_camera_was_held_counts_more_than_what_the_reader_is_told(
    tmp_path, scene_png
):
    frame = cv2.imread(str(scene_png))
    stored = cv2.rotate(frame, cv2.ROTATE_90_COUNTERCLOCKWISE)
    (tmp_path / "a.jpg").write_bytes(jpeg(stored, orientation=6))
    read = photos(Reader(rotate=180)).read(tmp_path / "a.jpg")
    assert read.rotation == 90
    assert (read.width, read.height) == (480, 640)


def test_what_cannot_be_is_an_error_of_that_photograph(tmp_path, scene_png, reader):
    message = "lies outside of the frame of 640x480"
    with pytest.raises(ImageError, match=rf"scene\.png: .*{message}"):
        photos(Reader(roi_xywh=(900, 0, 9, 9))).read(scene_png)
    with pytest.raises(ImageError, match=r"none\.png: cannot be read \(No such file"):
        photos(reader).read(tmp_path / "none.png")
    (tmp_path / "file").write_text("")
    with pytest.raises(ImageError, match=r"file is a file, a folder expected\)$"):
        photos(reader, annotate=tmp_path / "file").read(scene_png)


def test_a_line_says_the_numbers_or_all(scene_png):
    read = reading(*number("42"))
    said = read_photos.line(scene_png, read, as_json=False)
    assert said == f"{scene_png}: 42  (least confidence 0.95)"
    row = json.loads(read_photos.line(scene_png, read, as_json=True))
    assert row == {"source": str(scene_png), **json.loads(json.dumps(read.to_dict()))}
    assert "rejects" not in row
    line = read_photos.line(scene_png, read, as_json=True, rejects=True)
    assert json.loads(line)["rejects"] == []
