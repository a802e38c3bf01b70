import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from needed import need

need("pyarrow", reason="needs the extra archive")

from edge_app.archive.listing import listed
from edge_app.archive.listing.listed import Found
from edge_app.common.errors import ArchiveError


@pytest.fixture
def scans(tmp_path):
    """Five scans, and what is none."""
    folder = tmp_path / "scans"
    (folder / "box").mkdir(parents=True)
    for name in ("a.jpg", "b.PNG", "box/c.tif", "box/d.pdf", "e.webp"):
        (folder / name).write_bytes(name.encode())
    for name in (".f.jpg", "notes.txt", "box/thumbs.db"):
        (folder / name).write_bytes(b"")
    return folder


def names(found):
    return sorted(Path(listed_file.path).name for listed_file in found)


def test_a_folder_with_all_folders_in_it(scans):
    found = sorted(listed.files(str(scans)))
    assert names(found) == ["a.jpg", "b.PNG", "c.tif", "d.pdf", "e.webp"]
    known = (scans / "a.jpg").stat()
    expected = Found(str(scans / "a.jpg"), 5, int(known.st_mtime * 1e6))
    assert found[0] == expected


def test_the_results_within_the_source_are_passed_over(scans):
    found = listed.files(str(scans), but=scans / "box")
    assert names(found) == ["a.jpg", "b.PNG", "e.webp"]


@pytest.mark.parametrize("source", ["{}", "file://{}", "{}/**/*.jpg"])
def test_folders_whose_name_begins_with_a_dot_are_passed_over(scans, source):
    (scans / ".trash").mkdir()
    (scans / ".trash/g.jpg").write_bytes(b"")
    assert "g.jpg" not in names(listed.files(source.format(scans)))


def test_a_pattern_may_name_a_folder_that_begins_with_a_dot(scans):
    (scans / ".trash").mkdir()
    (scans / ".trash/g.jpg").write_bytes(b"")
    assert names(listed.files(f"{scans}/.trash/*.jpg")) == ["g.jpg"]


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_pattern(scans, prefix):
    found = list(listed.files(f"{prefix}{scans}/**/*.pdf"))
    assert names(found) == ["d.pdf"]
    assert found[0].path == str(scans / "box/d.pdf")
    assert found[0].mtime_us > 1e15


def test_a_folder_by_its_url_is_listed_as_by_its_path(scans):
    by_url = sorted(listed.files(f"file://{scans}"))
    assert by_url == sorted(listed.files(str(scans)))


def test_a_list_names_files_relative_to_itself(scans):
    (scans / "list.txt").write_text(f"a.jpg\n\n{scans}/box/d.pdf\nlost.png\n")
    found = list(listed.files(str(scans / "list.txt")))
    assert [listed_file.path for listed_file in found] == [
        str(scans / "a.jpg"), str(scans / "box/d.pdf"), str(scans / "lost.png")
    ]  # fmt: skip
    assert found[2].size_bytes == listed.UNKNOWN_SIZE


def test_a_folder_whose_name_looks_like_a_pattern(scans):
    odd = scans.rename(scans.with_name("1950 [a]"))
    assert len(list(listed.files(str(odd)))) == 5
    assert names(listed.files(str(odd / "a.jpg"))) == ["a.jpg"]


def test_one_file(scans):
    assert names(listed.files(str(scans / "box/c.tif"))) == ["c.tif"]


def test_files_of_a_web_server(scans):
    handler = functools.partial(QuietHandler, directory=str(scans))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/a.jpg"
        assert list(listed.files(url)) == [Found(url, 5, 0)]
        from edge_app.archive.listing import documents

        assert documents.fetch(url) == b"a.jpg"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.parametrize("source", ["lost", "no-such-protocol://a/b"])
def test_a_source_that_is_not_there(tmp_path, source):
    if "://" not in source:
        source = str(tmp_path / source)
    with pytest.raises(ArchiveError, match=source):
        list(listed.files(source))


@pytest.mark.parametrize("source", ["", "/*.jpg", "/empty.txt", "/notes.log"])
def test_a_source_that_holds_nothing_to_read_is_named(tmp_path, source):
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "notes.log").write_text("no scan")
    with pytest.raises(ArchiveError, match="no pictures or PDF files") as caught:
        list(listed.files(f"{tmp_path}{source}"))
    assert str(caught.value).startswith(f"{tmp_path}{source}: ")


def test_a_name_that_is_not_utf8(scans):
    try:
        Path(str(scans / "\udcff.jpg")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system knows no such names")
    with pytest.raises(ArchiveError, match="UTF-8"):
        list(listed.files(str(scans)))
