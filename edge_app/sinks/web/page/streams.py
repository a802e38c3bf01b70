"""The building blocks of the live page's streams."""

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from edge_app.sinks.web.page.feed import Feed
from edge_app.sinks.web.page.frame_pictures import FramePictures
from edge_app.sinks.web.page.uploads import UploadError

BOUNDARY = "edge-digits-frame"


async def parts(pictures: FramePictures) -> AsyncIterator[bytes]:
    """Yield the parts of a picture's stream."""
    serial = 0
    yield f"--{BOUNDARY}\r\n".encode()
    while picture := await pictures.next(after=serial):
        serial, content = picture
        head = f"Content-Type: image/jpeg\r\nContent-Length: {len(content)}"
        # The boundary follows at once: browsers show a picture when they see the
        # next one begin.
        yield f"{head}\r\n\r\n".encode() + content
        yield f"\r\n--{BOUNDARY}\r\n".encode()


class Watch(StreamingResponse):
    """A stream that counts as a watcher until it ends, however that comes about."""

    def __init__(
        self, feed: Feed, content: AsyncIterator[bytes], media_type: str
    ) -> None:
        """Stream content to somebody who watches a feed."""
        super().__init__(content, media_type=media_type)
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all, or as much as is taken."""
        with self._feed.watching():
            await super().__call__(scope, receive, send)


def check_is_no_form(request: Request) -> None:
    """Check that a picture comes as it is.

    Raises:
        UploadError: It comes within a form.
    """
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise UploadError(
            415,
            "the picture itself expected as the body, got a form; send it with "
            "curl --data-binary @photo.jpg, not with -F",
        )


def message(kind: str, value: object, *, serial: int | None = None) -> bytes:
    """Return a server-sent event."""
    identity = "" if serial is None else f"id: {serial}\n"
    return f"event: {kind}\n{identity}data: {json.dumps(value)}\n\n".encode()
