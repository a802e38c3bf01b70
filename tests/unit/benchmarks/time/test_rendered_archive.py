import cv2
import numpy as np
import pytest

from benchmarks.time import rendered_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive") / "scans"
    rendered_archive.write(folder, 55, num_bombs=0)
    return folder


def content(archive, number):
    (path,) = (archive / "box000").glob(f"page{number:06}.*")
    return path.read_bytes()


def test_each_scan_has_a_file_of_one_of_three_kinds(archive):
    names = sorted(path.name for path in (archive / "box000").iterdir())
    assert [name.partition(".")[0] for name in names] == [
        f"page{number:06}" for number in range(55)
    ]
    suffixes = [name.partition(".")[2] for name in names]
    assert set(suffixes) == {"jpg", "png", "tif"}
    assert (suffixes[0], suffixes[7], suffixes[8], suffixes[10]) == (
        "png", "tif", "jpg", "png",
    )  # fmt: skip
    assert [path.name for path in archive.iterdir()] == ["box000"]


def test_a_scan_of_twenty_is_a_copy_of_the_one_before(archive):
    scans = [content(archive, number) for number in range(55)]
    copies = [n for n in range(1, 55) if scans[n] == scans[n - 1]]
    assert copies == [19, 39]
    assert len(set(scans)) == 53


def test_a_scan_of_a_hundred_is_torn(archive):
    for number in (0, 7, 8, 49, 51, 54):
        encoded = np.frombuffer(content(archive, number), np.uint8)
        image = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
        assert image.shape[:2] == rendered_archive.SCANS.size_wh[::-1]
    assert not content(archive, 50).endswith(b"IEND\xaeB`\x82")  # as a PNG file ends
    assert content(archive, 40).endswith(b"IEND\xaeB`\x82")


def test_each_call_writes_the_same(archive, tmp_path):
    rendered_archive.write(tmp_path / "again", 3, num_bombs=0)
    for number in range(3):
        assert content(tmp_path / "again", number) == content(archive, number)
