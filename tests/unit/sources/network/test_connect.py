"""Connections to HTTP servers, and why there is none."""

import cv2
import numpy as np
import pytest
from cameras import answering, file_server
from ports import free_port

from edge_app.common.errors import CameraError
from edge_app.sources.network.connect import connect

pytestmark = pytest.mark.device

DIGEST = (
    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Digest "
    b'realm="a", nonce="b", algorithm=SHA-512-256\r\n\r\n'
)
JPEG = cv2.imencode(".jpg", np.zeros((8, 8), np.uint8))[1].tobytes()


def test_an_answer_is_given_with_its_head_read():
    content = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nall of it"
    with answering(content) as port, connect(f"http://127.0.0.1:{port}/x") as response:
        assert response.headers.get_content_type() == "image/png"
        assert response.read() == b"all of it"


UNKNOWN = "Digest algorithm=SHA-512-256,"


@pytest.mark.parametrize(
    ("demands", "best"),
    [
        (["Basic"], "Basic"),
        (["Digest"], "Digest"),
        (["Basic", "Digest"], "Digest"),
        (["Negotiate", "Digest", "Basic"], "Digest"),
        ([UNKNOWN, "Basic", "Digest"], "Digest"),
        (["Digest", UNKNOWN], "Digest"),
        ([UNKNOWN, "Basic"], "Digest"),
    ],
)
def test_logins(tmp_path, demands, best):
    (tmp_path / "a.png").write_bytes(b"content")
    with file_server(tmp_path, *demands) as url:
        address = url.removeprefix("http://")
        with pytest.raises(CameraError) as caught:
            connect(f"{url}/a.png")
        assert str(caught.value) == (
            f"{url}/a.png: the server asks for a login ({best}); give it in the "
            f"URL, as in http://user:password@{address}/..."
        )
        with pytest.raises(CameraError) as caught:
            connect(f"http://me:secret@{address}/a.png")
        assert str(caught.value) == (
            f"{url}/a.png: the server refuses this user and password"
        )
        with connect(f"http://me:se%2Fcr%3Aet@{address}/a.png") as response:
            assert response.read() == b"content"


@pytest.mark.parametrize(
    ("start", "answer", "message"),
    [
        (
            "http://",
            b"HTTP/1.1 404 Not Found\r\n\r\n",
            "the server says 404 Not Found",
        ),
        (
            "http://",
            b"Content-Type: image/jpeg\r\n\r\n",
            "answers 'Content-Type: image/jpeg', but not by HTTP",
        ),
        ("http://", 60 * b"x" + b"\r\n", f"answers '{40 * 'x'}...', but not by HTTP"),
        ("http://", JPEG, "but not by HTTP"),
        ("http://", b"RTSP/1.0 400 Bad Request\r\n\r\n", "rtsp:// expected"),
        ("http://", b"\x15\x03\x03\0\2\2\x28", "speaks TLS there; https:// expected"),
        ("http://", b"", "hangs up without an answer; is it https:// there?"),
        ("https://", b"HTTP/1.1 400 Bad Request\r\n\r\n", "http:// expected"),
        (
            "http://",
            DIGEST.replace(b"Digest", b"Negotiate"),
            "a login of a kind other than Basic and Digest",
        ),
        ("http://a:b@", DIGEST, "a login that is not known here .*SHA-512-256"),
    ],
)
def test_servers_of_other_kinds(start, answer, message):
    with answering(answer) as port, pytest.raises(CameraError, match=message) as caught:
        connect(f"{start}127.0.0.1:{port}/x")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(start.replace("a:b@", ""))


@pytest.mark.parametrize(
    ("port", "path"), [(99999, "x"), ("nobody", "x"), ("nobody", "ö"), ("nobody", " ")]
)
def test_nobody_there(port, path):
    port = free_port() if port == "nobody" else port
    with pytest.raises(CameraError) as caught:
        connect(f"http://me:secret@127.0.0.1:{port}/{path}")
    start, _, end = str(caught.value).partition(" (")
    assert start == f"http://127.0.0.1:{port}/{path}: does not answer"
    assert end.endswith("); does the server run?")
    assert "Errno" not in end
