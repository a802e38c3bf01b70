"""An RTSP server's answer about a stream, in one line: FFmpeg keeps it to itself.

https://www.rfc-editor.org/rfc/rfc2326
"""

import socket
from urllib.parse import urlsplit

from edge_app.common.errors import in_words
from edge_app.sources.network.urls import login, without_password

_RTSP_PORT = 554
_RTSP_TIMEOUT_S = 1.5
_RTSP_OK, _RTSP_UNAUTHORIZED = 200, 401
_MOST_ANSWER_BYTES = 4096


def why_not(url: str) -> str | None:
    """Return why a stream cannot be had; `None` where the server finds nothing wrong.

    Args:
        url: As it was typed, `rtsp://...`.
    """
    shown = without_password(url)
    request = f"DESCRIBE {shown} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    try:
        parts = urlsplit(shown)
        port = _RTSP_PORT if parts.port is None else parts.port
        where = (parts.hostname or "", port)
        with socket.create_connection(where, _RTSP_TIMEOUT_S) as connection:
            connection.sendall(request.encode())
            answer = connection.recv(_MOST_ANSWER_BYTES)
    except (OSError, ValueError) as error:  # a port such as 99999
        return f"does not answer ({in_words(error)}); does the server run?"
    protocol, _, status = answer.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    code = status.partition(" ")[0]
    if not protocol.startswith("RTSP/") or not code.isdecimal():
        return "answers, but not by RTSP; is that the camera's RTSP port?"
    if int(code) == _RTSP_UNAUTHORIZED and login(url) is None:
        return (
            "the server asks for a login; give it in the URL, as in "
            f"rtsp://user:password@{parts.netloc}/..."
        )
    if int(code) == _RTSP_UNAUTHORIZED:
        return "the server refuses this user and password"
    return None if int(code) == _RTSP_OK else f"the server says {status}"
