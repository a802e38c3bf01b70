"""What streams of the live page are made of."""

import asyncio
import json

import pytest
from tracks import number
from updates import known_update

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from starlette.requests import ClientDisconnect, Request
from streams import jpegs, messages

from edge_app.sinks.web.page import streams
from edge_app.sinks.web.page.feed import Feed
from edge_app.sinks.web.page.frame_pictures import FramePictures
from edge_app.sinks.web.page.uploads import UploadError


def test_a_message_is_one_that_browsers_take_apart():
    content = streams.message("reading", {"text": "a\n\nb: ü"}, serial=7)
    content += streams.message("fault", None)
    response = httpx.Response(200, content=content)
    assert list(messages(response)) == [
        ("reading", {"text": "a\n\nb: ü"}, "7"),
        ("fault", None, None),
    ]
    assert json.loads(content.split(b"data: ")[1].splitlines()[0])


async def first_parts(count):
    """The beginning of a stream, with an update before each picture, to its end."""
    feed = Feed()
    feed.serve_on(asyncio.get_running_loop())
    content = b""
    stream = streams.parts(FramePictures(feed))
    with feed.watching():
        for index in range(1 + 2 * count):
            if index % 2:
                feed.put(known_update(*number(str(index))))
            content += await anext(stream)
        feed.close()
        rest = [part async for part in stream]
    return content, rest


def test_pictures_follow_each_other_until_the_end():
    content, rest = asyncio.run(first_parts(2))
    pictures = list(jpegs(httpx.Response(200, content=content)))
    assert len(pictures) == 2
    assert pictures[0] != pictures[1]
    assert all(picture.startswith(b"\xff\xd8") for picture in pictures)
    boundary = f"--{streams.BOUNDARY}\r\n".encode()
    assert content.startswith(boundary)
    # A browser shows a picture once it sees the next one begin.
    assert content.endswith(pictures[1] + b"\r\n" + boundary)
    assert rest == []


def watch(feed, content, send):
    """Send a stream to a client that stays as long as it can be sent to."""
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}

    async def answer():
        receive = asyncio.Event().wait
        await streams.Watch(feed, content(), "text/event-stream")(scope, receive, send)

    asyncio.run(answer())


def test_a_stream_counts_as_a_watcher_until_it_ends():
    feed, seen, sent = Feed(), [], []

    async def content():
        seen.append(feed.num_watchers)
        yield b"all of it"

    async def send(message):
        sent.append(message)

    watch(feed, content, send)
    assert (seen, feed.num_watchers) == ([1], 0)
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent) == b"all of it"

    async def gone(_message):
        raise OSError("the client is gone")

    with pytest.raises(ClientDisconnect):
        watch(feed, content, gone)
    assert feed.num_watchers == 0


@pytest.mark.parametrize(
    ("content_type", "is_form"),
    [
        (b"image/jpeg", False),
        (b"application/octet-stream", False),
        (b"multipart/form-data; boundary=x", True),
        (None, False),
    ],
)
def test_a_form_is_refused_with_what_to_do(content_type, is_form):
    headers = [] if content_type is None else [(b"content-type", content_type)]
    request = Request({"type": "http", "headers": headers})
    if not is_form:
        streams.check_is_no_form(request)
        return
    with pytest.raises(UploadError, match="--data-binary @photo") as caught:
        streams.check_is_no_form(request)
    assert caught.value.status == 415
