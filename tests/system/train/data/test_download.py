"""MNIST fetched from a server, as Keras does it."""

import http.server
import shutil
import threading

import pytest
from needed import need

need("tensorflow", reason="Keras downloads")

from edge_app.common.errors import DataError
from train.data import mnist_files


@pytest.fixture
def server(tmp_path):
    """A real HTTP server for the files in a folder."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_download_checks_the_hash_and_is_cached(server, tmp_path, mnist_dir):
    folder, url = server
    name = "t10k-labels-idx1-ubyte.gz"
    shutil.copy(mnist_dir / name, folder)
    path = mnist_files.download(name, base_url=url, cache_dir=tmp_path)
    assert path.is_relative_to(tmp_path)
    assert path.read_bytes() == (mnist_dir / name).read_bytes()
    (folder / name).unlink()
    assert mnist_files.download(name, base_url=url, cache_dir=tmp_path) == path


def test_download_of_another_file_is_refused(server, tmp_path):
    folder, url = server
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(b"not MNIST")
    with pytest.raises(DataError, match=r"download failed .*--data"):
        mnist_files.download(
            "t10k-labels-idx1-ubyte.gz", base_url=url, cache_dir=tmp_path
        )


def test_download_without_a_network(tmp_path):
    with pytest.raises(DataError, match=r"download failed .*--data"):
        mnist_files.download(
            "t10k-labels-idx1-ubyte.gz",
            base_url="http://127.0.0.1:9",
            cache_dir=tmp_path,
        )
