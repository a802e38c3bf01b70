"""What a client of the live page gets and sends."""

import json
import re
from contextlib import contextmanager

import cv2


def jpegs(response):
    """The pictures of a multipart stream."""
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        while found := re.search(rb"Content-Length: (\d+)\r\n\r\n", content):
            end = found.end() + int(found[1])
            if len(content) < end:
                break
            yield content[found.end() : end]
            content = content[end:]


def messages(response):
    """Kind, data and id of server-sent events."""
    message = {}
    for line in response.iter_lines():
        if line:
            key, _, value = line.partition(": ")
            message[key] = value
        elif "data" in message:
            yield message["event"], json.loads(message["data"]), message.get("id")
            message = {}


@contextmanager
def watching(url):
    """The pictures and the events of a page, both of which have begun."""
    import httpx  # which not everyone who imports this has

    with (
        httpx.stream("GET", f"{url}picture", timeout=60) as picture,
        httpx.stream("GET", f"{url}events", timeout=60) as events,
    ):
        begun = jpegs(picture), messages(events)  # kept, else they end
        for stream in begun:
            next(stream)
        yield begun


def png(image):
    return cv2.imencode(".png", image)[1].tobytes()
