"""Archives whose scans lie in a bucket, behind SFTP and behind HTTP: real servers."""

import functools
import getpass
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.dataset as ds
from ports import free_port
from scans import page, pdf, tiff

from edge_app.__main__ import main
from edge_app.archive.listing import documents, listed
from edge_app.common.errors import ArchiveError

pytestmark = pytest.mark.xdist_group("archive")
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """A folder with a JPEG file, a TIFF and a PDF file of two pages, and no scan."""
    folder = tmp_path_factory.mktemp("places") / "scans"
    (folder / "box").mkdir(parents=True)
    pages = [page(seed, (320, 240)) for seed in (1, 2)]
    cv2.imwrite(str(folder / "a.jpg"), pages[0])
    (folder / "box/b.tif").write_bytes(tiff(pages))
    (folder / "box/c.pdf").write_bytes(pdf(pages))
    (folder / "box/notes.txt").write_text("no scan")
    return folder


@pytest.fixture
def bucket(scans, monkeypatch):
    """The address of a bucket with them, on a server that speaks S3."""
    server = pytest.importorskip("moto.server")
    running = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    with fresh("s3") as s3:
        s3.mkdir("bucket")
        s3.put(f"{scans}/", "bucket/scans/", recursive=True)
        yield "s3://bucket/scans"
        s3.rm("bucket", recursive=True)  # moto's servers share what they keep
    running.stop()


@contextmanager
def fresh(protocol):
    """A file system that no other test has used, and none will."""
    import fsspec

    kind = fsspec.get_filesystem_class(protocol)
    kind.clear_instance_cache()
    yield kind()
    kind.clear_instance_cache()


@pytest.fixture
def shell(scans, tmp_path, monkeypatch):
    """Their address on an SFTP server that takes one key."""
    if SSHD is None:
        pytest.skip("needs OpenSSH's server")
    for name in ("host", "user"):
        key = str(tmp_path / name)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    port = free_port()
    config = tmp_path / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\n"
        f"AuthorizedKeysFile {tmp_path}/user.pub\nPidFile none\nStrictModes no\n"
        "PermitRootLogin yes\nUsePAM no\nSubsystem sftp internal-sftp\n"
    )
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    shutil.copy(tmp_path / "user", home / ".ssh/id_ed25519")
    monkeypatch.setenv("HOME", str(home))
    if os.geteuid() == 0:  # as its service does at each start
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.PIPE, text=True
    )
    line = server.stderr.readline()
    if "listening" not in line:
        server.kill()
        pytest.skip(f"OpenSSH's server does not start here: {line}")
    threading.Thread(target=server.stderr.read, daemon=True).start()
    yield f"sftp://{getpass.getuser()}@127.0.0.1:{port}{scans}"
    server.kill()
    server.wait()


@pytest.fixture
def web(scans):
    """Their address on a web server that lists folders."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=str(scans.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/scans"
        server.shutdown()


@pytest.fixture(params=["bucket", "shell", "web"])
def place(request):
    return request.getfixturevalue(request.param)


def test_what_lies_elsewhere_is_listed_and_fetched(scans, place):
    names = ["a.jpg", "box/b.tif", "box/c.pdf"]
    addresses = [f"{place}/{name}" for name in names]
    found = sorted(listed.files(place))
    assert [listed_file.path for listed_file in found] == addresses
    for listed_file, name in zip(found, names, strict=True):
        content = (scans / name).read_bytes()
        assert listed_file.size_bytes in (len(content), listed.UNKNOWN_SIZE)
        assert documents.fetch(listed_file.path) == content
    assert [
        listed_file.path for listed_file in listed.files(f"{place}/**/*.tif")
    ] == addresses[1:2]
    assert [
        listed_file.path for listed_file in listed.files(addresses[2])
    ] == addresses[2:]
    with pytest.raises(FileNotFoundError):
        documents.fetch(f"{place}/lost.jpg")
    with pytest.raises(ArchiveError, match="/lost: no such folder or file"):
        list(listed.files(f"{place}/lost"))


@pytest.mark.slow
def test_the_command_reads_what_lies_elsewhere(place, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["archive", "read", place, str(out), "--workers", "1"]
    assert main([*words, "--reader", "classic"]) == 0
    assert "5 pages" in capsys.readouterr().out
    assert main(["archive", "verify", str(out)]) == 0
    found = ds.dataset(out / "readings").to_table().to_pylist()
    assert all(row["path"].startswith(place) for row in found)
