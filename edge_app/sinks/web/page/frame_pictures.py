"""Frames with what was read drawn on them, as JPEG, made once for all who watch."""

import asyncio
import base64
import time
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from edge_app.common import geometry
from edge_app.common.draw import draw
from edge_app.sinks.records.record_sink import captured_at
from edge_app.sinks.records.recorder import encoded
from edge_app.sinks.sink import Update
from edge_app.sinks.web.page.feed import Feed


@dataclass(frozen=True)
class _LivePictures:
    """The pictures that are sent to who watches.

    Attributes:
        most_per_second: However fast frames come.
        longest_px: Longer side of one, at most.
        jpeg_quality: Of 100.
        client_check_s: How often a waiting client is looked after.
    """

    most_per_second: int = 15
    longest_px: int = 1280
    jpeg_quality: int = 78
    client_check_s: float = 5.0


_LIVE_PICTURES = _LivePictures()


class FramePictures:
    """The newest picture, encoded only when somebody asks for it."""

    def __init__(self, feed: Feed, *, is_clean: bool = False) -> None:
        """Take the frames from `feed`, and show in them what is read, or not."""
        self._feed = feed
        self._is_clean = is_clean
        self._encoding = asyncio.Lock()
        self._encoded = b""
        self._serial = 0
        self._encoded_at = 0.0

    async def next(self, *, after: int) -> tuple[int, bytes] | None:
        """Return number and JPEG of a picture newer than `after`; `None` at the end."""
        while not self._feed.closing:
            async with self._encoding:
                if await self._is_newer_than(after):
                    return self._serial, self._encoded
            await self._feed.change(timeout_s=_LIVE_PICTURES.client_check_s)
        return None

    async def still(self, _request: Request) -> Response:
        """Answer with the newest picture, to look at for long or to keep.

        JSON: `time` of its capture, its `reading`, and data URLs of two JPEG files of
        the frame's size, `clean` and, with what is read drawn on it, `picture`.
        """
        _, update = self._feed.newest
        if update is None:
            return PlainTextResponse("There is no picture yet.\n", 503)
        async with self._encoding:
            clean, picture = await asyncio.to_thread(_kept, update)
        return JSONResponse(
            {
                "time": captured_at(update),
                "source": update.origin,
                "reading": update.reading.to_dict(),
                "clean": clean,
                "picture": picture,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def snapshot(self, request: Request) -> Response:
        """Answer with the newest picture as a JPEG file of the frame's size.

        What is read is drawn on it, but for `?clean=1`.
        """
        _, update = self._feed.newest
        if update is None:
            return PlainTextResponse("There is no picture yet.\n", 503)
        image = update.frame.image
        if request.query_params.get("clean") != "1":
            image = await asyncio.to_thread(draw, image, update.reading)
        content = await asyncio.to_thread(encoded, image)
        return Response(content, media_type="image/jpeg")

    async def _is_newer_than(self, after: int) -> bool:
        if self._serial > after:
            return True
        if self._feed.serial == self._serial:
            return False
        elapsed = time.monotonic() - self._encoded_at
        await asyncio.sleep(max(0.0, 1 / _LIVE_PICTURES.most_per_second - elapsed))
        serial, update = self._feed.newest
        if update is None:
            return False
        self._encoded_at = time.monotonic()
        made = _clean if self._is_clean else _picture
        self._encoded = await asyncio.to_thread(made, update)
        self._serial = serial
        return True


def _picture(update: Update) -> bytes:
    return jpeg(draw(update.frame.image, update.reading))


def _clean(update: Update) -> bytes:
    return jpeg(geometry.turned(update.frame.image, update.reading.rotation))


def _kept(update: Update) -> tuple[str, str]:
    """Return data URLs of the frame as it came, and with what is read drawn on it."""
    image = update.frame.image
    return _data_url(image), _data_url(draw(image, update.reading))


def _data_url(image: NDArray[np.uint8]) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(encoded(image)).decode()}"


def jpeg(image: NDArray[np.uint8]) -> bytes:
    """Return an image, `(H, W, 3)` uint8, BGR, as JPEG, scaled down if it is large."""
    scale = _LIVE_PICTURES.longest_px / max(image.shape[:2])
    if scale < 1:
        height, width = (max(1, round(side * scale)) for side in image.shape[:2])
        image = np.asarray(
            cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
    _, content = cv2.imencode(
        ".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _LIVE_PICTURES.jpeg_quality]
    )
    return content.tobytes()
