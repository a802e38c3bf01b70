"""What RTSP servers say of a stream."""

import pytest
from cameras import answering
from ports import free_port, serving

from edge_app.sources.network import rtsp

pytestmark = pytest.mark.device


@pytest.mark.parametrize(
    ("login", "answer", "message"),
    [
        ("", b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", None),
        ("", b"RTSP/1.0 404 Not Found\r\n\r\n", "the server says 404 Not Found"),
        ("a:b@", b"RTSP/1.0 401 Unauthorized\r\n\r\n", "refuses this user and passwo"),
        ("", b"HTTP/1.1 400 Bad Request\r\n\r\n", "answers, but not by RTSP"),
        ("", b"RTSP/1.0 what\r\n\r\n", "answers, but not by RTSP"),
        ("", b"\xff\xd8\xff\xe0", "answers, but not by RTSP"),
        ("", b"", "answers, but not by RTSP"),
    ],
)
def test_an_answer_in_one_line(login, answer, message):
    with answering(answer) as port:
        said = rtsp.why_not(f"rtsp://{login}127.0.0.1:{port}/live")
    assert said is None if message is None else message in said


def test_a_login_that_is_missing_is_shown_with_the_cameras_address():
    with answering(b"RTSP/1.0 401 Unauthorized\r\n\r\n") as port:
        said = rtsp.why_not(f"rtsp://127.0.0.1:{port}/live")
    assert said == (
        "the server asks for a login; give it in the URL, as in "
        f"rtsp://user:password@127.0.0.1:{port}/..."
    )


def test_the_stream_is_asked_for_without_its_password():
    asked = []

    def answer(connection):
        asked.append(connection.recv(4096).decode())
        connection.sendall(b"RTSP/1.0 200 OK\r\n\r\n")

    with serving(answer) as port:
        assert rtsp.why_not(f"rtsp://me:secret@127.0.0.1:{port}/live") is None
    request, *headers = asked[0].split("\r\n")
    assert request == f"DESCRIBE rtsp://127.0.0.1:{port}/live RTSP/1.0"
    assert headers == ["CSeq: 1", "Accept: application/sdp", "", ""]


def test_port_0_is_not_the_usual_one(monkeypatch):
    with answering(b"RTSP/1.0 200 OK\r\n\r\n") as port:
        monkeypatch.setattr(rtsp, "_RTSP_PORT", port)
        assert rtsp.why_not("rtsp://127.0.0.1:0/live").startswith("does not answer (")
        assert rtsp.why_not("rtsp://127.0.0.1/live") is None


@pytest.mark.parametrize("port", [99999, "nobody"])
def test_nobody_there(port):
    port = free_port() if port == "nobody" else port
    said = rtsp.why_not(f"rtsp://127.0.0.1:{port}/live")
    assert said.startswith("does not answer (")
    assert said.endswith("); does the server run?")
    assert "Errno" not in said
